#include "common/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace labnet {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The blocks that a table of people's names, file names and sites may meet; not the whole of Unicode's annex 11.
constexpr std::array<Range, 7> zero_width{{{0x300, 0x36f},
                                           {0x483, 0x489},
                                           {0x591, 0x5bd},
                                           {0x200b, 0x200f},
                                           {0x20d0, 0x20ff},
                                           {0xfe00, 0xfe0f},
                                           {0xfe20, 0xfe2f}}};
constexpr std::array<Range, 10> double_width{{{0x1100, 0x115f},
                                              {0x2e80, 0x303e},
                                              {0x3041, 0xa4cf},
                                              {0xac00, 0xd7a3},
                                              {0xf900, 0xfaff},
                                              {0xfe30, 0xfe6f},
                                              {0xff00, 0xff60},
                                              {0xffe0, 0xffe6},
                                              {0x1f300, 0x1faff},
                                              {0x20000, 0x3fffd}}};

bool is_in(const auto& ranges, char32_t point) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

char32_t decode(std::string_view character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]);
  char32_t point = static_cast<unsigned char>(character[0]) & (0x7fu >> character.size());
  for (const char c : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3fu);
  return point;
}

/// Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX 9, section 2): with them a text is
/// shown in another order than it is written in.
bool reorders(char32_t point) {
  return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

bool is_harmless(std::string_view character) {
  return !is_control_character(character) && !reorders(decode(character));
}

void append_escaped(std::string& shown, std::string_view character) {
  switch (character[0]) {
    case '\n':
      shown += "\\n";
      return;
    case '\r':
      shown += "\\r";
      return;
    case '\t':
      shown += "\\t";
      return;
    default:
      for (const char c : character) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

bool is_control_character(std::string_view character) {
  const auto point = decode(character);
  return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

std::size_t utf8_character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
  const unsigned first = at(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf && follows(1)) return 2;
  if (first == 0xe0 && at(1) < 0xa0) return 0;  // longer than needed
  if (first == 0xed && at(1) > 0x9f) return 0;  // a surrogate
  if (first >= 0xe0 && first <= 0xef && follows(1) && follows(2)) return 3;
  if (first == 0xf0 && at(1) < 0x90) return 0;  // longer than needed
  if (first == 0xf4 && at(1) > 0x8f) return 0;  // above U+10FFFF
  if (first >= 0xf0 && first <= 0xf4 && follows(1) && follows(2) && follows(3)) return 4;
  return 0;
}

std::string printable(std::string_view text, std::size_t bytes_max) {
  std::string shown;
  for (std::size_t i = 0; i < text.size();) {
    const auto valid_bytes = utf8_character_bytes(text.substr(i));
    const auto character = text.substr(i, std::max<std::size_t>(1, valid_bytes));
    if (i + character.size() > bytes_max) return shown + "...";
    if (valid_bytes > 0 && is_harmless(character)) {
      shown += character;
    } else {
      append_escaped(shown, character);
    }
    i += character.size();
  }
  return shown;
}

std::string as_utf8(std::string_view text) {
  for (auto rest = text; !rest.empty();) {
    const auto bytes = utf8_character_bytes(rest);
    if (bytes == 0) return printable(text);
    rest.remove_prefix(bytes);
  }
  return std::string{text};
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto bytes = std::max<std::size_t>(1, utf8_character_bytes(text.substr(i)));
    const auto point = decode(text.substr(i, bytes));
    if (!is_in(zero_width, point)) width += is_in(double_width, point) ? 2 : 1;
    i += bytes;
  }
  return width;
}

}  // namespace labnet
