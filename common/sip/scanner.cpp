// Steps through a value.
#include "common/sip/scanner.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"

namespace labnet::sip {

void Scanner::skip_white_space() {
  while (at_ != end_ && is_white_space(*at_)) ++at_;
}

bool Scanner::take(char c) {
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

bool Scanner::take_separator(char c) {
  const auto* const before = at_;
  skip_white_space();
  if (!take(c)) {
    at_ = before;
    return false;
  }
  skip_white_space();
  return true;
}

std::string_view Scanner::take_all(int kinds) {
  return take_while([kinds](char c) { return is_of(c, kinds); });
}

std::string_view Scanner::take_token() {
  return take_all(token_kind);
}

std::optional<std::uint32_t> Scanner::take_number(std::uint32_t max) {
  constexpr std::uint64_t base = 10;
  const auto* const from = at_;
  std::uint64_t number = 0;
  for (; at_ != end_ && is_digit(*at_); ++at_) {
    number = number * base + static_cast<std::uint64_t>(*at_ - '0');
    if (number > max) break;
  }
  if (at_ == from || number > max) {
    at_ = from;
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(number);
}

Result<std::string_view, FaultKind> Scanner::take_quoted() {
  const auto* const from = at_;
  for (const auto* at = at_ + 1; at < end_; ++at) {
    if (*at == '"') {
      at_ = at + 1;
      return since(from);
    }
    if (*at != '\\') continue;
    ++at;
    if (at < end_ && (*at == '\r' || *at == '\n')) return FaultKind::malformed_value;
  }
  return FaultKind::unbalanced_quote;
}

std::optional<std::string_view> Scanner::take_until(char c) {
  const auto* const place = std::find(at_, end_, c);
  if (place == end_) return std::nullopt;
  const auto* const from = at_;
  at_ = place;
  return since(from);
}

}  // namespace labnet::sip
