// What a relay makes of a source's packets, so that its own stream goes on evenly whatever the source does.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "common/rtp/limits.hpp"
#include "common/rtp/packet.hpp"

namespace labnet::rtp {

/// One direction of a call. Each packet gets the relay's SSRC, and sequence number and timestamp at a constant distance
/// from the source's, so that loss and order show on the other side as they are. Where the source begins anew (other
/// SSRC, or numbers that jump), the distances change: the sequence number goes on by one, the timestamp by the time
/// that went by, and the marker is set. Of what is sent in order nothing ever steps back, but for events beside the
/// audio.
///
/// All state fits a cache line; nothing is allocated.
class RelayRewriter {
 public:
  /// What is to be the relay's own; random, as RFC 3550, section 5.1, asks.
  struct Start {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;   // of the first packet
    std::uint32_t timestamp = 0;  // of the first packet
    std::uint32_t clock_rate_hz = 8000;
  };
  explicit RelayRewriter(const Start& start);

  /// What the source calls telephone-event. It may send events and audio side by side (RFC 4733, section 2.5.1.1): then
  /// the timestamps of the events lie behind those of the audio, and that is no jump.
  void set_event_type(std::uint8_t payload_type) { event_type_ = payload_type; }

  /// packet        of header_bytes at least, and in order (see fault_of); its fixed header is overwritten
  /// payload_type  what the other side calls it (see PayloadTypeMap)
  void rewrite(std::span<std::byte> packet, std::uint8_t payload_type, Time now) {
    auto header = header_of(packet);
    const auto step = static_cast<std::int16_t>(header.sequence - highest_sequence_);
    const auto ticks = header.timestamp - highest_timestamp_;
    if (header.ssrc != source_ssrc_ || step != 1 || ticks > usual_ticks_max_) [[unlikely]] {
      follow(header, step, now);
    } else {
      note(header, ticks, now);
      if (ticks != 0) usual_step_ticks_ = ticks;
    }
    header.payload_type = payload_type;
    header.sequence = static_cast<std::uint16_t>(header.sequence + sequence_distance_);
    header.timestamp += timestamp_distance_;
    header.ssrc = ssrc_;
    set_header(packet, header);
  }

  std::uint32_t ssrc() const { return ssrc_; }
  /// How often the source began anew; its first packet is not counted.
  std::uint32_t restarts() const { return restarts_; }
  /// Where the relay's own stream would be now: what a sender report says (RFC 3550, section 6.4.1).
  std::uint32_t timestamp_at(Time now) const;

 private:
  static constexpr std::uint8_t no_type = 0xff;

  /// The packet is the highest there is.
  void note(const Header& header, std::uint32_t ticks, Time now) {
    highest_sequence_ = header.sequence;
    packet_time_ = now;
    if (ticks == 0) return;  // a telephone-event keeps its first timestamp
    highest_timestamp_ = header.timestamp;
    timestamp_time_ = now;
  }
  void follow(Header& header, int step, Time now);
  void begin_anew(Header& header, Time now);
  void move_timestamps(Header& header, Time now);
  void follow_late(Header& header) const;
  void follow_ahead(Header& header, int step, Time now);
  bool is_event_of_before(const Header& header) const;
  std::uint32_t ticks_since(Time then, Time now) const;

  Time packet_time_{};     // when the highest came
  Time timestamp_time_{};  // when the first packet with highest_timestamp_ came
  std::uint32_t ssrc_;
  std::uint32_t source_ssrc_ = 0;
  std::uint32_t timestamp_distance_;
  std::uint32_t highest_timestamp_ = 0;  // the source's
  std::uint32_t usual_step_ticks_;       // between the last two timestamps
  std::uint32_t usual_ticks_max_;        // a timestamp that goes on by more is looked at
  std::uint32_t clock_rate_hz_;
  std::uint32_t restarts_ = 0;
  std::uint16_t sequence_distance_;
  std::uint16_t highest_sequence_ = 0;  // the source's
  std::uint8_t event_type_ = no_type;
  bool has_begun_ = false;
};
static_assert(sizeof(RelayRewriter) <= 64);

}  // namespace labnet::rtp
