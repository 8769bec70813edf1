// Date: "Sat, 13 Nov 2010 23:29:00 GMT" (RFC 3261, section 20.17); GMT alone, and no other form.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

/// faults  malformed_value; that the day of the week is the date's is not checked
Result<std::chrono::sys_seconds, FaultKind> parse_date(std::string_view value);

/// A time outside of the calendar (common/base/calendar.hpp) is told as the first or last second of these.
std::string date_text(std::chrono::sys_seconds time);

}  // namespace labnet::sip
