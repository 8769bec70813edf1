// Walks through one value from left to right: what the readers of all structured headers are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

/// Each step takes what it names and moves behind it, or takes nothing and does not move.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_{text.data()}, end_{text.data() + text.size()} {}

  bool at_end() const { return at_ == end_; }
  /// NUL at the end, which no caller looks for.
  char peek() const { return at_ == end_ ? '\0' : *at_; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  const char* position() const { return at_; }
  /// What was passed since `from`, a position() of before.
  std::string_view since(const char* from) const { return {from, static_cast<std::size_t>(at_ - from)}; }

  void skip_white_space();
  bool take(char c);
  /// The character with white space around it, as the grammar has it for ';', '=', '/', ':' and ','.
  bool take_separator(char c);
  /// As many characters as the predicate holds for; empty if there is none.
  template <class Predicate>
  std::string_view take_while(Predicate holds) {
    const auto* const from = at_;
    while (at_ != end_ && holds(*at_)) ++at_;
    return since(from);
  }
  /// As many characters of these kinds (characters.hpp) as there are; empty if there is none.
  std::string_view take_all(int kinds);
  std::string_view take_token();
  /// Digits; nothing if there are none or the number is above `max`.
  std::optional<std::uint32_t> take_number(std::uint32_t max);
  /// A quoted string, its marks included.
  /// faults  unbalanced_quote; malformed_value: a backslash before CR or LF
  Result<std::string_view, FaultKind> take_quoted();
  /// Up to the character and not with it; nothing if it does not come.
  std::optional<std::string_view> take_until(char c);

 private:
  const char* at_;
  const char* end_;
};

}  // namespace labnet::sip
