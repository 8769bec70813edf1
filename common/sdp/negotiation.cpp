// Offers, answers, and what follows from them.
#include "common/sdp/negotiation.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::sdp {
namespace {

constexpr std::string_view rtcp_mux_attribute = "rtcp-mux";

std::vector<Codec> without_events(std::vector<Codec> codecs) {
  std::erase_if(codecs, is_telephone_event);
  return codecs;
}

const Codec* find_same(const std::vector<Codec>& codecs, const Codec& codec) {
  const auto found = std::ranges::find_if(codecs, [&](const Codec& each) { return is_same_encoding(each, codec); });
  return found == codecs.end() ? nullptr : &*found;
}

/// A codec that both have, with the payload type that each wants to receive.
void add_common(const Codec& theirs, const Codec& ours, Agreement& agreement) {
  if (is_telephone_event(theirs)) {
    if (agreement.sending_events) return;
    agreement.sending_events = theirs;
    agreement.receiving_events = ours;
  } else if (find_same(agreement.sending, theirs) == nullptr) {
    agreement.sending.push_back(theirs);
    agreement.receiving.push_back(ours);
  }
}

Difference codec_difference(const std::vector<Codec>& offered, const std::vector<Codec>& have) {
  return {DifferenceKind::codecs, list_of(without_events(offered)), list_of(without_events(have))};
}

/// Where the other side is, and in which direction it lets media flow, as this side sees it.
std::optional<Difference> read_peer(const Description& theirs, const Media& media, AddressFamily family,
                                    Direction local, Agreement& agreement) {
  const auto connection = connection_of(theirs, media);
  if (!connection) return Difference{DifferenceKind::no_address};
  const bool is_held = connection->is_unspecified();
  if (!is_held && connection->family != family) {
    return Difference{DifferenceKind::family, std::string{name_of(connection->family)}, std::string{name_of(family)}};
  }
  auto flows = mirrored(direction_of(theirs, media));
  if (is_held) flows = common_of(flows, Direction::recvonly);
  agreement.direction = common_of(flows, local);
  if (!is_held) agreement.remote = connection;
  agreement.remote_port = media.port;
  agreement.remote_rtcp_port = rtcp_port_of(media, agreement.rtcp_mux);
  agreement.packet_time_ms = packet_time_ms_of(media);
  return std::nullopt;
}

std::optional<Difference> difference_of_profile(const Media& theirs, std::string_view ours) {
  if (equals_ignoring_case(theirs.profile, ours)) return std::nullopt;
  return Difference{DifferenceKind::profile, safe_word(theirs.profile), std::string{ours}};
}

Result<Agreement, Difference> agree_on(const Description& offer, std::size_t index, const LocalAudio& local) {
  const auto& media = offer.media[index];
  if (media.kind != "audio" || media.port == 0) return Difference{DifferenceKind::no_audio};
  if (auto difference = difference_of_profile(media, local.profile)) return std::move(*difference);
  Agreement agreement;
  const auto offered = codecs_of(media);
  for (const auto& theirs : offered) {
    const auto* const mine = find_same(local.codecs, theirs);
    if (mine == nullptr) continue;
    auto ours = *mine;
    ours.payload_type = theirs.payload_type;
    add_common(theirs, ours, agreement);
  }
  if (agreement.sending.empty()) return codec_difference(offered, local.codecs);
  agreement.media_index = index;
  agreement.rtcp_mux = local.rtcp_mux && media.has(rtcp_mux_attribute);
  if (auto difference = read_peer(offer, media, local.family, local.direction, agreement))
    return std::move(*difference);
  return agreement;
}

Media refusal_of(const Media& offered) {
  Media media;
  media.kind = offered.kind;
  media.profile = offered.profile;
  media.formats = offered.formats;
  return media;
}

struct LocalMediaChoice {
  const std::vector<Codec>& codecs;
  Direction direction;
  bool rtcp_mux;
  std::string_view profile;
};

Media local_media(const LocalAudio& local, const LocalMediaChoice& choice) {
  Media media;
  media.kind = "audio";
  media.port = local.port;
  media.profile = choice.profile;
  for (const auto& codec : choice.codecs) add_codec(codec, media, local.names_static_types);
  if (local.packet_time_ms) media.attributes.push_back({"ptime", std::to_string(*local.packet_time_ms)});
  media.attributes.push_back({std::string{name_of(choice.direction)}});
  if (choice.rtcp_mux) media.attributes.push_back({std::string{rtcp_mux_attribute}});
  media.attributes.insert(media.attributes.end(), local.attributes.begin(), local.attributes.end());
  return media;
}

Description local_description(const LocalAudio& local) {
  Description description;
  description.origin.family = local.family;
  description.origin.address = local.address;
  description.connection = Connection{local.family, local.address};
  return description;
}

Description answer_to(const Description& offer, const LocalAudio& local, const Agreement& agreement) {
  auto codecs = agreement.receiving;
  if (agreement.receiving_events) codecs.push_back(*agreement.receiving_events);
  auto answer = local_description(local);
  answer.timings = offer.timings;  // RFC 3264, section 6
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const auto& offered = offer.media[i];
    const LocalMediaChoice choice{codecs, agreement.direction, agreement.rtcp_mux, offered.profile};
    answer.media.push_back(i == agreement.media_index ? local_media(local, choice) : refusal_of(offered));
  }
  return answer;
}

/// The codecs of an answer. What it names by a payload type of the offer alone is what the offer says.
std::vector<Codec> codecs_of_answer(const Media& answer, const std::vector<Codec>& offered) {
  const auto named = codecs_of(answer);
  std::vector<Codec> codecs;
  for (const auto& format : answer.formats) {
    const auto is_it = [&](const Codec& codec) { return std::to_string(codec.payload_type) == format; };
    const auto in_answer = std::ranges::find_if(named, is_it);
    const auto in_offer = std::ranges::find_if(offered, is_it);
    if (in_answer != named.end()) {
      codecs.push_back(*in_answer);
    } else if (in_offer != offered.end()) {
      codecs.push_back(*in_offer);
    }
  }
  return codecs;
}

/// The line m= that an offer of this side is about.
std::optional<std::size_t> offered_index(const Description& offer) {
  const auto is_wanted = [](const Media& media) { return media.kind == "audio" && media.port != 0; };
  const auto found = std::ranges::find_if(offer.media, is_wanted);
  if (found == offer.media.end()) return std::nullopt;
  return static_cast<std::size_t>(found - offer.media.begin());
}

/// Where the audio was before; a line of its own if it was nowhere.
Media& place_of_audio(const Description& before, Description& offer) {
  if (const auto index = offered_index(before)) return offer.media[*index];
  return offer.media.emplace_back();
}

}  // namespace

void LocalSession::stamp(Description& description) {
  description.origin.username = username_;
  description.origin.session_id = session_id_;
  description.origin.version = version_;
  description.name = name_;
  if (description == last_) return;
  if (last_) description.origin.version = ++version_;
  last_ = description;
}

Description make_offer(const LocalAudio& local, LocalSession& session) {
  auto offer = local_description(local);
  const LocalMediaChoice all{local.codecs, local.direction, local.rtcp_mux, local.profile};
  if (const auto* const before = session.last()) {
    for (const auto& media : before->media) offer.media.push_back(refusal_of(media));
    place_of_audio(*before, offer) = local_media(local, all);
  } else {
    offer.media.push_back(local_media(local, all));
  }
  session.stamp(offer);
  return offer;
}

Result<Answered, Difference> answer_offer(const Description& offer, const LocalAudio& local, LocalSession& session) {
  Difference difference{DifferenceKind::no_audio};
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    auto agreement = agree_on(offer, i, local);
    if (agreement) {
      auto answer = answer_to(offer, local, *agreement);
      session.stamp(answer);
      return Answered{std::move(answer), std::move(*agreement)};
    }
    // Of several reasons that of the first audio is told.
    if (difference.kind == DifferenceKind::no_audio) difference = agreement.error();
  }
  return difference;
}

Result<Agreement, Difference> apply_answer(const Description& offer, const Description& answer) {
  const auto index = offered_index(offer);
  if (!index) return Difference{DifferenceKind::no_audio};
  if (answer.media.size() != offer.media.size()) return Difference{DifferenceKind::media_count};
  const auto& ours = offer.media[*index];
  const auto& theirs = answer.media[*index];
  if (theirs.kind != ours.kind || theirs.port == 0) return Difference{DifferenceKind::refused};
  if (auto difference = difference_of_profile(theirs, ours.profile)) return std::move(*difference);

  Agreement agreement;
  const auto offered = codecs_of(ours);
  const auto answered = codecs_of_answer(theirs, offered);
  for (const auto& codec : answered) {
    if (const auto* const same = find_same(offered, codec)) add_common(codec, *same, agreement);
  }
  if (agreement.sending.empty()) return codec_difference(answered, offered);
  agreement.media_index = *index;
  agreement.rtcp_mux = ours.has(rtcp_mux_attribute) && theirs.has(rtcp_mux_attribute);
  const auto connection = connection_of(offer, ours);
  const auto family = connection ? connection->family : offer.origin.family;
  if (auto difference = read_peer(answer, theirs, family, direction_of(offer, ours), agreement)) {
    return std::move(*difference);
  }
  return agreement;
}

}  // namespace labnet::sdp
