// A phone's socket of a test: sends exactly what the test says, and waits no longer than a test may.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/file_descriptor.hpp"

namespace labnet::sip_server {

class DatagramClient {
 public:
  /// address  of the loopback network, "127.0.0.2"
  explicit DatagramClient(const std::string& address, std::uint16_t port = 0);

  void send(std::string_view bytes, std::uint16_t server_port) const;
  /// The next datagram; empty if none comes within `patience`.
  std::string receive() const;
  /// Whether there is one already.
  bool has_received() const;
  std::uint16_t port() const;

 private:
  FileDescriptor socket_;
};

}  // namespace labnet::sip_server
