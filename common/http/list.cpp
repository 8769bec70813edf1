// Lists taken apart.
#include "common/http/list.hpp"

#include "common/base/text.hpp"
#include "common/http/characters.hpp"

namespace labnet::http {
namespace {

/// The position of the first separator outside of quotation marks; the size if there is none. Of a quoted string that
/// does not end, the rest is one piece.
std::size_t piece_end(std::string_view text, char separator) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted && text[i] == escape) {
      ++i;
    } else if (text[i] == quote) {
      is_quoted = !is_quoted;
    } else if (text[i] == separator && !is_quoted) {
      return i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::string_view> ListReader::next_or_empty() {
  if (at_end_) return std::nullopt;
  const auto end = piece_end(rest_, separator_);
  const auto piece = trim(rest_.substr(0, end));
  at_end_ = end == rest_.size();
  rest_.remove_prefix(at_end_ ? end : end + 1);
  return piece;
}

std::optional<std::string_view> ListReader::next() {
  for (;;) {
    const auto piece = next_or_empty();
    if (!piece || !piece->empty()) return piece;
  }
}

Parameter parse_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos) return {trim(text), {}, false};
  return {trim(text.substr(0, equals)), trim(text.substr(equals + 1)), true};
}

}  // namespace labnet::http
