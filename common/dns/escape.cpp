// One octet out of, and into, the text of a zone file.
#include "common/dns/escape.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace labnet::dns {

std::optional<char> take_character(std::string_view& text) {
  const char first = text.front();
  text.remove_prefix(1);
  if (first != '\\') return first;
  if (text.empty()) return std::nullopt;
  if (!is_digit(text.front())) {
    const char escaped = text.front();
    text.remove_prefix(1);
    return escaped;
  }
  const auto octet = parse_integer<std::uint8_t>(text.substr(0, 3));
  if (text.size() < 3 || !octet) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<char>(*octet);
}

void append_escaped(std::string& text, char c, std::string_view special) {
  const bool is_special = special.find(c) != special.npos;
  const bool is_printable = c > ' ' && c <= '~';
  if (is_printable || (c == ' ' && !is_special)) {
    if (is_special) text += '\\';
    text += c;
  } else {
    fmt::format_to(std::back_inserter(text), "\\{:03}", static_cast<unsigned char>(c));
  }
}

}  // namespace labnet::dns
