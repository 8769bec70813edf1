// Where a stream is: "rtmp://ann:secret@172.20.10.6:1935/live/1234?token=a".
//
//   rtmp://host/live/1234           app "live", stream "1234"
//   rtmp://host/live/room/1234      app "live/room", stream "1234": as FFmpeg and librtmp have it
//   rtmp://host/live/room/a/b       app "live/room", stream "a/b"
//   rtmp://host/live                app "live", no stream
//
// rtmps is RTMP over TLS, rtmpt over HTTP and rtmpts over HTTPS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::rtmp {

enum class Scheme : std::uint8_t { rtmp, rtmps, rtmpt, rtmpts };
std::string_view name_of(Scheme scheme);
std::uint16_t default_port(Scheme scheme);  // 1935, 443, 80, 443
inline bool is_secure(Scheme scheme) {
  return scheme == Scheme::rtmps || scheme == Scheme::rtmpts;
}
inline bool is_tunnelled(Scheme scheme) {
  return scheme == Scheme::rtmpt || scheme == Scheme::rtmpts;
}

struct Url {
  Scheme scheme = Scheme::rtmp;
  std::string user{};  // decoded; empty: none was given
  std::optional<std::string> password{};
  std::string host{};  // a name or an address, an IPv6 one without brackets
  std::uint16_t port = 1935;
  std::string app{};     // as written
  std::string stream{};  // as written, with "?token=a"; empty: none was given

  bool operator==(const Url&) const = default;
};

/// faults  a sentence that says what was expected, and never holds the password
Result<Url> parse_url(std::string_view text);

/// What connect says as tcUrl: scheme, host, port if it is another than the usual, app. No user, no password.
std::string tc_url_of(const Url& url);
/// All of it, without user and password.
std::string to_text(const Url& url);

}  // namespace labnet::rtmp
