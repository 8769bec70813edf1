// Headers that are one number: Max-Forwards, Content-Length, Expires, Min-Expires, RSeq.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

/// Decimal digits and nothing else; leading zeros count for nothing.
/// faults  malformed_value, number_too_large: above `max`
Result<std::uint32_t, FaultKind> parse_number(std::string_view value, std::uint32_t max = UINT32_MAX);

/// Expires and its kind. A time that is too large is the largest one (RFC 4475, section 3.1.2.4, lets it be repaired).
/// faults  malformed_value
Result<std::uint32_t, FaultKind> parse_delta_seconds(std::string_view value);

/// Max-Forwards. A number above 255 is 255, for the same reason.
/// faults  malformed_value
Result<std::uint32_t, FaultKind> parse_max_forwards(std::string_view value);

}  // namespace labnet::sip
