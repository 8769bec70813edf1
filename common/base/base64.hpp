// Octets as text of 64 characters (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace labnet {

/// Four characters for each three octets, the last ones filled up with "=".
std::string base64(Bytes octets);

/// Nothing if a character is none of the alphabet (blanks and line ends included), "=" is missing or too many, or the
/// bits that fill up the last octet are not 0: each run of octets has one text.
std::optional<Buffer> parse_base64(std::string_view text);

}  // namespace labnet
