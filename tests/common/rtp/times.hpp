// Instants for the tests: so long after a beginning that stands for any.
#pragma once

#include <chrono>

#include "common/rtp/limits.hpp"

namespace labnet::rtp {

inline Time at_ms(long milliseconds) {
  return Time{std::chrono::hours{1}} + std::chrono::milliseconds{milliseconds};
}

}  // namespace labnet::rtp
