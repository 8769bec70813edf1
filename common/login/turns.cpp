#include "common/login/turns.hpp"

#include <algorithm>

namespace labnet::login {

std::optional<Turns::Time> Turns::take(const net::asio::ip::address& address, Time now) {
  const std::lock_guard lock{mutex_};
  const auto found = next_.find(net::Quota::key_of(address));
  if (found == next_.end() || found->second <= now) return now;
  const auto turn = found->second;
  if (turn - now >= delay_ * waiting_max) return std::nullopt;
  found->second += delay_;
  return turn;
}

void Turns::note_wrong(const net::asio::ip::address& address, Time now) {
  const std::lock_guard lock{mutex_};
  if (next_.size() >= addresses_max) {
    std::erase_if(next_, [&](const auto& one) { return one.second <= now; });
  }
  if (next_.size() >= addresses_max) next_.erase(next_.begin());
  auto& next = next_.try_emplace(net::Quota::key_of(address), now).first->second;
  next = std::max(next, now) + delay_;
}

std::size_t Turns::addresses() const {
  const std::lock_guard lock{mutex_};
  return next_.size();
}

}  // namespace labnet::login
