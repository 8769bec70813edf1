// UTF-8 text that comes from outside and is shown to a person: checked, made harmless, measured.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace labnet {

/// How many bytes the character at the start of `text` has, 1 to 4; 0 if the text is empty or does not begin with a
/// whole character (RFC 3629, section 4: no surrogates, nothing longer than needed, nothing above U+10FFFF).
std::size_t utf8_character_bytes(std::string_view text);

/// Whether such a character is one of ASCII's or C1's control characters (U+0000 to U+001F, U+007F to U+009F).
bool is_control_character(std::string_view character);

/// The text without what would move a terminal's cursor, change its colours or turn the order of what is shown: line
/// ends and tabs as \n, \r and \t, other control characters (C1 too), the bidirectional ones and octets that are not
/// UTF-8 as \x1b. With a limit: at most so many bytes of the input, cut between characters, then "...".
std::string printable(std::string_view text, std::size_t bytes_max = std::string_view::npos);

/// The text if it is UTF-8, else what `printable` makes of it: for JSON, which has nothing else.
std::string as_utf8(std::string_view text);

/// How many columns of a terminal the text takes: combining marks 0, East Asian wide characters and emoji 2, others 1.
std::size_t display_width(std::string_view text);

}  // namespace labnet
