// What a description says about one of its media: codecs, direction, addresses, packet times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sdp/description.hpp"

namespace labnet::sdp {

/// A payload type with its a=rtpmap and a=fmtp.
struct Codec {
  std::uint8_t payload_type = 0;
  std::string name;  // "PCMA"; letters of either case are the same
  std::uint32_t clock_rate_hz = 8000;
  std::uint8_t channels = 1;
  std::string parameters{};  // a=fmtp, "0-16"

  bool operator==(const Codec&) const = default;
};
/// The same encoding, clock and channels, whatever the payload type and the parameters.
bool is_same_encoding(const Codec& a, const Codec& b);
bool is_telephone_event(const Codec& codec);
/// "PCMA/8000", "opus/48000/2"
std::string to_text(const Codec& codec);

/// In the order of m=. A static payload type needs no a=rtpmap (RFC 3551, section 6); a dynamic one without it is left
/// out, and so is a format that is no payload type.
std::vector<Codec> codecs_of(const Media& media);
/// Appends formats and a=rtpmap, a=fmtp.
///
/// names_static  also of static payload types, as old phones want them
void add_codec(const Codec& codec, Media& media, bool names_static = true);

enum class Direction { inactive = 0, sendonly = 1, recvonly = 2, sendrecv = 3 };  // bit 0: sends, bit 1: receives
std::string_view name_of(Direction direction);
constexpr bool sends(Direction direction) {
  return (static_cast<int>(direction) & 1) != 0;
}
constexpr bool receives(Direction direction) {
  return (static_cast<int>(direction) & 2) != 0;
}
/// As the other side sees it.
Direction mirrored(Direction direction);
/// What both allow.
Direction common_of(Direction a, Direction b);

/// The media's own, or else the session's, or else sendrecv.
Direction direction_of(const Description& description, const Media& media);
/// The media's own c=, or else the session's.
std::optional<Connection> connection_of(const Description& description, const Media& media);
/// RTP's own port if both sides want it so (a=rtcp-mux, RFC 5761), or else that of a=rtcp (RFC 3605), or else the one
/// above RTP's; 0 if there is none.
std::uint16_t rtcp_port_of(const Media& media, bool is_muxed);
/// a=ptime
std::optional<std::uint32_t> packet_time_ms_of(const Media& media);

}  // namespace labnet::sdp
