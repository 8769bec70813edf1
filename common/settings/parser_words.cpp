#include "common/settings/parser_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/settings/characters.hpp"

namespace labnet::settings {
namespace {

constexpr std::string_view needs_quotes_at = "a value that begins with an asterisk has to stand in quotes";
constexpr std::string_view needs_quotes_and = "a value that begins with \"&\" has to stand in quotes";
constexpr std::string_view needs_quotes_tag = "a value that begins with an exclamation mark has to stand in quotes";
constexpr std::string_view no_version = "the line %YAML is to be left out, or to say %YAML 1.2";
constexpr std::string_view no_tags = "tags are not used here; leave out the line %TAG";
constexpr std::string_view not_alone =
    "at most one anchor or alias belongs to a value; one that begins like this has to "
    "stand in quotes";

struct Row {
  std::string_view words;  // the beginning of what yaml-cpp 0.7 says
  std::string_view meaning;
};

// A longer beginning stands in front of a shorter one.
constexpr std::array rows{
    Row{"illegal map value",
        "a colon is not expected here; is one missing on the line before, or one too many on this line?"},
    Row{"illegal map key", "a key is not expected here; are this line and those before it indented alike?"},
    Row{"illegal block entry",
        "an item of a list is not expected here; items stand on lines of their own, indented alike"},
    Row{"illegal flow end", "a bracket or brace is closed here that was not opened, or another one is open still"},
    Row{"illegal EOF in scalar", "a quote that is opened here is not closed"},
    Row{"illegal document indicator in scalar",
        "a line of \"---\" or \"...\" stands within quotes; is a quote before it not closed?"},
    Row{"illegal character in scalar", "a value that begins like this has to stand in quotes"},
    Row{"illegal tab when looking for indentation", "a tab indents this line; YAML is indented with spaces"},
    Row{"unknown token", "a value that begins like this has to stand in quotes"},
    Row{"unknown escape character",
        "a backslash within double quotes begins \"\\n\", \"\\t\" and the like; for itself it is doubled, or the "
        "quotes are "
        "single"},
    Row{"bad character found while scanning hex number",
        "expected hexadecimal digits behind the backslash: \\xHH, \\uHHHH or \\UHHHHHHHH"},
    Row{"invalid unicode", "no character has this number"},
    Row{"the referenced anchor is not defined", needs_quotes_at},
    Row{"alias not found after *", needs_quotes_at},
    Row{"illegal character found while scanning alias", needs_quotes_at},
    Row{"anchor not found after &", needs_quotes_and},
    Row{"illegal character found while scanning anchor", needs_quotes_and},
    Row{"end of verbatim tag not found", needs_quotes_tag},
    Row{"illegal character found while scanning tag handle", needs_quotes_tag},
    Row{"tag handle with no suffix", needs_quotes_tag},
    Row{"cannot assign multiple", not_alone},
    Row{"cannot assign the same alias to multiple nodes", not_alone},
    Row{"aliases can't have any content", not_alone},
    Row{"unexpected character in block scalar",
        "behind \"|\" or \">\" only \"+\", \"-\" and a digit may stand; the text begins on the next line"},
    Row{"cannot set zero indentation for a block scalar", "the digit behind \"|\" or \">\" is one from 1 to 9"},
    Row{"YAML directives must have exactly one argument", no_version},
    Row{"bad YAML version", no_version},
    Row{"YAML major version too large", no_version},
    Row{"repeated YAML directive", no_version},
    Row{"TAG directives must have exactly two arguments", no_tags},
    Row{"repeated TAG directive", no_tags},
};

/// A thing that belongs to nothing: by what stands in front of it on its line.
std::string_view explain_stray(const ParserPlace& place) {
  const auto before = place.line.substr(0, std::min(place.column_bytes, place.line.size()));
  const auto here = place.line.substr(before.size());
  if (before.find_first_not_of(' ') != before.npos) {
    return "what stands here belongs to nothing; a value in quotes or brackets ends with them, and within single "
           "quotes "
           "a single quote is doubled";
  }
  const auto is_dash_alone = here.size() > 1 && here[0] == '-' && here[1] != ' ' && here[1] != '-';
  if (is_dash_alone) return "a dash that begins an item of a list needs a space behind it";
  return "this line belongs to nothing; are this line and those before it indented alike?";
}

}  // namespace

std::string explain_parser_words(std::string_view words, const ParserPlace& place) {
  for (const auto& [end, what] :
       {std::pair{"end of sequence flow not found", "a bracket"}, std::pair{"end of map flow not found", "a brace"}}) {
    if (words == end)
      return fmt::format("{} is not closed{}", what, place.opened ? "; it was opened in " + *place.opened : "");
  }
  if (words == "end of map not found" || words == "end of sequence not found") return std::string{explain_stray(place)};
  const auto row = std::ranges::find_if(rows, [&](const Row& one) { return words.starts_with(one.words); });
  return row == rows.end() ? excerpt(words) : std::string{row->meaning};
}

bool is_closed_quote(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool is_doubled = quote == '\'' && text.substr(i, 2) == "''";
    if (is_doubled || (quote == '"' && text[i] == '\\')) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

}  // namespace labnet::settings
