#include "servers/rtmp/branch.hpp"

#include <algorithm>
#include <utility>

#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {

void Branch::take(SharedBatch batch) {
  waiting_.push_back(std::move(batch));
  if (waiting_.size() > 1) return;  // the timer runs
  if (net::Clock::now() >= next_turn_) return hand_out();
  timer_.expires_at(next_turn_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->hand_out();
  });
}

void Branch::hand_out() {
  const auto began = net::Clock::now();
  for (auto* const player : players_) player->take(waiting_);
  waiting_.clear();
  const net::Clock::duration pause = merge_share * (net::Clock::now() - began);
  next_turn_ = began + std::min<net::Clock::duration>(pause, merge_max);
}

}  // namespace labnet::rtmp_server
