// Whose turn it is, and how deep the buffer should be.
#include "common/rtp/jitter_buffer.hpp"

#include <algorithm>
#include <utility>

namespace labnet::rtp {
namespace {

constexpr int calm_growth = 2, calm_growth_max = 8;  // each packet too late makes it more careful

}  // namespace

JitterBuffer::JitterBuffer(const JitterRules& rules)
    : rules_{rules}, target_{rules.depth_start}, calm_turns_{rules.calm_pulls} {}

void JitterBuffer::push(const Header& header, Bytes payload) {
  if (!make_place(header)) return;
  if (!is_filling_ && waiting_ == 0 && concealed_in_a_row_ > 0) deepen();  // it was waited for
  auto& place = slot(header.sequence);
  if (place.is_used) {
    ++counts_.duplicates;
    return;
  }
  const auto kept = payload.size() <= frame_bytes_max ? payload : Bytes{};
  place.payload.assign(kept.begin(), kept.end());
  place.payload_type = header.payload_type;
  place.is_used = true;
  if (waiting_ == 0 || static_cast<std::int16_t>(header.sequence - highest_) > 0) highest_ = header.sequence;
  ++waiting_;
  if (span() <= rules_.depth_max) return;
  while (span() > target_) skip_one();
}

/// Whether the packet is kept; if it belongs to another timeline, that begins here.
bool JitterBuffer::make_place(const Header& header) {
  const auto ahead = static_cast<std::int16_t>(header.sequence - next_);
  const bool is_jump = ahead >= frames_max || ahead < -misorder_max;
  if (!has_begun_ || header.ssrc != ssrc_ || is_jump) {
    if (has_begun_) ++counts_.flushes;
    flush_to(header);
    return true;
  }
  if (ahead >= 0) return true;
  if (!has_played_ && span() - ahead <= rules_.depth_max) {
    next_ = header.sequence;  // the first one was overtaken
    return true;
  }
  if (slot(header.sequence).done == header.sequence) {
    ++counts_.duplicates;
    return false;
  }
  ++counts_.late;
  deepen();
  return false;
}

void JitterBuffer::flush_to(const Header& header) {
  for (auto& each : slots_) each.is_used = false, each.done.reset();
  has_begun_ = is_filling_ = true;
  has_played_ = false;
  ssrc_ = header.ssrc;
  next_ = highest_ = header.sequence;
  waiting_ = concealed_in_a_row_ = filling_turns_ = watched_turns_ = 0;
  lowest_span_ = frames_max;
}

void JitterBuffer::deepen() {
  target_ = std::min(target_ + 1, rules_.depth_max);
  calm_turns_ = std::min(calm_turns_ * calm_growth, rules_.calm_pulls * calm_growth_max);
  watched_turns_ = 0;
  lowest_span_ = frames_max;
}

/// If one packet at least was more than needed in all turns of a while, it is left out.
void JitterBuffer::watch_depth() {
  lowest_span_ = std::min(lowest_span_, span());
  if (++watched_turns_ < calm_turns_) return;
  const bool is_deeper_than_needed = lowest_span_ > std::max(rules_.depth_min, 1);
  watched_turns_ = 0;
  lowest_span_ = frames_max;
  if (!is_deeper_than_needed) return;
  target_ = std::max(target_ - 1, rules_.depth_min);
  skip_one();
}

void JitterBuffer::skip_one() {
  auto& place = slot(next_);
  if (std::exchange(place.is_used, false)) {
    --waiting_;
    ++counts_.skipped;
    place.done = next_;
  }
  ++next_;
}

/// By packets, or by time if there are no more.
bool JitterBuffer::is_filled() {
  if (waiting_ == 0) return false;
  ++filling_turns_;
  return span() >= target_ || filling_turns_ > target_;
}

Pulled JitterBuffer::pull() {
  if (!has_begun_) return {};
  if (is_filling_) {
    if (!is_filled()) return {};
    is_filling_ = false;
    while (!slot(next_).is_used) ++next_;  // what was lost in a pause is not made up
  }
  watch_depth();
  has_played_ = true;
  auto& place = slot(next_);
  return place.is_used ? pull_present(place) : pull_missing();
}

Pulled JitterBuffer::pull_present(Slot& place) {
  std::swap(pulled_, place.payload);
  place.is_used = false;
  place.done = next_;
  --waiting_;
  ++next_;
  concealed_in_a_row_ = 0;
  if (pulled_.empty()) return {};
  ++counts_.played;
  return {Turn::play, pulled_, place.payload_type};
}

/// With others behind it, it is lost and its turn is over. With none, all are late: its turn goes on, and so the delay
/// grows.
Pulled JitterBuffer::pull_missing() {
  if (waiting_ > 0) ++next_;
  if (concealed_in_a_row_ < rules_.conceal_max) {
    ++concealed_in_a_row_;
    ++counts_.concealed;
    return {.turn = Turn::conceal};
  }
  if (waiting_ == 0) {
    is_filling_ = true;
    filling_turns_ = 0;
  }
  return {};
}

}  // namespace labnet::rtp
