// Connections of tests that send exactly what a test says, in clear and by TLS, and wait no longer than a test may.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "tests/support/child.hpp"

struct ssl_st;  // of OpenSSL

namespace labnet::test {

/// A certificate for 127.0.0.1 that signs itself, made by openssl: its own CA for who wants to trust it.
struct Certificate {
  std::string certificate, key;  // files in PEM
};
Certificate make_certificate(const TemporaryFolder& folder);

/// A TCP connection of a test on the loopback network, which waits for `patience` and no longer.
class TcpClient {
 public:
  /// from  the last octet of its own address, 127.0.0.n
  explicit TcpClient(std::uint16_t port, std::uint8_t from = 1);
  explicit TcpClient(FileDescriptor socket) : socket_{std::move(socket)} {}

  void send(std::string_view bytes) const;
  /// True if all of it was taken; an error is none of the test's.
  bool try_send(std::string_view bytes) const;
  void send_urgent(std::string_view bytes) const;
  /// What has come, at least a byte; empty at the end, or if nothing comes.
  std::string receive() const;
  std::string receive_all() const;
  /// Whether something has come that was not read yet.
  bool has_received() const;
  bool is_at_end() const;
  /// From now on all is sent and received by TLS. False if there is no agreement.
  /// first  the connection whose session is resumed, as a client of FTP does; null: none
  bool begin_tls(const TcpClient* first = nullptr);
  bool has_resumed() const;
  /// The last one that the server has given for its session.
  std::string ticket() const;
  /// By close_notify and FIN, as a client that has sent all.
  void end_tls() const;
  /// In one segment, and without FIN.
  void send_with_close_notify(std::string_view bytes) const;
  void end_sending() const;
  /// By RST.
  void reset();
  void close() { socket_.reset(); }
  std::uint16_t local_port() const;

 private:
  FileDescriptor socket_;
  std::shared_ptr<ssl_st> tls_;
};

/// A socket on which a test waits for the server to connect.
class TcpListener {
 public:
  TcpListener() : TcpListener{8} {}
  /// One at which nobody gets through any more: the system answers to none but those that are there already.
  static TcpListener that_is_silent();
  /// One of IPv6 that IPv4 clients reach, too.
  static TcpListener for_both_families();
  std::uint16_t port() const;
  TcpClient accept() const;
  /// Under another number, and open over exec.
  void copy_to(int descriptor) const;

 private:
  explicit TcpListener(int backlog);
  explicit TcpListener(FileDescriptor socket) : socket_{std::move(socket)} {}

  FileDescriptor socket_;
  std::vector<TcpClient> waiting_;  // for ever
};

}  // namespace labnet::test
