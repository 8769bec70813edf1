#include "servers/rtmp/tunnel.hpp"

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "common/net/pause.hpp"
#include "servers/rtmp/limits.hpp"
#include "servers/rtmp/tunnels.hpp"

namespace labnet::rtmp_server {
namespace {

using rtmp::TunnelVerb;

rtmp::SharedBytes with_delay(std::uint8_t delay, Bytes octets) {
  auto block = rtmp::new_block(octets.size() + 1);
  block[0] = std::byte{delay};
  std::ranges::copy(octets, block.get() + 1);
  return {std::move(block), octets.size() + 1};
}

}  // namespace

Tunnel::Tunnel(net::Worker& worker, std::shared_ptr<Tunnels> owner, net::Quota::Place place, Options options)
    : owner_{std::move(owner)},
      place_{std::move(place)},
      options_{std::move(options)},
      executor_{worker.executor()},
      asked_until_{net::deadline_after(options_.timeout)},
      intake_{std::make_shared<TunnelIntake>(tunnel_bodies_max * options_.request_bytes_max)},
      reader_{worker.executor()},
      writer_{worker.executor()} {}

Tunnel::~Tunnel() {
  close();
  owner_->forget(options_.id);
}

void Tunnel::take(TunnelRequest request, TunnelAnswerer answerer) {
  using Kind = TunnelAnswer::Kind;
  if (!is_open_) return answerer({});
  const auto place = intake_->place_of(request.number);
  if (place == TunnelIntake::Place::last) {
    return answerers_.empty() ? answerer(last_answer_) : answerers_.push_back(std::move(answerer));
  }
  if (place != TunnelIntake::Place::next || !answerers_.empty()) return answerer({.kind = Kind::bad_number});
  intake_->take(request.number);
  answerers_.push_back(std::move(answerer));
  asked_until_ = net::deadline_after(options_.timeout);
  if (request.verb == TunnelVerb::close) is_closed_by_client_ = true;
  if (request.verb == TunnelVerb::send) {
    input_ = std::move(request.octets);
    input_used_ = 0;
  }
  if (is_read_) return reader_.wake();
  forget_input();  // nobody takes it any more
  answer();
}

void Tunnel::hold() {
  ++held_;
}

void Tunnel::release() {
  --held_;
  asked_until_ = net::deadline_after(options_.timeout);
  if (is_read_) reader_.wake();
}

void Tunnel::forget_input() {
  Buffer{}.swap(input_);
  input_used_ = 0;
}

void Tunnel::give(const TunnelAnswer& answer) {
  for (const auto& answerer : std::exchange(answerers_, {})) answerer(answer);
}

/// Once all of the input is taken: what there is to be said goes back.
void Tunnel::answer() {
  if (answerers_.empty() || !is_input_taken()) return;
  if (is_closed_by_client_) {
    last_answer_ = {TunnelAnswer::Kind::octets, with_delay(0, {})};
    return give(last_answer_);
  }
  const auto octets = Bytes{output_}.first(std::min(output_.size(), options_.response_bytes_max));
  delay_ = octets.empty() ? rtmp::longer_tunnel_delay(delay_) : rtmp::tunnel_delay_min;
  last_answer_ = {TunnelAnswer::Kind::octets, with_delay(delay_, octets)};
  output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(octets.size()));
  if (output_.empty()) Buffer{}.swap(output_);
  give(last_answer_);
  writer_.wake();
}

net::Task<Result<std::size_t, net::StreamFault>> Tunnel::read_some(std::span<std::byte> buffer,
                                                                   net::Clock::time_point until) {
  is_read_ = true;
  // A request may bring megabytes of what is answered bit by bit: others have their turns in between.
  if (input_used_ > 0) co_await net::pause(executor_, net::Timeout{0});
  while (is_open_ && is_input_taken()) {
    answer();
    const auto now = net::Clock::now();
    const bool is_deserted = held_ == 0 && now >= asked_until_;
    if (is_deserted && owner_->may_log()) {
      log::info("nobody asks a tunnelled session any more", {{"peer", net::to_string(options_.peer)}});
    }
    if (is_deserted || is_closed_by_client_) {
      is_read_ = false;
      co_return net::StreamFault::closed;
    }
    if (std::exchange(is_interrupted_, false) || now >= until) {
      is_read_ = false;
      co_return net::StreamFault::deadline;
    }
    co_await reader_.wait(held_ > 0 ? until : std::min(until, asked_until_));
  }
  is_read_ = false;
  if (!is_open_) co_return net::StreamFault::stopped;
  const auto count = std::min(buffer.size(), input_.size() - input_used_);
  std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(input_used_), count, buffer.begin());
  input_used_ += count;
  if (is_input_taken()) forget_input();
  co_return count;
}

void Tunnel::interrupt_read() {
  if (!is_read_) return;
  is_interrupted_ = true;
  reader_.wake();
}

bool Tunnel::write_at_once(std::span<const Bytes> pieces) {
  if (!is_open_ || !has_room()) return false;
  for (const auto piece : pieces) output_.insert(output_.end(), piece.begin(), piece.end());
  return true;
}

net::Task<Result<void, net::StreamFault>> Tunnel::write_steadily(std::span<const Bytes> pieces,
                                                                 net::Timeout stall_timeout) {
  const auto until = net::deadline_after(stall_timeout);
  while (is_open_ && !has_room()) {
    if (net::Clock::now() >= until) co_return net::StreamFault::deadline;
    if (!is_read_) answer();
    if (!has_room()) co_await writer_.wait(until);
  }
  if (!write_at_once(pieces)) co_return net::StreamFault::stopped;
  co_return Result<void, net::StreamFault>{};
}

net::Task<void> Tunnel::finish(net::Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  is_read_ = false;
  forget_input();
  answer();
  while (is_open_ && !output_.empty() && net::Clock::now() < until) co_await writer_.wait(until);
  close();
}

void Tunnel::close() {
  is_open_ = false;
  give({});
  reader_.wake();
  writer_.wake();
}

}  // namespace labnet::rtmp_server
