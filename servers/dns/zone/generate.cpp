// One pass over a pattern, a character at a time.
#include "servers/dns/zone/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

constexpr std::int64_t number_max = INT32_MAX;  // as in BIND

struct Modifier {
  std::int32_t offset = 0;
  std::size_t width = 0;
  char base = 'd';
};

std::optional<std::uint32_t> parse_number(std::string_view text) {
  const auto number = parse_integer<std::uint32_t>(text);
  return number && *number <= number_max ? number : std::nullopt;
}

/// What stands between the braces.
Result<Modifier> parse_modifier(std::string_view text) {
  const auto parts = split(text, ',');
  const bool has_plus = parts[0].starts_with('+') && !parts[0].starts_with("+-");
  const auto offset = parse_integer<std::int32_t>(parts[0].substr(has_plus));
  if (!offset || parts.size() > 3) return Error{"${offset}, ${offset,width} or ${offset,width,base}"};
  Modifier modifier{.offset = *offset};
  if (parts.size() > 1) {
    const auto width = parse_integer<std::size_t>(parts[1]);
    if (!width || *width > generate_width_max) return Error{fmt::format("a width of 0 to {}", generate_width_max)};
    modifier.width = *width;
  }
  if (parts.size() > 2) {
    constexpr std::string_view bases = "doxXnN";
    if (parts[2].size() != 1 || bases.find(parts[2][0]) == bases.npos) return Error{"base d, o, x, X, n or N"};
    modifier.base = parts[2][0];
  }
  return modifier;
}

/// 1.0 for 1 with a width of 3. A width of 4 gives "1.0.", as in BIND.
std::string nibbles(std::uint32_t number, const Modifier& modifier) {
  const std::string_view digits = modifier.base == 'n' ? "0123456789abcdef" : "0123456789ABCDEF";
  std::string text;
  do {
    text += digits[number & 0xf];
    number >>= 4;
    if (number != 0 || text.size() < modifier.width) text += '.';
  } while (number != 0 || text.size() < modifier.width);
  return text;
}

std::string print(std::uint32_t number, const Modifier& modifier) {
  switch (modifier.base) {
    case 'o':
      return fmt::format("{:0{}o}", number, modifier.width);
    case 'x':
      return fmt::format("{:0{}x}", number, modifier.width);
    case 'X':
      return fmt::format("{:0{}X}", number, modifier.width);
    case 'n':
    case 'N':
      return nibbles(number, modifier);
    default:
      return fmt::format("{:0{}}", number, modifier.width);
  }
}

/// Takes what follows a "$" from the front of `rest`: nothing, or a modifier in braces.
Result<Modifier> take_modifier(std::string_view& rest) {
  if (!rest.starts_with('{')) return Modifier{};
  const auto end = rest.find('}');
  if (end == rest.npos) return Error{"'}' after '{'"};
  const auto text = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return parse_modifier(text);
}

}  // namespace

std::optional<GenerateRange> parse_generate_range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto slash = std::min(text.find('/'), text.size());
  if (slash < dash) return std::nullopt;
  const auto start = parse_number(text.substr(0, dash));
  const auto stop = parse_number(text.substr(dash + 1, slash - dash - 1));
  const auto step = slash == text.size() ? 1 : parse_number(text.substr(slash + 1));
  if (!start || !stop || !step || *step == 0 || *stop < *start) return std::nullopt;
  return GenerateRange{*start, *stop, *step};
}

std::string without_escaped_quotes(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != '"') plain += '\\';
      ++at;
    }
    plain += text[at];
  }
  return plain;
}

Result<std::string> expand_generate_pattern(std::string_view pattern, std::uint32_t number) {
  std::string text;
  while (!pattern.empty()) {
    const char c = pattern.front();
    pattern.remove_prefix(1);
    if (c == '\\' && !pattern.empty()) {
      text += c;
      text += pattern.front();
      pattern.remove_prefix(1);
    } else if (c == '$' && pattern.starts_with('$')) {
      text += '$';
      pattern.remove_prefix(1);
    } else if (c == '$') {
      const auto modifier = take_modifier(pattern);
      if (!modifier) return modifier.error();
      const auto shifted = std::int64_t{number} + modifier->offset;
      if (shifted < 0 || shifted > number_max) {
        return Error{fmt::format("numbers of 0 to {} with their offset, not {}", number_max, shifted)};
      }
      text += print(static_cast<std::uint32_t>(shifted), *modifier);
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace labnet::dns_server
