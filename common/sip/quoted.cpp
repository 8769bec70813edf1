// Marks, escapes and folds taken away.
#include "common/sip/quoted.hpp"

#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

/// As nearly all are.
bool is_in_one_line(std::string_view text) {
  return text.find('\r') == text.npos && text.find('\n') == text.npos;
}

}  // namespace

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return unfolded(text);
  text = text.substr(1, text.size() - 2);
  if (text.find('\\') == text.npos && is_in_one_line(text)) return std::string{text};
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      plain += text[++i];
    } else if (is_line_end(text[i])) {
      while (i + 1 < text.size() && is_white_space(text[i + 1])) ++i;
      plain += ' ';
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string unfolded(std::string_view value) {
  if (is_in_one_line(value)) return std::string{value};
  std::string line;
  line.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!is_line_end(value[i])) {
      line += value[i];
      continue;
    }
    while (!line.empty() && is_white_space(line.back())) line.pop_back();
    while (i + 1 < value.size() && is_white_space(value[i + 1])) ++i;
    line += ' ';
  }
  return line;
}

}  // namespace labnet::sip
