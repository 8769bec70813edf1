// What the fields of a record are made of, beside integers, names and addresses.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace labnet::dns {

/// Up to 255 octets of any value, with a length octet in front on the wire (RFC 1035, section 3.3).
struct CharacterString {
  std::string octets;
  bool operator==(const CharacterString&) const = default;
};

/// One or more, to the end of the record's data.
using CharacterStrings = std::vector<CharacterString>;

/// 1 to 255 letters and digits, with a length octet in front on the wire, without quotes in a zone file (RFC 8659,
/// section 4.1).
struct Tag {
  std::string text;
  bool operator==(const Tag&) const = default;
};
bool is_tag(std::string_view text);

/// Octets of any value to the end of the record's data, without a length.
struct TrailingString {
  std::string octets;
  bool operator==(const TrailingString&) const = default;
};

/// A number of seconds that a zone file may write with units: 1h30m.
struct Period {
  std::uint32_t seconds = 0;
  auto operator<=>(const Period&) const = default;
};

/// Reads "3600" or a sum of numbers with units w, d, h, m, s, as in "1h30m"; at most ttl_max seconds.
std::optional<Period> parse_period(std::string_view text);

}  // namespace labnet::dns
