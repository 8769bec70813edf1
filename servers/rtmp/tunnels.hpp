// The tunnelled sessions of a service, by their ids.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/log/line_limit.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "servers/rtmp/tunnel.hpp"

namespace labnet::rtmp_server {

/// Any thread may ask.
class Tunnels : public std::enable_shared_from_this<Tunnels> {
 public:
  /// refusal_lines  of the log, about strangers
  Tunnels(const net::QuotaLimits& limits, std::shared_ptr<log::LineLimit> refusal_lines)
      : quota_{net::Quota::make(limits)}, refusal_lines_{std::move(refusal_lines)} {}

  /// A new one, with an id of 96 bits that nobody can guess. Call it on that worker: the tunnel is its own.
  /// Null: there are as many as there may be
  std::shared_ptr<Tunnel> open(net::Worker& worker, const net::Endpoint& peer, const LimitsConfig& limits);

  /// Where a session lives. Only there may it be looked at; what it takes in, anywhere.
  struct Place {
    net::Worker* worker = nullptr;
    std::weak_ptr<Tunnel> tunnel{};
    std::shared_ptr<TunnelIntake> intake{};
  };
  std::optional<Place> find(std::string_view id) const;

  bool may_log() const { return refusal_lines_->lets_write(net::Clock::now()); }

 private:
  friend class Tunnel;
  void forget(const std::string& id);

  std::shared_ptr<net::Quota> quota_;
  std::shared_ptr<log::LineLimit> refusal_lines_;
  mutable std::mutex mutex_;
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace labnet::rtmp_server
