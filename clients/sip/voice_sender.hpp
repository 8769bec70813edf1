// One direction of a call, outward: a packet every 20 ms, of audio or of a key.
//
//   opening packet (1 byte, unassigned type) | M audio audio audio | M key key ... key(end) x3 | audio ...
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "clients/sip/audio_source.hpp"
#include "common/audio/g711.hpp"
#include "common/base/bytes.hpp"
#include "common/rtp/telephone_event.hpp"
#include "common/sdp/negotiation.hpp"

namespace labnet::sip_client {

inline constexpr std::uint32_t frame_ticks = 160;    // 20 ms at 8000 Hz: a tick is a sample
inline constexpr std::uint32_t key_ticks = 800;      // how long a key is held: 100 ms
inline constexpr int pause_between_keys_frames = 5;  // 100 ms
inline constexpr std::size_t keys_waiting_max = 64;
/// What opens the way through a NAT, and tells a relay from where the phone sends, before there is something to say. No
/// encoding has this type (RFC 3551, section 6), so that nobody plays it.
inline constexpr std::uint8_t opening_type = 20;

class VoiceSender {
 public:
  /// Random, as RFC 3550, section 5.1, asks.
  struct Start {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;   // of the first packet of audio
    std::uint32_t timestamp = 0;  // of the first frame
  };
  /// suppresses_silence  nothing is sent in the source's pauses, so that each talk spurt begins with a marker (RFC
  /// 3551,
  ///                     section 4.1); otherwise pauses are sent, too
  VoiceSender(std::unique_ptr<AudioSource> source, const Start& start, bool suppresses_silence);

  /// From now on. Without an encoding of G.711, an address to send to, or the other side's wish to hear, it is silent.
  void agree(const sdp::Agreement& agreement);

  /// To be sent first, once; its sequence number is the one before that of the first packet.
  Buffer opening_packet() const;
  /// What to send now: to be called every 20 ms. Nothing in a pause, and while it may not send. The source goes on only
  /// while it may. Valid until the next call.
  std::optional<Bytes> next();

  /// A key is sent as soon as those before it are. False if the other side takes no keys, `key` is none, or
  /// keys_waiting_max wait.
  bool press(char key);
  bool has_keys() const { return event_ || !keys_.empty(); }

  bool may_send() const { return law_.has_value(); }
  /// The source has nothing more to say.
  bool has_ended() const { return source_->has_ended(); }
  std::uint32_t ssrc() const { return start_.ssrc; }
  /// Of the frame that is next.
  std::uint32_t timestamp() const { return timestamp_; }
  std::uint32_t packets() const { return packets_; }
  std::uint32_t payload_bytes() const { return payload_bytes_; }

 private:
  Bytes packet(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, Bytes payload);
  std::optional<Bytes> next_key(std::uint32_t timestamp);
  std::optional<Bytes> next_audio(std::uint32_t timestamp);

  std::unique_ptr<AudioSource> source_;
  Start start_;
  bool suppresses_silence_;
  std::optional<audio::Law> law_;  // nothing: it may not send
  std::uint8_t audio_type_ = 0;
  std::optional<std::uint8_t> event_type_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
  bool is_in_spurt_ = false;  // the last frame was sent
  std::deque<std::uint8_t> keys_;
  std::optional<rtp::EventSender> event_;
  int pause_frames_ = 0;  // until the next key
  std::uint32_t packets_ = 0;
  std::uint32_t payload_bytes_ = 0;
  Buffer packet_;
};

/// The first encoding of G.711 in a list; null if there is none.
const sdp::Codec* g711_of(const std::vector<sdp::Codec>& codecs);
audio::Law law_of(const sdp::Codec& codec);

}  // namespace labnet::sip_client
