// Telephone-events: their four bytes, and when which is sent and heard.
#include "common/rtp/telephone_event.hpp"

#include <algorithm>
#include <string_view>

#include "common/rtp/packet.hpp"

namespace labnet::rtp {
namespace {

constexpr std::string_view keys = "0123456789*#ABCD";
constexpr std::uint8_t end_bit = 0x80, volume_mask = 0x3f;
constexpr std::uint32_t duration_ticks_max = UINT16_MAX;
constexpr std::chrono::seconds late_event_max{2};  // an older timestamp is no late packet any more: the source jumped

}  // namespace

std::optional<TelephoneEvent> parse_telephone_event(Bytes payload) {
  if (payload.size() < telephone_event_bytes) return std::nullopt;
  const auto flags = detail::octet(payload, 1);
  return TelephoneEvent{.event = detail::octet(payload, 0),
                        .is_end = (flags & end_bit) != 0,
                        .volume = static_cast<std::uint8_t>(flags & volume_mask),
                        .duration_ticks = static_cast<std::uint16_t>(detail::word(payload, 0))};
}

std::array<std::byte, telephone_event_bytes> to_bytes(const TelephoneEvent& event) {
  const auto flags = (event.is_end ? end_bit : 0) | (event.volume & volume_mask);
  return {std::byte{event.event}, static_cast<std::byte>(flags), static_cast<std::byte>(event.duration_ticks >> 8),
          static_cast<std::byte>(event.duration_ticks)};
}

std::optional<std::uint8_t> event_of_key(char key) {
  const auto upper = key >= 'a' && key <= 'd' ? static_cast<char>(key - 'a' + 'A') : key;
  const auto place = keys.find(upper);
  if (place == keys.npos) return std::nullopt;
  return static_cast<std::uint8_t>(place);
}

std::optional<char> key_of_event(std::uint8_t event) {
  if (event >= keys.size()) return std::nullopt;
  return keys[event];
}

EventSender::EventSender(std::uint8_t event, std::uint32_t timestamp, std::uint32_t duration_ticks,
                         std::uint32_t step_ticks)
    : event_{event},
      timestamp_{timestamp},
      duration_ticks_{std::clamp(duration_ticks, std::min(step_ticks, duration_ticks_max), duration_ticks_max)},
      step_ticks_{std::max(step_ticks, 1U)} {}

std::optional<EventSender::Packet> EventSender::next() {
  if (ends_left_ == 0) return std::nullopt;
  const bool is_first = sent_ticks_ == 0;
  sent_ticks_ = std::min(sent_ticks_ + step_ticks_, duration_ticks_);
  const bool is_end = sent_ticks_ == duration_ticks_;
  if (is_end) --ends_left_;
  return Packet{
      .marker = is_first,
      .event = {.event = event_, .is_end = is_end, .duration_ticks = static_cast<std::uint16_t>(sent_ticks_)}};
}

std::optional<EventReceiver::Heard> EventReceiver::receive(std::uint32_t timestamp, const TelephoneEvent& event,
                                                           Time now) {
  const auto ahead = current_ ? static_cast<std::int32_t>(timestamp - current_->timestamp) : 1;
  if (ahead < 0 && now - current_->last < late_event_max) return std::nullopt;
  if (ahead != 0) {
    current_ = {timestamp, event.event, event.duration_ticks, event.is_end, now};
    return Heard{event.event, true, event.is_end, event.duration_ticks};
  }
  current_->last = now;
  if (current_->has_ended) return std::nullopt;
  current_->duration_ticks = std::max<std::uint32_t>(current_->duration_ticks, event.duration_ticks);
  if (!event.is_end) return std::nullopt;
  current_->has_ended = true;
  return Heard{current_->event, false, true, current_->duration_ticks};
}

std::optional<EventReceiver::Heard> EventReceiver::expire(Time now) {
  if (!current_ || current_->has_ended || now - current_->last < silence_max) return std::nullopt;
  current_->has_ended = true;
  return Heard{current_->event, false, true, current_->duration_ticks};
}

}  // namespace labnet::rtp
