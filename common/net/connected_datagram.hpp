// A UDP socket for those who ask: connected to one server, so that what others send never arrives.
#pragma once

#include <span>

#include <boost/asio/ip/udp.hpp>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/deadline.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/fault.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

/// Its port is chosen by the system at random.
///
///   auto socket = net::ConnectedDatagram::open(worker.executor(), *net::parse_endpoint("udp://127.0.0.1:5300"));
///   socket->send(query);
///   const auto count = co_await socket->receive(reply, net::deadline_after(timeout));
class ConnectedDatagram {
 public:
  /// faults  unreachable, not_possible
  static Result<ConnectedDatagram, StreamFault> open(Executor executor, const Endpoint& server);

  /// At once, or not at all: UDP waits for nobody.
  /// faults  refused, unreachable, not_possible
  Result<void, StreamFault> send(Bytes datagram);

  /// The next datagram, its length in bytes; what `buffer` does not hold of it is lost. One at a time.
  /// faults  deadline; refused if the server's host says that nobody listens there; unreachable, stopped
  Task<Result<std::size_t, StreamFault>> receive(std::span<std::byte> buffer, Clock::time_point until);

  /// Scheme "udp".
  Endpoint local() const;

 private:
  using Socket = asio::basic_datagram_socket<asio::ip::udp, Executor>;
  explicit ConnectedDatagram(Socket socket) : socket_{std::move(socket)} {}

  Socket socket_;
};

}  // namespace labnet::net
