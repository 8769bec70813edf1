#include "common/net/connected_datagram.hpp"

#include <memory>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>

namespace labnet::net {

Result<ConnectedDatagram, StreamFault> ConnectedDatagram::open(Executor executor, const Endpoint& server) {
  Socket socket{executor};
  boost::system::error_code error;
  socket.open(server.udp().protocol(), error);
  if (!error) socket.connect(server.udp(), error);
  if (error) return to_fault(error);
  return ConnectedDatagram{std::move(socket)};
}

Result<void, StreamFault> ConnectedDatagram::send(Bytes datagram) {
  boost::system::error_code error;
  socket_.send(asio::buffer(datagram.data(), datagram.size()), 0, error);
  if (error) return to_fault(error);
  return {};
}

Task<Result<std::size_t, StreamFault>> ConnectedDatagram::receive(std::span<std::byte> buffer,
                                                                  Clock::time_point until) {
  const auto waiting = std::make_shared<SingleWait>(socket_.get_executor());
  waiting->begin(until);
  const auto [error, count] = co_await socket_.async_receive(asio::buffer(buffer.data(), buffer.size()),
                                                             asio::bind_cancellation_slot(waiting->slot(), as_result));
  const auto has_passed = waiting->end();
  if (error) co_return has_passed ? StreamFault::deadline : to_fault(error);
  co_return count;
}

Endpoint ConnectedDatagram::local() const {
  boost::system::error_code ignored;
  return to_endpoint("udp", socket_.local_endpoint(ignored));
}

}  // namespace labnet::net
