#include "common/net/quota.hpp"

#include "common/net/endpoint.hpp"

namespace labnet::net {

/// The first half of no IPv6 address in use equals an IPv4 address: ::/32 is not assigned to hosts.
Quota::Key Quota::key_of(const asio::ip::address& any) {
  const auto address = unmapped(any);
  if (address.is_v4()) return address.to_v4().to_uint();
  const auto octets = address.to_v6().to_bytes();
  Key key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | octets[i];
  return key;
}

Quota::Place::~Place() {
  if (quota_) quota_->leave(key_);
}

std::shared_ptr<Quota> Quota::make(const QuotaLimits& limits) {
  return std::shared_ptr<Quota>{new Quota{limits}};
}

Result<Quota::Place, Full> Quota::enter(const asio::ip::address& address) {
  return enter(key_of(address));
}

Result<Quota::Place, Full> Quota::enter(Key key) {
  const std::lock_guard lock{mutex_};
  if (count_ >= limits_.all_max) return Full::in_all;
  auto& from_there = per_address_[key];
  if (from_there >= limits_.per_address_max) return Full::for_address;
  ++from_there;
  ++count_;
  return Place{shared_from_this(), key};
}

std::size_t Quota::count() const {
  const std::lock_guard lock{mutex_};
  return count_;
}

void Quota::leave(Key key) {
  const std::lock_guard lock{mutex_};
  --count_;
  const auto from_there = per_address_.find(key);
  if (--from_there->second == 0) per_address_.erase(from_there);
}

}  // namespace labnet::net
