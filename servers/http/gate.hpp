// What a service remembers of those who come, whatever becomes of its sites: for all its workers.
#pragma once

#include <chrono>

#include "common/login/turns.hpp"
#include "servers/http/authenticator.hpp"
#include "servers/http/sessions.hpp"

namespace labnet::http_server {

struct Gate {
  explicit Gate(const LimitsConfig& limits)
      : failed_login_delay{limits.failed_login_delay}, sessions{limits.sessions}, turns{limits.failed_login_delay} {}

  const std::chrono::milliseconds failed_login_delay;
  Nonces nonces;
  Sessions sessions;
  login::Turns turns;
};

}  // namespace labnet::http_server
