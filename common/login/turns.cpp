#include "servers/ftp/login_turns.hpp"

#include <algorithm>

#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {

std::optional<LoginTurns::Time> LoginTurns::take(const net::asio::ip::address& address, Time now) {
  const std::lock_guard lock{mutex_};
  const auto found = next_.find(net::Quota::key_of(address));
  if (found == next_.end() || found->second <= now) return now;
  const auto turn = found->second;
  if (turn - now >= delay_ * logins_waiting_max) return std::nullopt;
  found->second += delay_;
  return turn;
}

void LoginTurns::note_wrong(const net::asio::ip::address& address, Time now) {
  const std::lock_guard lock{mutex_};
  if (next_.size() >= login_addresses_max) {
    std::erase_if(next_, [&](const auto& one) { return one.second <= now; });
  }
  if (next_.size() >= login_addresses_max) next_.erase(next_.begin());
  auto& next = next_.try_emplace(net::Quota::key_of(address), now).first->second;
  next = std::max(next, now) + delay_;
}

std::size_t LoginTurns::addresses() const {
  const std::lock_guard lock{mutex_};
  return next_.size();
}

}  // namespace labnet::ftp_server
