#include "servers/sip/location.hpp"

#include <algorithm>

namespace labnet::sip_server {

std::vector<Binding> Location::bindings_of(std::string_view user, WallTime now) const {
  const auto found = users_.find(user);
  if (found == users_.end()) return {};
  std::vector<Binding> alive;
  std::copy_if(found->second.rbegin(), found->second.rend(), std::back_inserter(alive),
               [&](const Binding& binding) { return binding.expires_at > now; });
  std::ranges::stable_sort(alive, std::greater{}, &Binding::priority);
  return alive;
}

std::vector<Binding> Location::all_of(std::string_view user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? std::vector<Binding>{} : found->second;
}

void Location::replace(const std::string& user, std::vector<Binding> bindings) {
  auto& place = users_[user];
  size_ = size_ - place.size() + bindings.size();
  place = std::move(bindings);
  if (place.empty()) users_.erase(user);
}

std::vector<std::string> Location::expire(WallTime now) {
  return remove_if([&](const Binding& binding) { return binding.expires_at <= now; });
}

std::vector<std::string> Location::remove_all_at(const sip::Hop& hop) {
  return remove_if([&](const Binding& binding) { return binding.hop == hop; });
}

std::vector<std::string> Location::remove_if(const std::function<bool(const Binding&)>& is_to_go) {
  std::vector<std::string> losers;
  for (auto entry = users_.begin(); entry != users_.end();) {
    auto& bindings = entry->second;
    const auto gone = std::erase_if(bindings, is_to_go);
    if (gone > 0) losers.push_back(entry->first);
    size_ -= gone;
    entry = bindings.empty() ? users_.erase(entry) : std::next(entry);
  }
  return losers;
}

}  // namespace labnet::sip_server
