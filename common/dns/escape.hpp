// The escapes of zone files: \X is the character X, \DDD the octet of that decimal number (RFC 1035, section 5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labnet::dns {

/// Takes one character, escaped or plain, from the front of `text`, which is not empty.
/// Nothing if a backslash is the last character, or its digits are not three or exceed 255.
std::optional<char> take_character(std::string_view& text);

/// Appends `c`: as it is, behind a backslash if it is one of `special`, or as \DDD if it is not printable ASCII.
/// A space is printed as it is unless it is special, then as \032.
void append_escaped(std::string& text, char c, std::string_view special);

}  // namespace labnet::dns
