#include "common/net/deadline.hpp"

namespace labnet::net {

void Deadlines::begin(Wait& wait, Clock::time_point until) {
  wait.until = until;
  wait.has_passed = false;
  arm();
}

bool Deadlines::end(Wait& wait) {
  wait.until = Clock::time_point::max();
  return wait.has_passed;
}

void Deadlines::end_early(Wait& wait) {
  if (wait.until == Clock::time_point::max()) return;
  wait.until = Clock::time_point::max();
  wait.has_passed = true;
  wait.cancel.emit(asio::cancellation_type::total);
}

void Deadlines::close() {
  armed_until_ = Clock::time_point::max();
  timer_.cancel();
}

void Deadlines::arm() {
  auto first = Clock::time_point::max();
  for (const auto& wait : waits()) first = std::min(first, wait.until);
  if (first >= armed_until_) return;
  armed_until_ = first;
  timer_.expires_at(first);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (error) return;
    if (const auto self = weak.lock()) self->on_timer();
  });
}

void Deadlines::on_timer() {
  armed_until_ = Clock::time_point::max();
  const auto now = Clock::now();
  for (auto& wait : waits()) {
    if (wait.until <= now) end_early(wait);
  }
  arm();
}

}  // namespace labnet::net
