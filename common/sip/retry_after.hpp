// Retry-After: when to try again, and why (RFC 3261, section 20.33).
//
//   18000;duration=3600     120 (I'm in a meeting)
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/parameters.hpp"

namespace labnet::sip {

struct RetryAfter {
  std::uint32_t seconds = 0;
  std::string_view comment;  // as it was sent, without the outer parentheses
  Parameters parameters;     // "duration": how long it will last
};

/// faults  malformed_value, unbalanced_quote (of a parenthesis, too), number_too_large
Result<RetryAfter, FaultKind> parse_retry_after(std::string_view value);

}  // namespace labnet::sip
