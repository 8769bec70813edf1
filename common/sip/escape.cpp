// Escapes read, written and compared.
#include "common/sip/escape.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

constexpr std::size_t escape_bytes = 3;

/// What "%41" at the front of a text stands for; nothing if there is no escape.
std::optional<char> escape_at_front(std::string_view text) {
  if (text.size() < escape_bytes || text.front() != '%') return std::nullopt;
  const auto octet = parse_integer<unsigned char>(text.substr(1, 2), hexadecimal_base);
  return octet ? std::optional{static_cast<char>(*octet)} : std::nullopt;
}

bool is_reserved(char c) {
  return std::string_view{";/?:@&=+$,"}.find(c) != std::string_view::npos;
}

template <class Same>
bool are_equal(std::string_view a, std::string_view b, Same same) {
  const bool has_no_escape = a.find('%') == a.npos && b.find('%') == b.npos;
  if (has_no_escape) return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same);
  EscapeReader left{a}, right{b};
  for (;;) {
    const auto x = left.next(), y = right.next();
    if (!x || !y) return !x && !y;
    if (x->is_escaped_reserved != y->is_escaped_reserved || !same(x->c, y->c)) return false;
  }
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto c = escape_at_front(text);
    plain += c.value_or(text.front());
    text.remove_prefix(c ? escape_bytes : 1);
  }
  return plain;
}

std::string escaped(std::string_view text, int kinds) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (is_of(c, kinds)) {
      result += c;
    } else {
      result += {'%', digits[octet >> 4], digits[octet & 0xf]};
    }
  }
  return result;
}

bool is_escaped_text(std::string_view text, int kinds, bool& fault_is_escape) {
  while (!text.empty()) {
    const bool is_escape = text.front() == '%';
    if (is_escape && !escape_at_front(text)) {
      fault_is_escape = true;
      return false;
    }
    if (!is_escape && !is_of(text.front(), kinds)) return false;
    text.remove_prefix(is_escape ? escape_bytes : 1);
  }
  return true;
}

std::optional<EscapeReader::Unit> EscapeReader::next() {
  if (rest_.empty()) return std::nullopt;
  const auto c = escape_at_front(rest_);
  const Unit unit{c.value_or(rest_.front()), c && is_reserved(*c)};
  rest_.remove_prefix(c ? escape_bytes : 1);
  return unit;
}

bool equals_escaped(std::string_view a, std::string_view b) {
  return are_equal(a, b, [](char x, char y) { return x == y; });
}

bool equals_escaped_ignoring_case(std::string_view a, std::string_view b) {
  return are_equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace labnet::sip
