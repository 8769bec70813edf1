// Ends waits that take too long: one timer for all the waits of a connection.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/net/runtime.hpp"

namespace labnet::net {

using Clock = std::chrono::steady_clock;
using Timeout = std::chrono::milliseconds;

/// Longer ones are cut to this, so that an end of time can be reckoned.
constexpr Timeout timeout_max = std::chrono::hours{24 * 365};

inline Clock::time_point deadline_after(Timeout timeout) {
  return Clock::now() + std::min(timeout, timeout_max);
}

/// For the next of several waits that share a deadline; 0 once it has passed.
inline Timeout time_left(Clock::time_point until) {
  return std::max(std::chrono::ceil<Timeout>(until - Clock::now()), Timeout{0});
}

/// One thing that a connection waits for, at most one operation at a time. Bind the operation to `cancel.slot()`.
struct Wait {
  Clock::time_point until = Clock::time_point::max();  // max: nothing is under way
  bool has_passed = false;
  asio::cancellation_signal cancel;
};

/// The timer is set when a wait begins and left alone when it ends: at the usual rate of many short waits with far
/// deadlines it is hardly ever touched.
class Deadlines : public std::enable_shared_from_this<Deadlines> {
 public:
  explicit Deadlines(Executor executor) : timer_{executor} {}

  void begin(Wait& wait, Clock::time_point until);
  /// True if the deadline ended it.
  bool end(Wait& wait);
  /// Its deadline is now; nothing if nothing is under way.
  void end_early(Wait& wait);
  /// For good: the timer holds back no worker that is to end.
  void close();

 protected:
  ~Deadlines() = default;
  /// The waits of whoever derives from this.
  virtual std::span<Wait> waits() = 0;

 private:
  void arm();
  void on_timer();

  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer_;
  Clock::time_point armed_until_ = Clock::time_point::max();  // max: not armed
};

/// A wait with a timer of its own. Made with make_shared.
class SingleWait final : public Deadlines {
 public:
  explicit SingleWait(Executor executor) : Deadlines{executor} {}

  void begin(Clock::time_point until) { Deadlines::begin(wait_, until); }
  bool end() {
    close();
    return Deadlines::end(wait_);
  }
  void end_early() { Deadlines::end_early(wait_); }
  asio::cancellation_slot slot() { return wait_.cancel.slot(); }

 private:
  std::span<Wait> waits() override { return {&wait_, 1}; }
  Wait wait_;
};

}  // namespace labnet::net
