// Keys as events in RTP (RFC 4733): how they are written, sent and received.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |     event     |E|R|  volume   |          duration             |
//
// All packets of one event have the timestamp at which it began; the duration grows from one to the next; the last one,
// with E, is sent three times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/rtp/limits.hpp"

namespace labnet::rtp {

struct TelephoneEvent {
  std::uint8_t event = 0;  // 0 to 9, 10 "*", 11 "#", 12 to 15 "A" to "D"; others are no keys
  bool is_end = false;
  std::uint8_t volume = 10;  // below 0 dBm0, in dB: 0 to 63
  std::uint16_t duration_ticks = 0;

  bool operator==(const TelephoneEvent&) const = default;
};
inline constexpr std::size_t telephone_event_bytes = 4;

/// The first event of a payload; nothing if it is too short.
std::optional<TelephoneEvent> parse_telephone_event(Bytes payload);
std::array<std::byte, telephone_event_bytes> to_bytes(const TelephoneEvent& event);

/// Small letters too. Nothing for what is on no keypad.
std::optional<std::uint8_t> event_of_key(char key);
std::optional<char> key_of_event(std::uint8_t event);

/// One event, packet by packet. The stream's sequence numbers go on as ever; its timestamp goes on by the whole
/// duration once the event is over.
class EventSender {
 public:
  struct Packet {
    bool marker = false;  // of the first one
    TelephoneEvent event;
  };

  /// duration_ticks  of all of it; at least one step and at most 65535
  /// step_ticks      from packet to packet: 160 are 20 ms at 8000 Hz
  EventSender(std::uint8_t event, std::uint32_t timestamp, std::uint32_t duration_ticks, std::uint32_t step_ticks);

  /// What to send now, one step after the one before; nothing when the event is over.
  std::optional<Packet> next();
  std::uint32_t timestamp() const { return timestamp_; }  // of all its packets
  std::uint32_t duration_ticks() const { return duration_ticks_; }

 private:
  std::uint8_t event_;
  std::uint32_t timestamp_;
  std::uint32_t duration_ticks_;
  std::uint32_t step_ticks_;
  std::uint32_t sent_ticks_ = 0;
  int ends_left_ = 3;
};

/// Tells events from their packets: lost, doubled and late ones neither double nor hide a key.
class EventReceiver {
 public:
  struct Heard {
    std::uint8_t event = 0;
    bool begins = false;  // the first packet of it
    bool ends = false;    // the first one with E, or the event was given up
    std::uint32_t duration_ticks = 0;
  };
  static constexpr std::chrono::milliseconds silence_max{200};  // without a packet an event is over

  /// Nothing if the packet tells nothing new. An event whose end was lost ends unannounced when another begins.
  std::optional<Heard> receive(std::uint32_t timestamp, const TelephoneEvent& event, Time now);
  /// The end of an event whose packets have stopped coming.
  std::optional<Heard> expire(Time now);
  /// The source has begun anew: its timestamps say nothing about those before.
  void reset() { current_.reset(); }

 private:
  struct Current {
    std::uint32_t timestamp;
    std::uint8_t event;
    std::uint32_t duration_ticks;
    bool has_ended;
    Time last;
  };
  std::optional<Current> current_;
};

}  // namespace labnet::rtp
