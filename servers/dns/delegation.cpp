#include "servers/dns/delegation.hpp"

#include <algorithm>
#include <functional>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

std::string zone_key(dns::NameView zone) {
  return to_lower(as_text(zone.wire()));  // length octets are below 'A'
}

}  // namespace

void Delegations::store(Delegation delegation, Time now) {
  const auto ttl = std::min(std::chrono::seconds{delegation.ttl}, ttl_max_);
  if (ttl.count() == 0) return;
  forget(delegation.zone);
  if (by_use_.size() == delegations_max) erase(std::prev(by_use_.end()));
  auto key = zone_key(delegation.zone);
  by_use_.push_front({std::move(delegation), key, now + ttl});
  by_zone_.emplace(std::move(key), by_use_.begin());
}

std::optional<Delegation> Delegations::closest(dns::NameView name, Time now) {
  for (; !name.is_root(); name = name.parent()) {
    const auto found = by_zone_.find(zone_key(name));
    if (found == by_zone_.end()) continue;
    const auto place = found->second;
    if (place->expires <= now) {
      erase(place);
      continue;
    }
    by_use_.splice(by_use_.begin(), by_use_, place);
    return place->delegation;
  }
  return std::nullopt;
}

std::vector<Delegation> Delegations::entries(Time now) const {
  std::vector<Delegation> living;
  for (const auto& stored : by_use_) {
    if (stored.expires <= now) continue;
    auto& one = living.emplace_back(stored.delegation);
    one.ttl = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(stored.expires - now).count());
  }
  std::ranges::sort(living, std::less{}, &Delegation::zone);
  return living;
}

void Delegations::forget(dns::NameView zone) {
  const auto found = by_zone_.find(zone_key(zone));
  if (found != by_zone_.end()) erase(found->second);
}

void Delegations::flush() {
  by_zone_.clear();
  by_use_.clear();
}

void Delegations::erase(Place place) {
  by_zone_.erase(place->key);
  by_use_.erase(place);
}

}  // namespace labnet::dns_server
