// The time as HTTP tells it.
#pragma once

#include <chrono>

#include "common/http/date.hpp"

namespace labnet::http_server {

inline http::Time current_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace labnet::http_server
