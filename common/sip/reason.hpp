// Reason: why a request was sent, a BYE or CANCEL above all (RFC 3326).
//
//   SIP;cause=200;text="Call completed elsewhere"     Q.850;cause=16
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/parameters.hpp"

namespace labnet::sip {

struct Reason {
  std::string_view protocol;
  Parameters parameters;

  std::optional<std::uint32_t> cause() const;
  /// As it is meant; empty if there is none.
  std::string text() const;
};

/// faults  malformed_value, unbalanced_quote, too_many_elements
Result<Reason, FaultKind> parse_reason(std::string_view value);

std::string reason_text(std::string_view protocol, int cause, std::string_view text);

}  // namespace labnet::sip
