// The text of a time with units, and what a tag may hold.
#include "common/dns/field_types.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/dns/limits.hpp"

namespace labnet::dns {
namespace {

std::uint64_t seconds_in(char unit) {
  switch (to_lower(unit)) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 60 * 60;
    case 'd':
      return 24 * 60 * 60;
    case 'w':
      return 7 * 24 * 60 * 60;
    default:
      return 0;
  }
}

}  // namespace

bool is_tag(std::string_view text) {
  const auto is_allowed = [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); };
  return !text.empty() && text.size() <= character_string_bytes_max && std::ranges::all_of(text, is_allowed);
}

std::optional<Period> parse_period(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_integer<std::uint32_t>(text.substr(0, digits));
    if (!number) return std::nullopt;
    text.remove_prefix(digits);
    const auto unit = text.empty() ? 1 : seconds_in(text.front());  // what comes last may go without a unit
    if (unit == 0) return std::nullopt;
    if (!text.empty()) text.remove_prefix(1);
    sum += *number * unit;
    if (sum > ttl_max) return std::nullopt;
  }
  return Period{static_cast<std::uint32_t>(sum)};
}

}  // namespace labnet::dns
