// One direction of a call, inward: packets in whatever order become audio, 20 ms after 20 ms.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/audio/concealment.hpp"
#include "common/audio/g711.hpp"
#include "common/base/bytes.hpp"
#include "common/rtp/jitter_buffer.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/reception.hpp"
#include "common/rtp/telephone_event.hpp"
#include "common/sdp/negotiation.hpp"

namespace labnet::sip_client {

class VoiceReceiver {
 public:
  /// Gets what is heard, at 8000 Hz, whenever some has been played.
  using Listener = std::function<void(audio::Samples)>;

  explicit VoiceReceiver(Listener listener, const rtp::JitterRules& rules = {});

  void agree(const sdp::Agreement& agreement);
  /// Whether a payload type is one that was agreed on; others open a path, and say nothing.
  bool is_agreed(std::uint8_t payload_type) const {
    return laws_.contains(payload_type) || payload_type == event_type_;
  }

  /// One packet, of a source that may send. Of a type that was not agreed on it is passed over.
  void receive(const rtp::Packet& packet, rtp::Time now);
  /// 20 ms of time have gone by.
  void play(rtp::Time now);

  const rtp::Reception& reception() const { return reception_; }
  rtp::Reception& reception() { return reception_; }
  const rtp::JitterCounts& jitter() const { return buffer_.counts(); }
  int depth() const { return buffer_.depth_target(); }  // packets
  std::size_t frame_samples() const { return frame_samples_; }
  /// A key that was told by other means than telephone-event.
  void take_key(char key);
  /// All that were pressed on the other side, in order; keys_heard_max at most.
  const std::string& keys() const { return keys_; }

  static constexpr std::size_t keys_heard_max = 256;

 private:
  void on_audio(const rtp::Packet& packet, rtp::Time now);
  void on_event(const rtp::Packet& packet, rtp::Time now);
  void play_packet();

  Listener listener_;
  std::map<std::uint8_t, audio::Law> laws_;  // by payload type
  std::optional<std::uint8_t> event_type_;
  rtp::Reception reception_{audio::telephone_rate_hz};
  rtp::JitterBuffer buffer_;
  rtp::EventReceiver events_;
  std::string keys_;
  audio::LossConcealer concealer_;
  audio::SampleBuffer frame_;
  std::size_t frame_samples_;    // of a packet, as the other side sends them
  std::size_t due_samples_ = 0;  // of the time that has gone by and has not been played
};

}  // namespace labnet::sip_client
