#include "common/net/limits.hpp"

namespace labnet::net {
namespace {

/// An IPv4 address, mapped or not, or the first half of an IPv6 address. The first half of no IPv6 address in use
/// equals an IPv4 address: ::/32 is not assigned to hosts.
std::uint64_t key_of(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4().to_uint();
  const auto v6 = address.to_v6();
  const auto octets = v6.to_bytes();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_uint();
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | octets[i];
  return key;
}

}  // namespace

ConnectionCount::Place::~Place() {
  if (count_) count_->leave(key_);
}

std::shared_ptr<ConnectionCount> ConnectionCount::make(const ConnectionLimits& limits) {
  return std::shared_ptr<ConnectionCount>{new ConnectionCount{limits}};
}

Result<ConnectionCount::Place, Full> ConnectionCount::enter(const asio::ip::address& address) {
  const auto key = key_of(address);
  const std::lock_guard lock{mutex_};
  if (connections_ >= limits_.connections_max) return Full::in_all;
  auto& from_there = per_address_[key];
  if (from_there >= limits_.connections_per_address_max) return Full::for_address;
  ++from_there;
  ++connections_;
  return Place{shared_from_this(), key};
}

std::size_t ConnectionCount::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

void ConnectionCount::leave(Place::Key key) {
  const std::lock_guard lock{mutex_};
  --connections_;
  const auto from_there = per_address_.find(key);
  if (--from_there->second == 0) per_address_.erase(from_there);
}

}  // namespace labnet::net
