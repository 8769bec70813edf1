#include "clients/sip/voice_sender.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/text.hpp"
#include "common/rtp/packet.hpp"

namespace labnet::sip_client {

const sdp::Codec* g711_of(const std::vector<sdp::Codec>& codecs) {
  const auto found = std::ranges::find_if(codecs, [](const sdp::Codec& codec) {
    const bool is_g711 = equals_ignoring_case(codec.name, "PCMA") || equals_ignoring_case(codec.name, "PCMU");
    return is_g711 && codec.clock_rate_hz == audio::telephone_rate_hz && codec.channels == 1;
  });
  return found == codecs.end() ? nullptr : &*found;
}

audio::Law law_of(const sdp::Codec& codec) {
  return equals_ignoring_case(codec.name, "PCMU") ? audio::Law::mu : audio::Law::a;
}

VoiceSender::VoiceSender(std::unique_ptr<AudioSource> source, const Start& start, bool suppresses_silence)
    : source_{std::move(source)},
      start_{start},
      suppresses_silence_{suppresses_silence},
      sequence_{start.sequence},
      timestamp_{start.timestamp} {}

void VoiceSender::agree(const sdp::Agreement& agreement) {
  const auto* const codec = g711_of(agreement.sending);
  const bool may =
      codec != nullptr && sdp::sends(agreement.direction) && agreement.remote && agreement.remote_port != 0;
  law_ = may ? std::optional{law_of(*codec)} : std::nullopt;
  if (codec != nullptr) audio_type_ = codec->payload_type;
  event_type_ = agreement.sending_events ? std::optional{agreement.sending_events->payload_type} : std::nullopt;
  if (!event_type_) {
    keys_.clear();
    event_.reset();
  }
}

Buffer VoiceSender::opening_packet() const {
  Buffer bytes;
  ByteWriter writer{bytes};
  rtp::write({.payload_type = opening_type,
              .sequence = static_cast<std::uint16_t>(start_.sequence - 1),
              .timestamp = start_.timestamp,
              .ssrc = start_.ssrc},
             writer);
  writer.u8(0);
  return bytes;
}

std::optional<Bytes> VoiceSender::next() {
  const auto timestamp = timestamp_;
  timestamp_ += frame_ticks;  // it goes on with the time, whether something is sent or not
  if (!may_send()) {
    is_in_spurt_ = false;
    return std::nullopt;
  }
  if (pause_frames_ > 0) --pause_frames_;
  if (auto key = next_key(timestamp)) return key;
  return next_audio(timestamp);
}

bool VoiceSender::press(char key) {
  const auto event = rtp::event_of_key(key);
  if (!event || !event_type_ || keys_.size() == keys_waiting_max) return false;
  keys_.push_back(*event);
  return true;
}

std::optional<Bytes> VoiceSender::next_key(std::uint32_t timestamp) {
  if (!event_ && !keys_.empty() && pause_frames_ == 0) {
    event_.emplace(keys_.front(), timestamp, key_ticks, frame_ticks);
    keys_.pop_front();
  }
  if (!event_) return std::nullopt;
  const auto step = event_->next();
  if (!step) {
    event_.reset();
    pause_frames_ = pause_between_keys_frames;
    return std::nullopt;
  }
  const auto payload = rtp::to_bytes(step->event);
  return packet(*event_type_, step->marker, event_->timestamp(), payload);
}

std::optional<Bytes> VoiceSender::next_audio(std::uint32_t timestamp) {
  std::array<audio::Sample, frame_ticks> frame{};
  const bool is_pause = !source_->fill(frame);
  if (is_pause && suppresses_silence_) {
    is_in_spurt_ = false;
    return std::nullopt;
  }
  std::array<std::byte, frame_ticks> codes{};
  audio::encode(*law_, frame, codes);
  const bool begins = !std::exchange(is_in_spurt_, true);
  return packet(audio_type_, begins, timestamp, codes);
}

Bytes VoiceSender::packet(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, Bytes payload) {
  packet_.clear();
  ByteWriter writer{packet_};
  rtp::write({.payload_type = payload_type,
              .marker = marker,
              .sequence = sequence_++,
              .timestamp = timestamp,
              .ssrc = start_.ssrc},
             writer);
  writer.bytes(payload);
  ++packets_;
  payload_bytes_ += static_cast<std::uint32_t>(payload.size());
  return packet_;
}

}  // namespace labnet::sip_client
