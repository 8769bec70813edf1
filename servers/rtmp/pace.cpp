#include "servers/rtmp/pace.hpp"

#include <algorithm>
#include <utility>

#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {

void Pace::begin(TimePoint now, std::uint32_t timestamp) {
  began_ = paused_at_ = now;
  position_ = Milliseconds{0};
  last_ = timestamp;
}

/// A gap in a recording is waited for, but not for ever: a timestamp may be nonsense. Timestamps begin anew at 2^32,
/// and go back a little where sound and picture are not well mixed.
Pace::Milliseconds Pace::step_to(std::uint32_t timestamp) const {
  const Milliseconds step{static_cast<std::int32_t>(timestamp - last_)};
  return std::clamp(step, -file_gap_max, file_gap_max);
}

Pace::TimePoint Pace::due(std::uint32_t timestamp) const {
  return began_ + position_ + step_to(timestamp) - buffer_;
}

void Pace::sent(std::uint32_t timestamp) {
  position_ += step_to(timestamp);
  last_ = timestamp;
}

void Pace::pause(TimePoint now) {
  if (!std::exchange(is_paused_, true)) paused_at_ = now;
}

void Pace::resume(TimePoint now) {
  if (std::exchange(is_paused_, false)) began_ += now - paused_at_;
}

}  // namespace labnet::rtmp_server
