// Who may see a part of a site: Basic and Digest (RFC 7617, RFC 7616), and sessions that login.cpp has begun.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/digest/nonces.hpp"
#include "common/http/date.hpp"
#include "common/http/digest.hpp"
#include "common/http/request_head.hpp"
#include "common/net/runtime.hpp"
#include "servers/http/config.hpp"

namespace labnet::http_server {

/// The nonces of a service, which its workers share.
class Nonces {
 public:
  Nonces();
  std::string issue(http::Time now) const;
  /// For credentials whose response is right.
  digest::Nonces::Verdict use(std::string_view nonce, std::uint32_t count, http::Time now);

 private:
  digest::Nonces nonces_;
  std::mutex mutex_;
};

struct Gate;

inline constexpr std::string_view session_cookie = "session";

/// What a request for a part that is protected comes to: the user, or the challenges to answer 401 with; none of them
/// where there is a form to log in by.
struct Admission {
  std::optional<std::string> user;
  std::vector<std::string> challenges;  // values of WWW-Authenticate
};

/// area  in which the path stands
net::Task<Admission> admit(net::Worker& worker, const ProtectedArea& area, const http::RequestHead& head, Gate& gate);

}  // namespace labnet::http_server
