#include "servers/rtmp/tunnels.hpp"

#include <algorithm>

#include "common/base/base64.hpp"
#include "common/net/random.hpp"
#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {

namespace {

/// In base64 with the characters that go into paths (RFC 4648, section 5).
std::string new_id() {
  auto id = base64(net::random_octets(tunnel_id_octets));
  std::ranges::replace(id, '+', '-');
  std::ranges::replace(id, '/', '_');
  return id;
}

}  // namespace

std::shared_ptr<Tunnel> Tunnels::open(net::Worker& worker, const net::Endpoint& peer, const LimitsConfig& limits) {
  auto place = quota_->enter(peer.address);
  if (!place) return nullptr;
  auto id = new_id();
  auto tunnel = std::make_shared<Tunnel>(worker, shared_from_this(), *std::move(place),
                                         Tunnel::Options{.id = id,
                                                         .peer = peer,
                                                         .timeout = limits.tunnel_timeout,
                                                         .request_bytes_max = limits.tunnel_request_bytes_max,
                                                         .response_bytes_max = limits.tunnel_response_bytes_max});
  const std::lock_guard lock{mutex_};
  places_.emplace(std::move(id), Place{&worker, tunnel, tunnel->intake()});
  return tunnel;
}

std::optional<Tunnels::Place> Tunnels::find(std::string_view id) const {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(id);
  return found == places_.end() ? std::nullopt : std::optional{found->second};
}

void Tunnels::forget(const std::string& id) {
  const std::lock_guard lock{mutex_};
  places_.erase(id);
}

}  // namespace labnet::rtmp_server
