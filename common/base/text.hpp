// Small things that every parser of text needs. ASCII only: protocol text is compared without the locale.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"

namespace labnet {

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// For secrets: how long it takes tells nothing but their sizes.
bool equals_in_constant_time(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

/// The pieces between separators, empty ones included; one piece if there is no separator.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// A whole number and nothing else: no sign for unsigned types, no space; nothing if it does not fit the type.
template <std::integral Integer>
std::optional<Integer> parse_integer(std::string_view text, int base = 10) {
  Integer value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

inline constexpr unsigned hexadecimal_base = 16;

/// The candidate most like `word` (edit distance at most 2), for "did you mean"; empty if none is near.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// In quotation marks, with a backslash in front of each of these and each mark within (RFC 9110, section 5.6.4; RFC
/// 3261, section 25.1). Control characters, which must not be there, become "?".
std::string quoted(std::string_view text);

/// Two small letters or digits for each octet, nothing between them: "0a1b".
std::string hexadecimal(Bytes octets);

}  // namespace labnet
