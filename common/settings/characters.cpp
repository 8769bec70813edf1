#include "common/settings/characters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/utf8.hpp"

namespace labnet::settings {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string wrong_character(std::string_view rest, bool indents) {
  const auto c = static_cast<unsigned char>(rest[0]);
  if (utf8_character_bytes(rest) == 0) return fmt::format("octet 0x{:02x} is not UTF-8; save the file as UTF-8", c);
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
    i += utf8_character_bytes(text.substr(i));
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

std::string_view Places::text_from(int line, int column_bytes) const {
  if (line < 0 || static_cast<std::size_t>(line) >= line_starts_.size() || column_bytes < 0) return {};
  const auto start = line_starts_[static_cast<std::size_t>(line)] + static_cast<std::size_t>(column_bytes);
  return text_.substr(std::min(start, text_.size()));
}

std::string_view Places::line(int line) const {
  const auto rest = text_from(line, 0);
  return rest.substr(0, rest.find('\n'));
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t excerpt_bytes_max = 60;
  return printable(text, excerpt_bytes_max);
}

}  // namespace labnet::settings
