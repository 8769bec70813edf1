// What the YAML parser complains of, said to somebody who has written a settings file and not a parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labnet::settings {

/// Where the parser was when it complained.
struct ParserPlace {
  std::string_view line;                // all of it, without its end
  std::size_t column_bytes = 0;         // from 0
  std::optional<std::string> opened{};  // "line 3, column 8": where the list or section begins that is read
};

/// words    yaml-cpp's
/// returns  what is wrong and what to do; the parser's own words where nothing better is known
std::string explain_parser_words(std::string_view words, const ParserPlace& place);

/// Whether the quote at the beginning of `text` is closed in it. The parser takes the end of a file for one.
bool is_closed_quote(std::string_view text);

}  // namespace labnet::settings
