#include "servers/sip/media_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/net/random.hpp"

namespace labnet::sip_server {
namespace {

struct PlayedCodec {
  audio::Law law;
  std::uint8_t payload_type;
};

/// The first one of those agreed on that can be played.
std::optional<PlayedCodec> played_codec(const sdp::Agreement& agreement) {
  for (const auto& codec : agreement.sending) {
    if (sdp::is_same_encoding(codec, {.name = "PCMA"})) return PlayedCodec{audio::Law::a, codec.payload_type};
    if (sdp::is_same_encoding(codec, {.name = "PCMU"})) return PlayedCodec{audio::Law::mu, codec.payload_type};
  }
  return std::nullopt;
}

/// 96 bits at random that last as long as the call (RFC 7022, section 4.2).
std::string random_cname() {
  return fmt::format("{:016x}{:08x}", net::random_number<std::uint64_t>(), net::random_number<std::uint32_t>());
}

}  // namespace

MediaCall::MediaCall(MediaPorts caller, std::optional<MediaPorts> callee, const MediaConfig& config) {
  const auto cname = random_cname();
  legs_[0].emplace(std::move(caller), config, cname);
  if (callee) legs_[1].emplace(*std::move(callee), config, cname);
}

bool MediaCall::join(net::ReadySet& set, MediaTotals& totals) {
  return std::ranges::all_of(legs_, [&](auto& leg) { return !leg || leg->join(set, totals); });
}

void MediaCall::end(const MediaReports::Instant& now) {
  for (auto& leg : legs_) {
    if (leg) leg->end(now);
  }
  players_ = {};
}

void MediaCall::close(const MediaReports::Instant& now) {
  end(now);
  for (auto& leg : legs_) {
    if (leg) leg->close(now);
  }
}

void MediaCall::connect(Side side, const sdp::Agreement& agreement) {
  if (auto* const one = leg(side)) one->agree(agreement);
  route();
}

void MediaCall::play(Side to, Announcement what) {
  player(to) = {.what = what,
                .ssrc = net::random_number<std::uint32_t>(),
                .sequence = net::random_number<std::uint16_t>(),
                .timestamp = net::random_number<std::uint32_t>()};
  route();
}

void MediaCall::route() {
  for (const auto side : {Side::caller, Side::callee}) {
    const bool is_heard_there = player(other(side)).what == Announcement::none;
    const bool is_echoed = player(side).what == Announcement::echo;
    if (auto* const one = leg(side)) one->route(is_heard_there ? leg(other(side)) : nullptr, is_echoed ? one : nullptr);
  }
}

bool MediaCall::is_playing() const {
  return std::ranges::any_of(players_, &Player::is_own_sound);
}

void MediaCall::play_frame(rtp::Time now, const MediaSounds& sounds) {
  for (const auto side : {Side::caller, Side::callee}) {
    if (player(side).is_own_sound()) play_frame(side, now, sounds);
  }
}

void MediaCall::play_frame(Side to, rtp::Time now, const MediaSounds& sounds) {
  auto* const one = leg(to);
  if (one == nullptr) return;
  const auto& agreement = one->agreement();
  const auto codec = agreement ? played_codec(*agreement) : std::nullopt;
  if (!codec) return;
  auto& source = player(to);
  const auto round = sounds.round(source.what, codec->law);
  std::array<std::byte, rtp::header_bytes + MediaSounds::frame_bytes> packet;
  packet[0] = std::byte{rtp::version << 6};
  rtp::set_header(packet, {.payload_type = codec->payload_type,
                           .sequence = source.sequence++,
                           .timestamp = source.timestamp,
                           .ssrc = source.ssrc});
  std::ranges::copy(round.subspan(source.position, MediaSounds::frame_bytes), packet.begin() + rtp::header_bytes);
  source.timestamp += MediaSounds::frame_bytes;
  source.position = (source.position + MediaSounds::frame_bytes) % round.size();
  one->send(packet, codec->payload_type, now);
}

void MediaCall::report(const MediaReports::Instant& now) {
  for (auto& leg : legs_) {
    if (leg) leg->report(now);
  }
}

}  // namespace labnet::sip_server
