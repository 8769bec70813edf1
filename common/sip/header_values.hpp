// How the value of each header is read: the second table, beside that of names.
#pragma once

#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/header_name.hpp"
#include "common/sip/headers.hpp"

namespace labnet::sip {

/// Whether one element of a list, or the value of one line, can be read. Headers that are free text, and those that are
/// not in the table, always can.
/// faults  what the header's own reader says
Result<void, FaultKind> check_value(HeaderName name, std::string_view value);

/// All of a message's, in the order in which they came.
Result<void, Fault> check_values(const Headers& headers);

}  // namespace labnet::sip
