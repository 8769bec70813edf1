#include "servers/sip/negotiation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/text.hpp"
#include "common/sdp/codec.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::size_t index_of(Side side) {
  return static_cast<std::size_t>(side);
}

bool is_plain_rtp(const sdp::Media& media) {
  return media.profile == "RTP/AVP" || media.profile == "RTP/AVPF";
}

/// The stream that a call is about: the first audio in plain RTP that is wanted.
const sdp::Media* audio_of(const sdp::Description& description) {
  const auto found = std::ranges::find_if(description.media, [](const sdp::Media& media) {
    return media.kind == "audio" && media.port != 0 && is_plain_rtp(media);
  });
  return found == description.media.end() ? nullptr : &*found;
}

sdp::Difference why_no_audio(const sdp::Description& description) {
  const auto secured = std::ranges::find_if(
      description.media, [](const sdp::Media& media) { return media.kind == "audio" && media.port != 0; });
  if (secured == description.media.end()) return {.kind = sdp::DifferenceKind::no_audio};
  return {.kind = sdp::DifferenceKind::profile, .offered = sdp::safe_word(secured->profile), .have = "RTP/AVP"};
}

DescriptionRefusal refusal_of(const sdp::Difference& difference, const std::string& agent) {
  return {488, sdp::describe(difference), sdp::to_warning(difference, agent)};
}

bool needs_interface(std::string_view address) {
  const auto parsed = parse_ip(address);
  return parsed && is_link_local(*parsed);
}

Result<sdp::Description, DescriptionRefusal> read(std::string_view text) {
  auto description = sdp::parse_description(text);
  if (!description) return DescriptionRefusal{400, sdp::describe(description.error()), {}};
  return *std::move(description);
}

}  // namespace

DescriptionRefusal link_local_refusal(std::string_view address, const std::string& agent) {
  auto reason = fmt::format("media cannot go to or from a link-local address such as {}", sdp::safe_word(address));
  return {488, reason, fmt::format("399 {} {}", agent, labnet::quoted(reason))};
}

Negotiation::Negotiation(MediaBridge& media, std::string agent, std::uint64_t session_id)
    : media_{media},
      agent_{std::move(agent)},
      sessions_{sdp::LocalSession{"-", fmt::format("{}", session_id)},
                sdp::LocalSession{"-", fmt::format("{}", session_id + 1)}} {}

DescriptionRefusal Negotiation::refusal(const sdp::Difference& difference) const {
  return refusal_of(difference, agent_);
}

Result<sdp::Description, DescriptionRefusal> Negotiation::read_offer(std::string_view text, const std::string& agent) {
  auto offer = read(text);
  if (!offer) return offer.error();
  const auto* const audio = audio_of(*offer);
  if (audio == nullptr) return refusal_of(why_no_audio(*offer), agent);
  if (const auto at = sdp::connection_of(*offer, *audio); at && needs_interface(at->address)) {
    return link_local_refusal(at->address, agent);
  }
  return *std::move(offer);
}

sdp::LocalAudio Negotiation::local(Side side, std::vector<sdp::Codec> codecs, sdp::Direction direction) const {
  const auto address = media_.address(side);
  sdp::LocalAudio audio;
  audio.family = std::holds_alternative<Ipv4Address>(address) ? sdp::AddressFamily::ip4 : sdp::AddressFamily::ip6;
  audio.address = to_string(address);
  audio.port = media_.port(side);
  audio.codecs = std::move(codecs);
  audio.direction = direction;
  return audio;
}

std::string Negotiation::pass_offer(Side from, sdp::Description offer) {
  const auto& audio = *audio_of(offer);
  auto onward = local(other(from), sdp::codecs_of(audio), sdp::direction_of(offer, audio));
  onward.packet_time_ms = sdp::packet_time_ms_of(audio);
  auto sent = sdp::make_offer(onward, sessions_[index_of(other(from))]);
  auto sent_text = sdp::to_text(sent);
  offer_ = std::make_unique<Offer>(Offer{from, std::move(offer), std::move(sent)});
  return sent_text;
}

Result<std::string, DescriptionRefusal> Negotiation::pass_offer(Side from, std::string_view text) {
  auto offer = read_offer(text, agent_);
  if (!offer) return offer.error();
  return pass_offer(from, *std::move(offer));
}

Result<std::string, DescriptionRefusal> Negotiation::pass_answer(Side from, std::string_view text) {
  auto answer = read(text);
  if (!answer) return answer.error();
  if (!offer_ || offer_->from == from) return DescriptionRefusal{400, "an answer to no offer", {}};
  const auto accepted = sdp::apply_answer(offer_->sent, *answer);
  if (!accepted) return refusal(accepted.error());
  if (accepted->remote && needs_interface(accepted->remote->address)) {
    return link_local_refusal(accepted->remote->address, agent_);
  }

  const auto& audio = answer->media[accepted->media_index];
  auto onward = local(offer_->from, sdp::codecs_of(audio), sdp::direction_of(*answer, audio));
  onward.packet_time_ms = sdp::packet_time_ms_of(audio);
  const auto answered = sdp::answer_offer(offer_->received, onward, sessions_[index_of(offer_->from)]);
  if (!answered) return refusal(answered.error());

  agreements_[index_of(from)] = *accepted;
  agreements_[index_of(offer_->from)] = answered->agreement;
  for (const auto side : {Side::caller, Side::callee}) connect(side);
  return sdp::to_text(answered->answer);
}

Result<std::string, DescriptionRefusal> Negotiation::answer(const sdp::Description& offer,
                                                            const std::vector<sdp::Codec>& codecs) {
  const auto own = local(Side::caller, codecs, sdp::Direction::sendrecv);
  const auto answered = sdp::answer_offer(offer, own, sessions_[index_of(Side::caller)]);
  if (!answered) return refusal(answered.error());
  agreements_[index_of(Side::caller)] = answered->agreement;
  return sdp::to_text(answered->answer);
}

Result<std::string, DescriptionRefusal> Negotiation::answer(std::string_view text,
                                                            const std::vector<sdp::Codec>& codecs) {
  const auto offer = read(text);
  if (!offer) return offer.error();
  return answer(*offer, codecs);
}

void Negotiation::close_offer() {
  offer_.reset();
}

bool Negotiation::is_on_hold() const {
  return std::ranges::any_of(agreements_, [](const sdp::Agreement& agreement) {
    return agreement.direction != sdp::Direction::sendrecv || (!agreement.sending.empty() && !agreement.remote);
  });
}

std::string Negotiation::codec() const {
  const auto& agreement = agreements_[index_of(Side::caller)];
  return agreement.sending.empty() ? std::string{} : sdp::to_text(agreement.sending.front());
}

}  // namespace labnet::sip_server
