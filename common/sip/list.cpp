// Lists taken apart at their commas.
#include "common/sip/list.hpp"

#include <cstddef>

#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

/// Behind the quotation mark that closes the one at `begin`; the size if none does.
std::size_t behind_quoted(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
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
