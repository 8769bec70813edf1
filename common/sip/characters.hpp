// The kinds of characters that SIP's grammar is made of (RFC 3261, section 25.1), and searches for where they end.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace labnet::sip {

/// One bit for each kind that a character belongs to.
enum CharacterKind : std::uint8_t {
  token_kind = 1,           // methods, names of headers and of parameters
  word_kind = 2,            // Call-ID, beside '@'
  user_kind = 4,            // of a URI, beside escapes
  password_kind = 8,        // of a URI, beside escapes
  uri_parameter_kind = 16,  // of a URI, beside escapes
  uri_header_kind = 32,     // of a URI, beside escapes
  host_kind = 64,           // names and IPv4 addresses
  uri_kind = 128,           // whatever may be in a URI of any scheme: visible ASCII but <, > and "
};

constexpr auto character_table() {
  std::array<std::uint8_t, 256> kinds{};
  const auto add = [&](std::string_view characters, int bits) {
    for (const char c : characters) kinds[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits);
  };
  constexpr int uri_parts = user_kind | password_kind | uri_parameter_kind | uri_header_kind;
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", token_kind | word_kind | uri_parts | host_kind);
  add("-.!%*_+`'~", token_kind | word_kind);
  add("()<>:\\\"/[]?{}", word_kind);
  add("-_.!~*'()", uri_parts);
  add("&=+$,;?/", user_kind);
  add("&=+$,", password_kind);
  add("[]/:&+$", uri_parameter_kind);
  add("[]/?:+$", uri_header_kind);
  add("-._", host_kind);
  for (char c = '!'; c <= '~'; ++c) {
    if (c != '<' && c != '>' && c != '"') kinds[static_cast<unsigned char>(c)] |= uri_kind;
  }
  return kinds;
}
inline constexpr auto kinds_of_characters = character_table();

constexpr bool is_of(char c, int kinds) {
  return (kinds_of_characters[static_cast<unsigned char>(c)] & kinds) != 0;
}
/// One at least, and nothing else.
constexpr bool is_all_of(std::string_view text, int kinds) {
  for (const char c : text) {
    if (!is_of(c, kinds)) return false;
  }
  return !text.empty();
}
constexpr bool is_token(std::string_view text) {
  return is_all_of(text, token_kind);
}

/// Linear white space. CR and LF are in a value only where a line is folded, which whoever reads the head makes sure
/// of.
constexpr bool is_white_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
/// Without it at both ends.
std::string_view trim_white_space(std::string_view text);

/// The first control character from `from` on, tabs not counted; `end` if there is none. CR is what is mostly found.
const char* control_character(const char* from, const char* end);

}  // namespace labnet::sip
