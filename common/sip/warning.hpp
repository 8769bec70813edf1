// Warning: what is behind a status code, in words (RFC 3261, section 20.43).
//
//   304 sip.lab "Media type not available"
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

struct Warning {
  int code = 0;            // three digits: 304 media type, 305 format, 370 bandwidth, 399 other
  std::string_view agent;  // host and port, or a name
  std::string_view text;   // as it was sent, in quotation marks
};

/// faults  malformed_value, unbalanced_quote
Result<Warning, FaultKind> parse_warning(std::string_view value);

std::string warning_text(int code, std::string_view agent, std::string_view text);

}  // namespace labnet::sip
