// Waiting for what another coroutine of the same worker does.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "common/net/deadline.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

/// Remembers nothing: look whether there is anything to wait for before, and look again afterwards.
///
///   while (queue.empty() && Clock::now() < until) co_await wakeup.wait(until);
class Wakeup {
 public:
  explicit Wakeup(Executor executor) : timer_{executor} {}

  /// Until `wake` is called or the time has come. One at a time; this object lives until it ends.
  Task<void> wait(Clock::time_point until) {
    timer_.expires_at(until);
    co_await timer_.async_wait(as_result);
  }
  /// Nothing happens if nobody waits.
  void wake() { timer_.cancel(); }

 private:
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer_;
};

}  // namespace labnet::net
