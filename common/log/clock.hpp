// The time of day in whole seconds, as heads, listings and certificates tell it. It stands with the log, which whoever
// is not pure may include; whoever is gets the time as an argument.
#pragma once

#include <chrono>

namespace labnet {

inline std::chrono::sys_seconds seconds_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace labnet
