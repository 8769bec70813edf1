// Session descriptions: what a call's media are and where they go (RFC 8866; RFC 4566 before it).
//
//   v=0                                       version, always the first line
//   o=alice 2890844526 1 IN IP4 10.0.0.1      who made it, its id, its version
//   s=-                                       name
//   c=IN IP4 10.0.0.1                         address, for all media that have none of their own
//   t=0 0                                     from when to when: always
//   m=audio 49170 RTP/AVP 8 101               media, port, profile, payload types in order of preference
//   a=rtpmap:101 telephone-event/8000         what a payload type is
//   a=sendrecv
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace labnet::sdp {

enum class AddressFamily { ip4, ip6 };
std::string_view name_of(AddressFamily family);  // "IP4", "IP6"

/// c=: where media are sent to.
struct Connection {
  AddressFamily family = AddressFamily::ip4;
  std::string address;   // as written: numbers or a name; of multicast without what follows
  std::string suffix{};  // of multicast: "/ttl", "/ttl/count"

  /// 0.0.0.0 or ::: nothing is to be sent (RFC 3264, section 8.4; hold, as it was before RFC 3264).
  bool is_unspecified() const;
  bool operator==(const Connection&) const = default;
};

/// o=
struct Origin {
  std::string username = "-";
  std::string session_id = "0";  // digits
  std::uint64_t version = 0;     // one more with each change (RFC 3264, section 8)
  AddressFamily family = AddressFamily::ip4;
  std::string address;

  bool operator==(const Origin&) const = default;
};

/// b=
struct Bandwidth {
  std::string type;  // "AS" (kbit/s), "TIAS" (bit/s) ...
  std::uint64_t value = 0;

  bool operator==(const Bandwidth&) const = default;
};

/// a=name or a=name:value
struct Attribute {
  std::string name;
  std::optional<std::string> value{};

  bool operator==(const Attribute&) const = default;
};

/// t= with the lines r= that follow it.
struct Timing {
  std::uint64_t start = 0;  // seconds since 1900; 0: not bounded
  std::uint64_t stop = 0;
  std::vector<std::string> repeats{};

  bool operator==(const Timing&) const = default;
};

/// A line of a type that is not known: kept, and written behind the known ones of its section.
struct Line {
  char type = 0;
  std::string value;

  bool operator==(const Line&) const = default;
};

/// What the session and each of its media can have.
struct Section {
  std::string information{};  // i=
  std::optional<Connection> connection{};
  std::vector<Bandwidth> bandwidths{};
  std::string key{};  // k=, which RFC 8866 has done away with
  std::vector<Attribute> attributes{};
  std::vector<Line> unknown{};

  const Attribute* find(std::string_view name) const;  // names differ by case
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Empty if it is not there or has none.
  std::string_view value_of(std::string_view name) const;
  bool operator==(const Section&) const = default;
};

/// m= and the lines below it.
struct Media : Section {
  std::string kind;        // "audio", "video" ...
  std::uint16_t port = 0;  // 0: not wanted
  std::uint16_t port_count = 1;
  std::string profile;                 // "RTP/AVP", "RTP/SAVP" ...
  std::vector<std::string> formats{};  // of RTP: payload types

  bool operator==(const Media&) const = default;
};

struct Description : Section {
  Origin origin;
  std::string name = "-";             // s=; never empty
  std::string uri{};                  // u=
  std::vector<std::string> emails{};  // e=
  std::vector<std::string> phones{};  // p=
  std::vector<Timing> timings{Timing{}};
  std::string zones{};  // z=
  std::vector<Media> media{};

  bool operator==(const Description&) const = default;
};

enum class FaultKind {
  too_long,        // of all: description_bytes_max, line_bytes_max, lines_max, media_max or formats_max
  not_a_line,      // no letter with "=" behind it, or an octet that no text has
  bad_version,     // v= is not the first line, or not 0
  missing_origin,  // no o=
  malformed,       // a line of a known type that does not say what it should
  repeated,        // a line that there may be once
  out_of_place,    // a line of the session behind m=, or r= without t=
};
struct Fault {
  FaultKind kind;
  std::size_t line = 0;  // from 1; 0: the whole

  bool operator==(const Fault&) const = default;
};
/// For people: "line 3 does not say what it should".
std::string describe(const Fault& fault);

/// Lines end in CR LF or LF, the last one perhaps in nothing. s= and t= may be missing, and the order of the lines
/// within a section is not looked at, since phones differ there and nothing hangs on it.
Result<Description, Fault> parse_description(std::string_view text);

/// In the order that RFC 8866, section 5, gives, each line with CR LF. What is read from it is equal.
std::string to_text(const Description& description);

}  // namespace labnet::sdp
