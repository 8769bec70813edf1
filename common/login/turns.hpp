// How fast passwords can be tried out from one address, whatever number of connections it has: who sends a wrong one
// and does not wait for the reply gains nothing.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "common/net/deadline.hpp"
#include "common/net/quota.hpp"

namespace labnet::login {

inline constexpr std::size_t waiting_max = 10;        // of an address at which somebody was wrong
inline constexpr std::size_t addresses_max = 10'000;  // at which somebody was wrong

/// Of one service, for all its workers; any thread may ask. As long as nobody at an address is wrong, all have their
/// turn at once: a class behind one router may log in together.
class Turns {
 public:
  using Time = net::Clock::time_point;

  /// delay  that each wrong password costs its address
  explicit Turns(net::Timeout delay) : delay_{delay} {}

  /// When a password may be looked at: `now`, or behind the delays of those that were wrong and of those that wait
  /// already. Nothing if more than waiting_max would wait.
  std::optional<Time> take(const net::asio::ip::address& address, Time now);
  /// Of one whose turn came at once: the others have paid.
  void note_wrong(const net::asio::ip::address& address, Time now);
  /// How many are remembered, at most addresses_max.
  std::size_t addresses() const;

 private:
  const net::Timeout delay_;
  mutable std::mutex mutex_;
  std::unordered_map<net::Quota::Key, Time> next_;  // turn of an address; in the past: as if it were not there
};

}  // namespace labnet::login
