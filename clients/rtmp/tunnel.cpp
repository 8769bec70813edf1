#include "clients/rtmp/tunnel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clients/rtmp/limits.hpp"

namespace labnet::rtmp_client {
namespace {

using rtmp::TunnelPath;
using rtmp::TunnelVerb;

constexpr std::chrono::milliseconds time_of_delay{10};  // of 1: nothing says what it means
constexpr int status_ok = 200, status_not_found = 404;

/// The body of requests that have nothing to say.
constexpr std::byte meaningless{0};

std::string path_of(TunnelVerb verb, std::string_view id, std::uint32_t number) {
  TunnelPath path;
  path.verb = verb;
  path.id = id;
  path.number = number;
  return rtmp::to_text(path);
}

}  // namespace

Task<Result<std::shared_ptr<Tunnel>>> Tunnel::open(net::Worker& worker, Poster poster) {
  const auto answer = co_await poster.post(path_of(TunnelVerb::open, {}, 1), Bytes{&meaningless, 1});
  const auto peer = net::to_string(poster.peer());
  if (!answer) {
    // A port for RTMP itself closes the connection, as does one for TLS.
    co_return Error{fmt::format("{}: {}; is that a port for HTTP? Those for RTMP itself have rtmp:// or rtmps://", peer,
                                answer.error().message)};
  }
  if (answer->status != status_ok) {
    co_return Error{fmt::format("{}: there is no RTMP within HTTP: {} {}", peer, answer->status, answer->reason)};
  }
  std::string id{rtmp::tunnel_id_of(as_text(answer->body))};
  if (id.empty()) co_return Error{fmt::format("{}: there is no RTMP within HTTP: no session's id came", peer)};
  auto tunnel = std::make_shared<Tunnel>(worker, std::move(poster), std::move(id));
  worker.spawn(run(tunnel));
  co_return tunnel;
}

Tunnel::Tunnel(net::Worker& worker, Poster poster, std::string id)
    : poster_{std::move(poster)},
      id_{std::move(id)},
      asker_{worker.executor()},
      reader_{worker.executor()},
      writer_{worker.executor()} {}

/// Until the session ends. Whoever uses the tunnel may have gone meanwhile.
Task<void> Tunnel::run(std::shared_ptr<Tunnel> self) {
  while (!self->fault_) {
    if (self->has_to_ask()) {
      co_await self->exchange();
    } else {
      const bool is_full = self->incoming_.size() >= tunnel_waiting_bytes_max;
      const auto until = is_full ? net::deadline_after(net::timeout_max) : self->ask_at_;
      co_await self->asker_.wait(until);
    }
  }
  self->poster_.close();
}

bool Tunnel::has_to_ask() const {
  if (!outgoing_.empty() || is_finishing_) return true;
  return Clock::now() >= ask_at_ && incoming_.size() < tunnel_waiting_bytes_max;
}

Task<void> Tunnel::exchange() {
  auto verb = TunnelVerb::send;
  auto body = std::exchange(outgoing_, {});
  if (body.empty()) {
    verb = is_finishing_ ? TunnelVerb::close : TunnelVerb::idle;
    body.push_back(meaningless);
  }
  auto answer = co_await poster_.post(path_of(verb, id_, number_++), body);
  if (fault_) co_return;
  if (!answer) {
    end(net::StreamFault::not_possible, answer.error().message);
  } else if (answer->status == status_not_found || verb == TunnelVerb::close) {
    end(net::StreamFault::closed, "the server has ended the session");
  } else if (answer->status != status_ok) {
    end(net::StreamFault::not_possible,
        fmt::format("it answers {} {} within the session", answer->status, answer->reason));
  } else {
    take(*std::move(answer));
  }
}

void Tunnel::take(Poster::Answer answer) {
  const auto delay = answer.body.empty() ? rtmp::tunnel_delay_min : std::to_integer<int>(answer.body.front());
  ask_at_ = Clock::now() + time_of_delay * std::min(delay, int{rtmp::tunnel_delay_max});
  if (answer.body.size() > 1) incoming_.insert(incoming_.end(), answer.body.begin() + 1, answer.body.end());
  reader_.wake();
  writer_.wake();
}

void Tunnel::end(net::StreamFault fault, std::string why) {
  if (fault_) return;
  fault_ = fault;
  why_ = std::move(why);
  asker_.wake();
  reader_.wake();
  writer_.wake();
}

Task<Result<std::size_t, net::StreamFault>> Tunnel::read_some(std::span<std::byte> buffer, Clock::time_point until) {
  while (incoming_.empty()) {
    if (fault_) co_return *fault_;
    if (std::exchange(is_interrupted_, false) || Clock::now() >= until) co_return net::StreamFault::deadline;
    is_reading_ = true;
    co_await reader_.wait(until);
    is_reading_ = false;
  }
  const auto count = std::min(buffer.size(), incoming_.size() - incoming_used_);
  std::copy_n(incoming_.begin() + static_cast<std::ptrdiff_t>(incoming_used_), count, buffer.begin());
  incoming_used_ += count;
  if (incoming_used_ == incoming_.size()) {
    incoming_.clear();
    incoming_used_ = 0;
    asker_.wake();
  }
  co_return count;
}

void Tunnel::interrupt_read() {
  if (!is_reading_) return;
  is_interrupted_ = true;
  reader_.wake();
}

Task<Result<void, net::StreamFault>> Tunnel::write_steadily(Bytes bytes, Timeout stall_timeout) {
  const auto until = net::deadline_after(stall_timeout);
  if (!fault_) outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
  asker_.wake();
  while (!fault_ && outgoing_.size() >= tunnel_waiting_bytes_max) {
    if (Clock::now() >= until) co_return net::StreamFault::deadline;
    co_await writer_.wait(until);
  }
  if (fault_) co_return *fault_;
  co_return Result<void, net::StreamFault>{};
}

Task<void> Tunnel::finish(Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  is_finishing_ = true;
  asker_.wake();
  while (!fault_ && Clock::now() < until) co_await reader_.wait(until);
  close();
}

void Tunnel::close() {
  end(net::StreamFault::stopped, "");
  poster_.close();
}

std::string Tunnel::explain(net::StreamFault fault) const {
  return fault == fault_ && !why_.empty() ? why_ : std::string{net::describe(fault)};
}

}  // namespace labnet::rtmp_client
