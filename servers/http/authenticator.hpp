// Who may see a part of a site: Basic and Digest (RFC 7617, RFC 7616), and sessions that login.cpp has begun.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/date.hpp"
#include "common/http/digest.hpp"
#include "common/http/request_head.hpp"
#include "common/net/runtime.hpp"
#include "servers/http/config.hpp"

namespace labnet::http_server {

/// The nonces of a service, which its workers share. What is in one says when it was made, so that only those that
/// somebody has used are kept.
class Nonces {
 public:
  enum class Verdict { good, stale, wrong };

  Nonces();
  std::string issue(http::Time now) const;
  /// For credentials whose response is right. Each count is good once: a request that is sent again is refused.
  Verdict use(std::string_view nonce, std::uint32_t count, http::Time now);

  static constexpr std::chrono::minutes lifetime{5};
  static constexpr std::size_t used_max = 10'000;               // the oldest goes first, and is stale from then on
  static constexpr std::uint32_t counts_per_nonce_max = 4'096;  // then the client gets another

 private:
  struct Used {
    std::vector<bool> counts;
  };
  std::optional<http::Time> time_of(std::string_view nonce) const;
  std::string text_of(http::Time time) const;

  std::array<std::byte, 32> key_;
  std::mutex mutex_;
  std::map<std::string, Used, std::less<>> used_;  // by the time in them, as their texts begin with it
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
