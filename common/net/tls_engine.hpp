// TLS over a connected socket, one try at a time: nothing here waits. Stream does the waiting.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "common/base/bytes.hpp"
#include "common/net/attempt.hpp"
#include "common/net/loop_socket.hpp"
#include "common/net/tls.hpp"

namespace labnet::net {

/// How many bytes of records may wait here for the socket to take them: one with data, and whatever the peer asks for
/// meanwhile, such as new keys. Beyond it reads wait, too.
constexpr std::size_t tls_output_bytes_max = 64 * 1024;

/// OpenSSL is given a BIO that calls recv and send(MSG_NOSIGNAL) on the socket itself, so that a library user who has
/// not ignored SIGPIPE is safe. What the socket does not take at once is kept here: to OpenSSL a write never stops in
/// the middle, because until then it could not answer a peer that asks for new keys, and reads would fail (3.0: "bad
/// length"). A connection that is idle holds no record buffers.
class TlsEngine {
 public:
  /// The socket must outlive it, and may be closed meanwhile. Null if there is no memory.
  static std::unique_ptr<TlsEngine> accept(LoopSocket& socket, std::shared_ptr<const TlsServer> server,
                                           bool gives_sessions);
  static std::unique_ptr<TlsEngine> connect(LoopSocket& socket, std::shared_ptr<const TlsClient> client,
                                            std::string host_name, const TlsSession& session);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;

  /// Each may have to wait for either direction, whatever it does itself: records of the handshake come at any time.
  Attempt shake_hands();
  Attempt read(std::span<std::byte> buffer);
  /// Without the first `skip` bytes of the first piece. Done when the socket has taken it. If it has to wait, the next
  /// call must be given the same.
  Attempt write(std::span<const Bytes> pieces, std::size_t skip);
  /// close_notify goes out with the end of what `write` is given from now on, by the same system call.
  void end_with_next_write() { ends_with_write_ = true; }
  Attempt send_close_notify();
  /// The last call has asked the socket for bytes and got none. Of what stands beside the data (tickets, new keys)
  /// OpenSSL takes one record and wants to be called again, whatever else is there.
  bool found_nothing() const { return socket_is_empty_; }
  /// True if the next read has to wait, as far as can be known without trying.
  bool is_drained() const { return socket_is_drained_ && !read_fault_ && SSL_has_pending(ssl_.get()) == 0; }

  /// The handshake has not come to its end in time: no byte must travel, least of all in plain text.
  void give_up(StreamFault fault) { read_fault_ = write_fault_ = fault; }
  /// A write has ended in the middle: nothing can follow it.
  void give_up_writing(StreamFault fault) { write_fault_ = fault; }

  /// What TLS said when it failed; empty if it has not.
  const std::string& failure() const { return failure_; }
  TlsDetails details() const;
  TlsSession session() const;
  const std::shared_ptr<const TlsServer>& server() const { return server_; }
  bool resumes_session_of(const TlsEngine& first) const;
  bool offer_session();

  /// For each context of a server or a client: the functions that OpenSSL calls.
  static void install(SSL_CTX* context, const TlsServer& server);
  static void install(SSL_CTX* context, const TlsClient& client);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  /// Travels inside of the tickets: the sessions that descend from one full handshake share it.
  using Family = std::array<unsigned char, 16>;

  TlsEngine(LoopSocket& socket, SSL_CTX* context, const KeyLog* key_log);
  bool expect(const std::string& host_name, const TlsSession& session);
  Attempt flush();
  Attempt attempt_of(int result, std::optional<StreamFault>& fault);
  Attempt attempt_failed_by_tls();
  std::optional<Family> resumed_family() const;

  static TlsEngine& of(const SSL* ssl) { return *static_cast<TlsEngine*>(SSL_get_app_data(ssl)); }
  static BIO_METHOD* socket_method();
  static int receive(BIO* bio, char* data, int size);
  static int send(BIO* bio, const char* data, int size);
  static int on_client_hello(SSL* ssl, int* alert, void*);
  static int on_server_name(SSL* ssl, int* alert, void*);
  static int on_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_bytes,
                          const unsigned char* offered, unsigned offered_bytes, void* server);
  static int on_ticket(SSL* ssl, void*);
  static int on_session(SSL* ssl, SSL_SESSION* session);
  static int on_certificate(int is_well, X509_STORE_CTX* context);
  static void on_key(const SSL* ssl, const char* line);

  LoopSocket& socket_;
  std::shared_ptr<const TlsServer> server_;  // one of the two
  std::shared_ptr<const TlsClient> client_;
  const KeyLog* key_log_;
  std::string host_name_;  // a server's: that the client has asked for, by SNI; a client's: that it connects to
  bool knows_host_name_ = false;
  bool is_established_ = false;
  bool socket_is_empty_ = false;    // when it was asked last
  bool socket_is_drained_ = false;  // by that
  bool socket_has_ended_ = false;
  int socket_error_ = 0;  // errno of the last call
  Buffer output_;         // records that the socket has not taken yet, from output_sent_ on
  std::size_t output_sent_ = 0;
  bool gathers_ = false;  // records are kept until flush
  bool ends_with_write_ = false;
  // A server's tickets of TLS 1.3 are in the output, and wait for its first word: a client that is woken for each of
  // them takes longer. They go out by themselves once the server has nothing to do but to wait.
  bool holds_tickets_ = false;
  std::size_t bytes_in_output_ = 0;  // that a write has put there, not told as written yet
  std::optional<StreamFault> read_fault_;
  std::optional<StreamFault> write_fault_;
  std::string failure_;
  std::string distrust_;
  std::optional<Family> family_;
  std::shared_ptr<SSL_SESSION> session_;  // the last that the server has given
  std::unique_ptr<SSL, Free> ssl_;        // goes first: its functions use what stands above
};

}  // namespace labnet::net
