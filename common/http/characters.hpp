// The kinds of characters that HTTP's grammar is made of (RFC 9110, section 5.6), and searches for where they end.
#pragma once

#include <array>
#include <string_view>

namespace labnet::http {

constexpr auto token_table() {
  std::array<bool, 256> is{};
  for (char c = 'a'; c <= 'z'; ++c) is[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) is[static_cast<unsigned char>(c)] = true;
  for (char c = '0'; c <= '9'; ++c) is[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~"}) is[static_cast<unsigned char>(c)] = true;
  return is;
}
inline constexpr auto is_token_table = token_table();

/// tchar: what methods, names of fields, codings and parameters are made of.
constexpr bool is_token_character(char c) {
  return is_token_table[static_cast<unsigned char>(c)];
}
/// One at least, and nothing else.
bool is_token(std::string_view text);

/// What a value of a field may have in it: visible characters, space, tab and octets beyond ASCII. No other control
/// character, CR, LF and NUL among them.
constexpr bool is_value_character(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet >= ' ' && octet != 0x7f) || c == '\t';
}
bool is_value(std::string_view text);

/// What a request target may have in it: visible ASCII (RFC 9112, section 3.2; browsers send some that RFC 3986 would
/// have encoded, "|" and "{" in queries). Octets beyond ASCII and spaces must be encoded.
constexpr bool is_target_character(char c) {
  return c > ' ' && c < 0x7f;
}

/// The first character from `from` on that is not of the kind; `end` if all are.
const char* token_end(const char* from, const char* end);
const char* value_end(const char* from, const char* end);
const char* target_end(const char* from, const char* end);

/// Where the grammar allows OWS or BWS between words.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// A text in quotation marks: "a\"b" for a"b (RFC 9110, section 5.6.4).
inline constexpr char quote = '"';
inline constexpr char escape = '\\';

/// Where a quoted string that begins at `begin` ends: the position behind its last quotation mark; npos if it has
/// none, or has a character in it that must not be there.
std::size_t quoted_end(std::string_view text, std::size_t begin);

}  // namespace labnet::http
