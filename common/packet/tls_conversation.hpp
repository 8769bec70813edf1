// A TLS connection as somebody sees it who listens and has no keys: both directions of its stream.
//
//   TlsConversation conversation;
//   conversation.add(TlsConversation::From::client, bytes);   // in the order in which they were seen
//   conversation.add(TlsConversation::From::server, bytes);
//   if (const auto& hello = conversation.client_hello()) use(hello->server_name);
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/packet/tls_hello.hpp"
#include "common/packet/tls_record.hpp"

namespace labnet::packet {

/// Whether a client's bytes begin as TLS does: with a handshake record, and a Client Hello in it. Nothing if that
/// cannot be told yet of so few.
std::optional<bool> begins_with_client_hello(Bytes bytes);
inline constexpr std::size_t tls_beginning_bytes = TlsRecordHeader::bytes + 1;  // are always enough

class TlsConversation {
 public:
  enum class From { client, server };

  struct Count {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  // of their fragments as they travelled, as far as they have come
    bool operator==(const Count&) const = default;
  };

  /// Bytes of one direction, from its first byte on, in order and without gaps; cut wherever they were.
  void add(From from, Bytes bytes);

  /// The last one; behind a HelloRetryRequest it is the second.
  const std::optional<TlsClientHello>& client_hello() const { return client_hello_; }
  /// Nothing before it has come; a HelloRetryRequest until the other has.
  const std::optional<TlsServerHello>& server_hello() const { return server_hello_; }
  /// DER, the server's own first. Up to TLS 1.2 everybody may read them; in TLS 1.3 there are none.
  const std::vector<Buffer>& certificates() const { return certificates_; }
  /// Whether a session goes on that began in an earlier connection; nothing as long as that cannot be told.
  std::optional<bool> is_resumed() const;

  const Count& count(From from, TlsContentType type) const;
  /// Why not all that came was read; nothing: it was.
  std::optional<TlsFault> fault(From from) const { return side(from).fault; }

 private:
  struct Side {
    TlsRecordReader records;
    std::array<Count, tls_content_types.size()> counts{};
    Buffer message;                 // of a handshake message, as far as it has come
    bool is_in_clear = true;        // its handshake messages are
    bool has_lost_records = false;  // after a fault
    std::optional<TlsFault> fault{};
  };
  Side& side(From from) { return from == From::client ? client_ : server_; }
  const Side& side(From from) const { return from == From::client ? client_ : server_; }

  void begin_record(From from, TlsContentType type);
  void take_handshake(From from, Bytes fragment);
  Result<void, TlsFault> take_message(From from, TlsMessageType type, Bytes body);
  Result<void, TlsFault> take_server_message(TlsMessageType type, Bytes body);

  Side client_, server_;
  std::optional<TlsClientHello> client_hello_;
  std::optional<TlsServerHello> server_hello_;
  std::vector<Buffer> certificates_;
  bool server_shows_who_it_is_ = false;     // by messages that a resumed handshake does not have
  bool server_has_changed_cipher_ = false;  // behind its hello
};

}  // namespace labnet::packet
