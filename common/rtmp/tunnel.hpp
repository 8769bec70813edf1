// RTMP within HTTP (RTMPT), as Flash Player began it and FFmpeg and librtmp speak it; there is no specification.
//
//   POST /fcs/ident2       which server is the session to be made with? An address, or 404: this one
//   POST /open/1           answered by the session's id and LF
//   POST /send/ID/N        octets of RTMP ->                <- delay, octets of RTMP
//   POST /idle/ID/N        an octet without a meaning ->    <- delay, octets of RTMP
//   POST /close/ID/N       an octet without a meaning ->    <- 0
//
// The server can say nothing unless it is asked. N counts the requests of a session; librtmp and FFmpeg begin with 0.
// The delay is one octet: the more, the longer the client may wait before it asks again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace labnet::rtmp {

inline constexpr std::string_view tunnel_media_type = "application/x-fcs";

enum class TunnelVerb : std::uint8_t { ident, open, send, idle, close };

struct TunnelPath {
  TunnelVerb verb = TunnelVerb::ident;
  std::string_view id{};     // of send, idle and close: letters, digits, "-", "_" and "."
  std::uint32_t number = 0;  // of all but ident

  /// Of one that has been opened.
  bool is_of_session() const { return verb != TunnelVerb::ident && verb != TunnelVerb::open; }
  bool operator==(const TunnelPath&) const = default;
};

/// path     of a request's target, not decoded: nothing in it needs to be
/// returns  nothing for any other path; `id` is a view of it
std::optional<TunnelPath> parse_tunnel_path(std::string_view path);
/// The reverse.
std::string to_text(const TunnelPath& path);

/// The id in the answer to open, without what stands around it; empty if there is none.
std::string_view tunnel_id_of(std::string_view body);

/// 1, 3, 5, 9, 17, 33, as the Flash Media Server counts while there is nothing to say. What is one of them to the
/// client is said nowhere.
std::uint8_t longer_tunnel_delay(std::uint8_t delay);
inline constexpr std::uint8_t tunnel_delay_min = 1, tunnel_delay_max = 33;

}  // namespace labnet::rtmp
