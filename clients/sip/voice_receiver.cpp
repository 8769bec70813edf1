#include "clients/sip/voice_receiver.hpp"

#include <algorithm>
#include <utility>

#include "clients/sip/voice_sender.hpp"

namespace labnet::sip_client {
namespace {

constexpr std::size_t packet_samples_max = 960;  // 120 ms; a longer packet is cut
constexpr std::size_t packet_samples_min = 40;   // 5 ms

}  // namespace

VoiceReceiver::VoiceReceiver(Listener listener, const rtp::JitterRules& rules)
    : listener_{std::move(listener)}, buffer_{rules}, frame_samples_{frame_ticks} {}

void VoiceReceiver::agree(const sdp::Agreement& agreement) {
  laws_.clear();
  for (const auto& codec : agreement.receiving) {
    if (g711_of({codec}) != nullptr) laws_[codec.payload_type] = law_of(codec);
  }
  event_type_.reset();
  if (agreement.receiving_events) event_type_ = agreement.receiving_events->payload_type;
}

void VoiceReceiver::receive(const rtp::Packet& packet, rtp::Time now) {
  if (packet.header.payload_type == event_type_) return on_event(packet, now);
  if (laws_.contains(packet.header.payload_type)) on_audio(packet, now);
}

void VoiceReceiver::on_audio(const rtp::Packet& packet, rtp::Time now) {
  const auto arrival = reception_.receive(packet.header, now);
  if (arrival == rtp::Arrival::new_ssrc || arrival == rtp::Arrival::restart) events_.reset();
  if (packet.payload.size() >= packet_samples_min) {
    frame_samples_ = std::min(packet.payload.size(), packet_samples_max);
  }
  buffer_.push(packet.header, packet.payload);
}

void VoiceReceiver::on_event(const rtp::Packet& packet, rtp::Time now) {
  reception_.receive_untimed(packet.header);
  buffer_.push(packet.header, {});
  const auto event = rtp::parse_telephone_event(packet.payload);
  if (!event) return;
  const auto heard = events_.receive(packet.header.timestamp, *event, now);
  if (!heard || !heard->begins) return;
  if (const auto key = rtp::key_of_event(heard->event)) take_key(*key);
}

void VoiceReceiver::take_key(char key) {
  if (keys_.size() < keys_heard_max) keys_ += key;
}

void VoiceReceiver::play(rtp::Time now) {
  (void)events_.expire(now);
  due_samples_ += frame_ticks;
  while (due_samples_ >= frame_samples_) {
    due_samples_ -= frame_samples_;
    play_packet();
  }
}

void VoiceReceiver::play_packet() {
  frame_.assign(frame_samples_, 0);
  const auto pulled = buffer_.pull();
  const auto law = laws_.find(pulled.payload_type);
  if (pulled.turn == rtp::Turn::conceal) {
    concealer_.conceal(frame_);
  } else {
    if (pulled.turn == rtp::Turn::play && law != laws_.end()) {
      audio::decode(law->second, pulled.payload.first(std::min(pulled.payload.size(), frame_.size())), frame_);
    }
    concealer_.play(frame_);
  }
  listener_(frame_);
}

}  // namespace labnet::sip_client
