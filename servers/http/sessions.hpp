// Who has logged in by a form, known by the cookie that his browser sends.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/deadline.hpp"

namespace labnet::http_server {

struct SessionLimits {
  std::size_t sessions_max = 10'000;               // in all; one more ends the one that nobody has used for longest
  std::chrono::milliseconds timeout{1'800'000};    // without a request
  std::chrono::milliseconds lifetime{43'200'000};  // in any case
};

/// The sessions of a service, for all its workers; any thread may ask. They are in memory alone, and end with it.
class Sessions {
 public:
  using Time = net::Clock::time_point;
  static constexpr std::size_t id_octets = 32;               // that nobody can guess; as text twice as many digits
  static constexpr std::size_t sessions_per_user_max = 100;  // of one area; another one ends his oldest

  explicit Sessions(const SessionLimits& limits) : limits_{limits} {}

  /// area     what the session is good for
  /// returns  its id, in hexadecimal digits
  std::string begin(std::string_view area, std::string_view user, Time now);
  /// Whose session it is, if it is one of that area. Counts as a request.
  std::optional<std::string> user_of(std::string_view id, std::string_view area, Time now);
  void end(std::string_view id);
  /// How many are remembered.
  std::size_t count() const;

 private:
  struct Session {
    std::string area, user;
    Time begun, used;
  };
  using All = std::map<std::string, Session, std::less<>>;
  bool is_over(const Session& session, Time now) const;
  void make_room(std::string_view area, std::string_view user, Time now);

  const SessionLimits limits_;
  mutable std::mutex mutex_;
  All sessions_;  // by hashes of their ids: the time that a search takes tells nothing about the ids themselves
};

}  // namespace labnet::http_server
