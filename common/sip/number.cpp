// Numbers read.
#include "common/sip/number.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {
namespace {

/// What is above `max` is `max`.
Result<std::uint32_t, FaultKind> parse_at_most(std::string_view value, std::uint32_t max) {
  const auto number = parse_number(value, max);
  if (number.has_error() && number.error() == FaultKind::number_too_large) return max;
  return number;
}

}  // namespace

Result<std::uint32_t, FaultKind> parse_number(std::string_view value, std::uint32_t max) {
  value = trim_white_space(value);
  if (value.empty() || !std::ranges::all_of(value, is_digit)) return FaultKind::malformed_value;
  const auto number = Scanner{value}.take_number(max);
  if (!number) return FaultKind::number_too_large;
  return *number;
}

Result<std::uint32_t, FaultKind> parse_delta_seconds(std::string_view value) {
  return parse_at_most(value, delta_seconds_max);
}

Result<std::uint32_t, FaultKind> parse_max_forwards(std::string_view value) {
  return parse_at_most(value, max_forwards_max);
}

}  // namespace labnet::sip
