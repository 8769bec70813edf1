// What happens to a relay's numbers when its source does something unusual.
#include "common/rtp/relay.hpp"

#include <algorithm>

namespace labnet::rtp {
namespace {

constexpr std::uint32_t usual_gap_per_second = 10;     // 100 ms: a longer one may be a pause
constexpr std::chrono::milliseconds pause_min{100};    // without a packet, and the next one begins a talk spurt
constexpr std::uint32_t ahead_of_clock_s = 2;          // a timestamp that runs ahead of the clock by more has jumped
constexpr std::uint32_t packets_per_second = 50;       // usually
constexpr std::uint32_t event_ticks_max = UINT16_MAX;  // an event lasts no longer: its duration has 16 bits

}  // namespace

RelayRewriter::RelayRewriter(const Start& start)
    : ssrc_{start.ssrc},
      timestamp_distance_{start.timestamp},
      usual_step_ticks_{start.clock_rate_hz / packets_per_second},
      usual_ticks_max_{start.clock_rate_hz / usual_gap_per_second},
      clock_rate_hz_{start.clock_rate_hz},
      sequence_distance_{static_cast<std::uint16_t>(start.sequence - 1)} {}

void RelayRewriter::follow(Header& header, int step, Time now) {
  const bool is_jump = step > dropout_max || step < -misorder_max;
  if (!has_begun_ || header.ssrc != source_ssrc_ || is_jump) {
    begin_anew(header, now);
  } else if (step <= 0) {
    follow_late(header);
  } else {
    follow_ahead(header, step, now);
  }
}

void RelayRewriter::begin_anew(Header& header, Time now) {
  const auto next_sequence = highest_sequence_ + sequence_distance_ + 1;
  sequence_distance_ = static_cast<std::uint16_t>(next_sequence - header.sequence);
  source_ssrc_ = header.ssrc;
  move_timestamps(header, now);
  has_begun_ = true;
}

void RelayRewriter::move_timestamps(Header& header, Time now) {
  const auto ticks = has_begun_ ? std::max(ticks_since(timestamp_time_, now), usual_step_ticks_) : 0;
  timestamp_distance_ += highest_timestamp_ + ticks - header.timestamp;
  if (has_begun_) ++restarts_;
  header.marker = true;
  highest_sequence_ = header.sequence;
  highest_timestamp_ = header.timestamp;
  packet_time_ = timestamp_time_ = now;
}

/// One of before a jump of the timestamps may seem to be ahead.
void RelayRewriter::follow_late(Header& header) const {
  if (static_cast<std::int32_t>(header.timestamp - highest_timestamp_) > 0) header.timestamp = highest_timestamp_;
}

void RelayRewriter::follow_ahead(Header& header, int step, Time now) {
  const auto ticks = header.timestamp - highest_timestamp_;
  const bool is_back = static_cast<std::int32_t>(ticks) < 0;
  if (is_back && is_event_of_before(header)) {
    highest_sequence_ = header.sequence;
    packet_time_ = now;
    return;
  }
  const auto ticks_max = std::uint64_t{ticks_since(timestamp_time_, now)} + ahead_of_clock_s * clock_rate_hz_;
  if (is_back || ticks > ticks_max) return move_timestamps(header, now);
  // Nothing was lost and yet nothing came for long: the source was silent, whether it sets the marker or not.
  if (step == 1 && ticks > usual_ticks_max_ && now - packet_time_ >= pause_min) header.marker = true;
  note(header, ticks, now);
}

/// It began while the audio went on.
bool RelayRewriter::is_event_of_before(const Header& header) const {
  return header.payload_type == event_type_ && highest_timestamp_ - header.timestamp <= event_ticks_max;
}

std::uint32_t RelayRewriter::ticks_since(Time then, Time now) const {
  using std::chrono::microseconds;
  const auto elapsed = std::chrono::duration_cast<microseconds>(std::max(now - then, Time::duration::zero()));
  return static_cast<std::uint32_t>(elapsed.count() * clock_rate_hz_ / std::micro::den);
}

std::uint32_t RelayRewriter::timestamp_at(Time now) const {
  const auto last = highest_timestamp_ + timestamp_distance_;
  return has_begun_ ? last + ticks_since(timestamp_time_, now) : last;
}

}  // namespace labnet::rtp
