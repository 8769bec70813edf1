// Status codes and what they are called (RFC 3261, section 21, and the registry of IANA).
#pragma once

#include <string_view>

namespace labnet::sip {

inline constexpr int status_min = 100;
inline constexpr int status_max = 699;

/// "Busy Here" for 486; for a code that is not registered that of its class, x00 (RFC 3261, section 8.1.3.2: a code
/// that is not known is treated as that one). Empty outside of 100 to 699.
std::string_view reason_phrase(int status);

constexpr bool is_provisional(int status) {
  return status < 200;
}
constexpr bool is_final(int status) {
  return status >= 200;
}
constexpr bool is_success(int status) {
  return status >= 200 && status < 300;
}

}  // namespace labnet::sip
