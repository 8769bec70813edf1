// When a message of a recording is to be sent: so that a player who has begun to show it always has as much of what
// follows as his buffer holds, and no more. Time is an argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace labnet::rtmp_server {

class Pace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Milliseconds = std::chrono::milliseconds;

  /// The message with that timestamp is the first: it is due at once, and with it all that the buffer holds.
  void begin(TimePoint now, std::uint32_t timestamp);
  /// What the player has said (Set Buffer Length), within the limits of the service.
  void set_buffer(Milliseconds length) { buffer_ = length; }

  /// Of the message behind the last that was sent.
  TimePoint due(std::uint32_t timestamp) const;
  void sent(std::uint32_t timestamp);
  /// Of the last that was sent; what `begin` was told if there is none.
  std::uint32_t last() const { return last_; }

  /// Time stands still from the one to the other.
  void pause(TimePoint now);
  void resume(TimePoint now);

 private:
  Milliseconds step_to(std::uint32_t timestamp) const;

  TimePoint began_{};
  TimePoint paused_at_{};
  bool is_paused_ = false;
  Milliseconds buffer_{0};
  Milliseconds position_{0};  // in time of the recording, since the first
  std::uint32_t last_ = 0;
};

}  // namespace labnet::rtmp_server
