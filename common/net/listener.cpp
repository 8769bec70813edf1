#include "common/net/listener.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "common/log/log.hpp"
#include "common/net/address_in_use.hpp"

namespace labnet::net {
namespace {

/// The place is given back when the connection's task has ended, however it ends.
Task<void> hold_place([[maybe_unused]] std::optional<Quota::Place> place, Task<void> connection) {
  co_await std::move(connection);
}

bool is_out_of_resources(const boost::system::error_code& error) {
  const auto value = error.category() == boost::system::system_category() ? error.value() : 0;
  return value == EMFILE || value == ENFILE || value == ENOBUFS || value == ENOMEM;
}

void set_no_delay(TcpSocket& socket) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
}

}  // namespace

Listener::Listener(Worker& worker, Acceptor acceptor, ListenerOptions options)
    : worker_{worker},
      acceptor_{std::move(acceptor)},
      options_{std::move(options)},
      pause_timer_{worker.executor()},
      on_stop_{worker.on_stop([this] { stop(); })} {}

Result<std::unique_ptr<Listener>> Listener::open(Worker& worker, const Endpoint& endpoint, ListenerOptions options) {
  boost::system::error_code error;
  Acceptor acceptor{worker.executor()};
  const auto address = endpoint.tcp();
  if (worker.index() == 0 && options.shares_port) error = address_in_use(address);
  if (!error) acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address{true}, error);
  if (!error && options.shares_port) {
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    acceptor.set_option(ReusePort{true}, error);
  }
  if (!error && endpoint.address.is_v6()) acceptor.set_option(asio::ip::v6_only{true}, error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(options.backlog, error);
  if (error) return cannot_listen(endpoint, error);
  return prepare(worker, std::move(acceptor), std::move(options));
}

Result<std::unique_ptr<Listener>> Listener::adopt(Worker& worker, FileDescriptor descriptor, ListenerOptions options) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  if (::getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    return system_error("cannot use a listening socket");
  }
  boost::system::error_code error;
  Acceptor acceptor{worker.executor()};
  const auto protocol = address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  acceptor.assign(protocol, descriptor.get(), error);
  if (error) return Error{"cannot use a listening socket: ", error.message()};
  descriptor.release();
  return prepare(worker, std::move(acceptor), std::move(options));
}

Result<std::unique_ptr<Listener>> Listener::prepare(Worker& worker, Acceptor acceptor, ListenerOptions options) {
  boost::system::error_code error;
  const auto local = acceptor.local_endpoint(error);
  if (error) return Error{"cannot learn the address of a listening socket: ", error.message()};
  std::unique_ptr<Listener> made{new Listener{worker, std::move(acceptor), std::move(options)}};
  made->local_ = to_endpoint("tcp", local);
  return made;
}

void Listener::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
}

Task<void> Listener::serve(Handler handler) {
  while (!stopped_) {
    asio::ip::tcp::endpoint peer;
    auto [error, socket] = co_await acceptor_.async_accept(worker_.executor(), peer, as_result);
    if (!error) {
      admit(std::move(socket), peer, handler);
    } else if (is_out_of_resources(error)) {
      co_await pause(error);
    }
    // Any other error is that of a connection which broke before it was accepted (accept(2)), or the end of `stop`.
  }
}

void Listener::admit(TcpSocket socket, const asio::ip::tcp::endpoint& peer, const Handler& handler) {
  std::optional<Quota::Place> place;
  if (options_.quota) {
    auto entered = options_.quota->enter(peer.address());
    if (!entered) return refuse(socket, entered.error());
    place.emplace(std::move(*entered));
  }
  set_no_delay(socket);
  ++worker_.counts().connections;
  Stream stream{std::move(socket), to_endpoint("tcp", peer)};
  stream.count_for(worker_);
  worker_.spawn(hold_place(std::move(place), handler(std::move(stream))));
}

void Listener::refuse(TcpSocket& socket, Full full) {
  ++worker_.counts().connections_refused;
  const auto text = options_.on_full ? options_.on_full(full) : "";
  if (!text.empty()) ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  boost::system::error_code ignored;
  socket.shutdown(TcpSocket::shutdown_send, ignored);
}

Task<void> Listener::pause(const boost::system::error_code& error) {
  if (const auto now = Clock::now(); now >= silent_until_) {
    silent_until_ = now + accept_log_interval;
    log::warning("connections wait: the system gives none at the moment",
                 {{"address", to_string(local_)}, {"reason", error.message()}});
  }
  pause_timer_.expires_after(accept_pause);
  co_await pause_timer_.async_wait(as_result);
}

Task<Result<Stream, StreamFault>> Listener::accept_one(Timeout timeout) {
  const auto waiting = std::make_shared<SingleWait>(worker_.executor());
  waiting->begin(deadline_after(timeout));
  auto [error, socket] =
      co_await acceptor_.async_accept(worker_.executor(), asio::bind_cancellation_slot(waiting->slot(), as_result));
  const bool has_passed = waiting->end();
  if (error) co_return has_passed ? StreamFault::deadline : to_fault(error);
  set_no_delay(socket);
  Stream stream{std::move(socket)};
  stream.count_for(worker_);
  co_return stream;
}

}  // namespace labnet::net
