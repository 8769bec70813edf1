#include "common/settings/characters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace labnet::settings {
namespace {

constexpr std::size_t excerpt_bytes_max = 60;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// How many bytes the character at the start of `text` has; 0 if it is not UTF-8 (RFC 3629, section 4).
std::size_t character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
  const unsigned first = at(0);
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

std::string wrong_character(std::string_view rest, bool indents) {
  const auto c = static_cast<unsigned char>(rest[0]);
  if (character_bytes(rest) == 0) return fmt::format("octet 0x{:02x} is not UTF-8; save the file as UTF-8", c);
  const auto line_end = std::min(rest.find_first_not_of(" \t\r"), rest.size());
  if (c == '\t' && indents && line_end < rest.size() && rest[line_end] != '\n' && rest[line_end] != '#')
    return "a tab indents this line; YAML is indented with spaces";
  if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
    return fmt::format("control character 0x{:02x} may not stand in a settings file", c);
  return {};
}

}  // namespace

std::optional<CharacterFault> check_characters(std::string_view text) {
  int line = 0;
  std::size_t line_start = 0;
  bool indents = true;
  for (std::size_t i = 0; i < text.size();) {
    auto message = wrong_character(text.substr(i), indents);
    if (!message.empty()) return CharacterFault{line, static_cast<int>(i - line_start), std::move(message)};
    const char c = text[i];
    i += character_bytes(text.substr(i));
    if (c == '\n') {
      ++line;
      line_start = i;
    }
    indents = c == '\n' || (indents && (c == ' ' || c == '\t'));
  }
  return std::nullopt;
}

Places::Places(std::string_view text) : text_{text}, line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') line_starts_.push_back(i + 1);
}

Mark Places::at(const std::shared_ptr<const std::string>& file, int line, int column_bytes) {
  if (line < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) return {file, 0, 0};
  if (line != line_ || column_bytes < column_bytes_) {
    line_ = line;
    column_bytes_ = column_ = 0;
  }
  const auto start = line_starts_[static_cast<std::size_t>(line)];
  for (; column_bytes_ < column_bytes; ++column_bytes_) {
    const auto i = start + static_cast<std::size_t>(column_bytes_);
    if (i >= text_.size() || !is_continuation(text_[i])) ++column_;
  }
  return {file, line + 1, column_ + 1};
}

std::string excerpt(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size();) {
    const auto bytes = std::max<std::size_t>(1, character_bytes(text.substr(i)));
    if (i + bytes > excerpt_bytes_max) return shown + "...";
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      shown += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      shown += fmt::format("\\x{:02x}", c);
    } else {
      shown += text.substr(i, bytes);
    }
    i += bytes;
  }
  return shown;
}

}  // namespace labnet::settings
