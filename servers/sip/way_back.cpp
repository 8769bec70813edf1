#include "servers/sip/way_back.hpp"

namespace labnet::sip_server {

bool WayBack::is_shown(const IpAddress& address, sip::TimePoint now) const {
  const auto found = shown_.find(address);
  return found != shown_.end() && now - found->second < shown_for;
}

bool WayBack::begin(const IpAddress& address) {
  if (open_count_ == open_max) return false;
  auto& count = open_[address];
  if (count == open_per_address_max) return false;
  ++count;
  ++open_count_;
  return true;
}

void WayBack::end(const IpAddress& address) {
  const auto found = open_.find(address);
  --open_count_;
  if (--found->second == 0) open_.erase(found);
}

void WayBack::show(const IpAddress& address, sip::TimePoint now) {
  const auto [place, is_new] = shown_.try_emplace(address, now);
  if (!is_new) {
    if (now - place->second < shown_for / 2) return;
    const auto [begin, end] = shown_order_.equal_range(place->second);
    for (auto one = begin; one != end; ++one) {
      if (one->second != address) continue;
      shown_order_.erase(one);
      break;
    }
    place->second = now;
  }
  shown_order_.emplace(now, address);
  if (shown_.size() <= shown_max) return;
  shown_.erase(shown_order_.begin()->second);
  shown_order_.erase(shown_order_.begin());
}

}  // namespace labnet::sip_server
