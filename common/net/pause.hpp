// Doing nothing for a while, without holding up anybody.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "common/net/deadline.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

inline Task<void> pause(Executor executor, Timeout time) {
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer{executor};
  timer.expires_after(time);
  co_await timer.async_wait(as_result);
}

}  // namespace labnet::net
