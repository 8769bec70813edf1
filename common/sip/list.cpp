// Lists taken apart at their commas.
#include "common/sip/list.hpp"

#include <cstddef>

#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

/// Behind the quotation mark that closes the one at `begin`; the size if none does.
std::size_t behind_quoted(std::string_view text, std::size_t begin) {
  for (auto from = begin + 1;;) {
    const auto mark = text.find('"', from);
    const auto escape = text.substr(0, mark).find('\\', from);
    if (escape == text.npos) return mark == text.npos ? text.size() : mark + 1;
    from = escape + 2;
    if (from >= text.size()) return text.size();
  }
}

/// The first comma outside of quotation marks and angle brackets; the size if there is none.
std::size_t element_end(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ',') return i;
    if (text[i] == '"') {
      i = behind_quoted(text, i);
    } else if (text[i] == '<') {
      const auto close = text.find('>', i);
      i = close == text.npos ? text.size() : close;
    } else {
      ++i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::string_view> ElementReader::next() {
  if (at_end_) return std::nullopt;
  const auto end = element_end(rest_);
  const auto element = trim_white_space(rest_.substr(0, end));
  at_end_ = end == rest_.size();
  rest_.remove_prefix(at_end_ ? end : end + 1);
  return element;
}

}  // namespace labnet::sip
