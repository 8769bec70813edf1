// Codecs, directions and ports out of a description's lines.
#include "common/sdp/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/rtp/payload_types.hpp"

namespace labnet::sdp {
namespace {

constexpr std::array directions{Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive};

std::optional<std::uint8_t> parse_payload_type(std::string_view text) {
  const auto type = parse_integer<std::uint8_t>(text);
  return type && *type <= rtp::payload_type_max ? type : std::nullopt;
}

/// What stands behind a payload type in the first a=`name` about it.
std::optional<std::string_view> value_about(const Media& media, std::string_view name, std::uint8_t payload_type) {
  for (const auto& attribute : media.attributes) {
    if (attribute.name != name || !attribute.value) continue;
    const std::string_view value = *attribute.value;
    const auto space = std::min(value.find(' '), value.size());
    if (parse_payload_type(value.substr(0, space)) == payload_type) return trim(value.substr(space));
  }
  return std::nullopt;
}

/// "PCMA/8000" or "opus/48000/2"
std::optional<Codec> parse_rtpmap(std::string_view value) {
  const auto parts = split(value, '/');
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty()) return std::nullopt;
  const auto rate = parse_integer<std::uint32_t>(parts[1]);
  const auto channels = parts.size() == 3 ? parse_integer<std::uint8_t>(parts[2]) : 1;
  if (!rate || *rate == 0 || !channels || *channels == 0) return std::nullopt;
  return Codec{.name = std::string{parts[0]}, .clock_rate_hz = *rate, .channels = *channels};
}

std::optional<Codec> static_codec(std::uint8_t payload_type) {
  const auto encoding = rtp::static_encoding(payload_type);
  if (!encoding) return std::nullopt;
  return Codec{
      .name = std::string{encoding->name}, .clock_rate_hz = encoding->clock_rate_hz, .channels = encoding->channels};
}

std::optional<Codec> codec_of(const Media& media, std::uint8_t payload_type) {
  const auto rtpmap = value_about(media, "rtpmap", payload_type);
  auto codec = rtpmap ? parse_rtpmap(*rtpmap) : static_codec(payload_type);
  if (!codec) return std::nullopt;
  codec->payload_type = payload_type;
  codec->parameters = value_about(media, "fmtp", payload_type).value_or("");
  return codec;
}

std::optional<Direction> own_direction_of(const Section& section) {
  for (const auto direction : directions) {
    if (section.has(name_of(direction))) return direction;
  }
  return std::nullopt;
}

}  // namespace

bool is_same_encoding(const Codec& a, const Codec& b) {
  return equals_ignoring_case(a.name, b.name) && a.clock_rate_hz == b.clock_rate_hz && a.channels == b.channels;
}

bool is_telephone_event(const Codec& codec) {
  return equals_ignoring_case(codec.name, "telephone-event");
}

std::string to_text(const Codec& codec) {
  const auto text = fmt::format("{}/{}", codec.name, codec.clock_rate_hz);
  return codec.channels == 1 ? text : fmt::format("{}/{}", text, codec.channels);
}

std::vector<Codec> codecs_of(const Media& media) {
  std::vector<Codec> codecs;
  for (const auto& format : media.formats) {
    const auto type = parse_payload_type(format);
    if (!type || std::ranges::find(codecs, *type, &Codec::payload_type) != codecs.end()) continue;
    if (auto codec = codec_of(media, *type)) codecs.push_back(std::move(*codec));
  }
  return codecs;
}

void add_codec(const Codec& codec, Media& media, bool names_static) {
  media.formats.push_back(std::to_string(codec.payload_type));
  if (names_static || !rtp::static_encoding(codec.payload_type)) {
    media.attributes.push_back({"rtpmap", fmt::format("{} {}", codec.payload_type, to_text(codec))});
  }
  if (codec.parameters.empty()) return;
  media.attributes.push_back({"fmtp", fmt::format("{} {}", codec.payload_type, codec.parameters)});
}

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::inactive:
      return "inactive";
    case Direction::sendonly:
      return "sendonly";
    case Direction::recvonly:
      return "recvonly";
    case Direction::sendrecv:
      return "sendrecv";
  }
  return {};
}

Direction mirrored(Direction direction) {
  if (direction == Direction::sendonly) return Direction::recvonly;
  return direction == Direction::recvonly ? Direction::sendonly : direction;
}

Direction common_of(Direction a, Direction b) {
  return static_cast<Direction>(static_cast<int>(a) & static_cast<int>(b));
}

Direction direction_of(const Description& description, const Media& media) {
  const auto own = own_direction_of(media);
  return own ? *own : own_direction_of(description).value_or(Direction::sendrecv);
}

std::optional<Connection> connection_of(const Description& description, const Media& media) {
  return media.connection ? media.connection : description.connection;
}

std::uint16_t rtcp_port_of(const Media& media, bool is_muxed) {
  if (is_muxed || media.port == 0) return media.port;
  const auto value = media.value_of("rtcp");
  const auto named = parse_integer<std::uint16_t>(value.substr(0, value.find(' ')));
  return named ? *named : static_cast<std::uint16_t>(media.port + 1);
}

std::optional<std::uint32_t> packet_time_ms_of(const Media& media) {
  const auto time = parse_integer<std::uint32_t>(media.value_of("ptime"));
  return time && *time > 0 ? time : std::nullopt;
}

}  // namespace labnet::sdp
