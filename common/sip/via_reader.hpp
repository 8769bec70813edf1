// For those who read messages: a Via as far as it can be read.
#pragma once

#include <optional>
#include <string_view>

#include "common/sip/fault.hpp"
#include "common/sip/via.hpp"

namespace labnet::sip {

/// Fills in what stands in front of the fault, too, so that a malformed request can be answered: host and port first.
std::optional<FaultKind> read_via(std::string_view value, Via& via);

}  // namespace labnet::sip
