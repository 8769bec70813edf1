// Subscriptions: Event and Subscription-State (RFC 6665, sections 8.2.1 and 8.2.3).
//
//   presence;id=1     active;expires=600     terminated;reason=timeout
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/parameters.hpp"

namespace labnet::sip {

struct Event {
  std::string_view package;  // "message-summary", a template behind a dot included; compared with regard to case
  Parameters parameters;

  /// Empty if there is none.
  std::string_view id() const { return parameters.value("id").value_or(std::string_view{}); }
};
/// faults  malformed_value, unbalanced_quote, too_many_elements
Result<Event, FaultKind> parse_event(std::string_view value);

struct SubscriptionState {
  std::string_view state;  // "active", "pending", "terminated" or another word; compared without regard to case
  Parameters parameters;   // "reason", "expires", "retry-after"

  std::optional<std::uint32_t> expires() const;
};
/// faults  as above
Result<SubscriptionState, FaultKind> parse_subscription_state(std::string_view value);

}  // namespace labnet::sip
