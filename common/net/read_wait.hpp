// Waiting until something comes on a connection, at the price of no system call.
//
//   Asio's async_wait    recvmsg, sendmsg, epoll_ctl, epoll_wait    asks each time whether the socket is ready already
//   ReadWait             recvmsg, sendmsg,            epoll_wait    knows that it is not, or is told
//
// Asio's event loop has known the socket since that was made, and is told of whatever comes on it (EPOLLIN, EPOLLET).
// It remembers that it was told until an operation says that it has taken all of it: so its own reads work, and so does
// this, an operation that reads nothing. It is made of parts of Asio that are not documented (those of Boost 1.81). An
// epoll set of our own below Asio's would cost another epoll_wait each time, and each new socket would be in both.
#pragma once

#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/detail/epoll_reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/net/loop_socket.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

/// One at a time, and no other wait to read on the same socket beside it. Must live until the wait has ended, however
/// it ends.
class ReadWait final : private asio::detail::reactor_op {
 public:
  /// The socket outlives it, and may leave the loop and return to it between waits.
  explicit ReadWait(LoopSocket& socket)
      : reactor_op{{}, &perform, &complete},
        socket_{socket},
        reactor_{asio::use_service<Reactor>(asio::query(socket.executor(), asio::execution::context))} {
    cancellation_key_ = this;
  }
  ReadWait(const ReadWait&) = delete;

  /// Until something has come: bytes, the peer's end, or a fault of the connection. Then read until a read finds
  /// nothing or has left nothing, before the next wait: nobody is told twice of the same.
  ///
  /// has_tried  a read has found nothing, and nothing was awaited since. False: what the loop was told of since the
  ///            last wait has ended ends this one at once, be it taken already or not
  ///
  /// returns    false if it was cancelled, or the socket closed
  Task<bool> wait(bool has_tried) {
    constexpr asio::use_awaitable_t<Executor> token{};
    return asio::async_initiate<decltype(token), void(bool)>(
        [this, has_tried](auto handler) { begin(std::move(handler), has_tried); }, token);
  }
  void cancel() { reactor_.cancel_ops_by_key(socket_.descriptor(), data(), Reactor::read_op, this); }

 private:
  using Reactor = asio::detail::epoll_reactor;
  using Handler = asio::async_result<asio::use_awaitable_t<Executor>, void(bool)>::handler_type;

  Reactor::per_descriptor_data& data() { return socket_.watched().reactor_data(); }

  void begin(Handler handler, bool has_tried) {
    handler_.emplace(std::move(handler));
    ec_ = {};
    declines_ = has_tried;
    reactor_.start_op(Reactor::read_op, socket_.descriptor(), data(), this, false, true);
    declines_ = false;
  }

  /// Called when the loop is told of something; by start_op if it was told earlier.
  static status perform(reactor_op* op) {
    return static_cast<ReadWait*>(op)->declines_ ? not_done : done_and_exhausted;
  }
  static void complete(void* owner, asio::detail::operation* op, const boost::system::error_code&, std::size_t) {
    auto& self = *static_cast<ReadWait*>(op);
    auto handler = *std::exchange(self.handler_, std::nullopt);
    if (owner != nullptr) handler(!self.ec_);  // else the loop has gone, and the coroutine goes with the handler
  }

  LoopSocket& socket_;
  Reactor& reactor_;
  std::optional<Handler> handler_;
  bool declines_ = false;
};

}  // namespace labnet::net
