// A socket that sends echo requests and receives what comes back: replies, and errors from hosts on the way.
#pragma once

#include <optional>
#include <variant>

#include "clients/ping/echo.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::ping {

/// An echo reply to this socket's identifier. `message` views the socket's buffer until the next `receive`.
struct EchoReply {
  Ipv4Address from;
  std::uint8_t ttl = 0;
  Timestamp time;  // when the kernel received it
  packet::Icmp message;
};

/// An ICMP error that quotes a request of this socket's.
struct EchoError {
  Ipv4Address from;  // the host that says so: a router, or this host itself if nobody answered its ARP requests
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t sequence_number = 0;
};

using Received = std::variant<EchoReply, EchoError>;

class EchoSocket {
 public:
  /// A datagram socket where the system's setting net.ipv4.ping_group_range allows it: it needs no right at all. Else a
  /// raw socket, which needs CAP_NET_RAW (root has it, and any user inside a network namespace of his own).
  enum class Kind { datagram, raw };
  static Result<EchoSocket> open(const Options& options);
  static Result<EchoSocket> open(const Options& options, Kind kind);

  int descriptor() const { return socket_.get(); }
  std::uint16_t identifier() const { return identifier_; }

  /// The fault is the system's word: no route, a broadcast address, too large for the interface.
  Result<void> send(Ipv4Address destination, std::uint16_t sequence_number, Bytes payload);

  /// The next reply or error that has arrived; nothing if there is none. Never waits. What is neither is dropped.
  std::optional<Received> receive();

 private:
  EchoSocket(FileDescriptor socket, Kind kind) : socket_{std::move(socket)}, kind_{kind} {}
  static Result<EchoSocket> take_over(FileDescriptor socket, Kind kind, const Options& options);
  Result<void> configure(const Options& options);
  Result<void> choose_identifier(std::optional<std::uint16_t> wanted);
  std::optional<EchoError> receive_error();
  std::optional<packet::Icmp> own_reply(Bytes received) const;

  FileDescriptor socket_;
  Kind kind_;
  std::uint16_t identifier_ = 0;
  Buffer buffer_;
};

}  // namespace labnet::ping
