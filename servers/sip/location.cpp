#include "servers/sip/location.hpp"

#include <algorithm>

namespace labnet::sip_server {

const std::vector<Binding>& Location::all_of(std::string_view user) const {
  static const std::vector<Binding> none;
  const auto found = users_.find(user);
  return found == users_.end() ? none : found->second;
}

std::vector<const Binding*> Location::bindings_of(std::string_view user, WallTime now) const {
  const auto& all = all_of(user);
  std::vector<const Binding*> alive;
  for (auto binding = all.rbegin(); binding != all.rend(); ++binding) {
    if (binding->expires_at > now) alive.push_back(&*binding);
  }
  if (alive.size() > 1) std::ranges::stable_sort(alive, std::greater{}, &Binding::priority);
  return alive;
}

const Binding* Location::find(std::string_view user, std::string_view contact, WallTime now) const {
  const auto& all = all_of(user);
  const auto found = std::ranges::find(all, contact, &Binding::contact);
  return found == all.end() || found->expires_at <= now ? nullptr : &*found;
}

bool Location::is_registered_at(std::string_view user, const sip::Hop& hop, WallTime now) const {
  return std::ranges::any_of(all_of(user),
                             [&](const Binding& binding) { return binding.hop == hop && binding.expires_at > now; });
}

const Binding* Location::find(const PhoneName& phone, std::string_view contact, WallTime now) const {
  const auto alive = bindings_of(phone.user, now);
  if (!phone.instance.empty()) {
    const auto same = std::ranges::find(alive, phone.instance, &Binding::instance);
    if (same != alive.end()) return *same;
  }
  const auto same = std::ranges::find(alive, contact, &Binding::contact);
  if (same != alive.end()) return *same;
  return alive.size() == 1 ? alive.front() : nullptr;
}

void Location::replace(const std::string& user, std::vector<Binding> bindings) {
  auto entry = users_.find(user);
  if (entry != users_.end()) leave(*entry);
  if (bindings.empty()) {
    if (entry != users_.end()) users_.erase(entry);
    return;
  }
  if (entry == users_.end()) entry = users_.try_emplace(user).first;
  entry->second = std::move(bindings);
  enter(*entry);
}

void Location::enter(const Users::value_type& entry) {
  const auto& [user, bindings] = entry;
  size_ += bindings.size();
  expiry_.emplace(std::ranges::min(bindings, {}, &Binding::expires_at).expires_at, user);
  for (const auto& binding : bindings) {
    if (sip::is_stream(binding.hop.transport)) connection_users_.emplace(binding.hop.connection, user);
  }
}

void Location::leave(const Users::value_type& entry) {
  const std::string_view user = entry.first;
  const auto& bindings = entry.second;
  size_ -= bindings.size();
  expiry_.erase({std::ranges::min(bindings, {}, &Binding::expires_at).expires_at, user});
  for (const auto& binding : bindings) {
    if (!sip::is_stream(binding.hop.transport)) continue;
    const auto [begin, end] = connection_users_.equal_range(binding.hop.connection);
    const auto own = std::find_if(begin, end, [&](const auto& one) { return one.second == user; });
    if (own != end) connection_users_.erase(own);
  }
}

void Location::remove_from(std::string_view user, const std::function<bool(const Binding&)>& is_to_go) {
  const auto entry = users_.find(user);
  leave(*entry);
  std::erase_if(entry->second, is_to_go);
  if (entry->second.empty()) {
    users_.erase(entry);
  } else {
    enter(*entry);
  }
}

std::vector<std::string> Location::expire(WallTime now) {
  std::vector<std::string> losers;
  while (!expiry_.empty() && expiry_.begin()->first <= now) {
    const auto& user = losers.emplace_back(expiry_.begin()->second);
    remove_from(user, [&](const Binding& binding) { return binding.expires_at <= now; });
  }
  return losers;
}

std::vector<std::string> Location::remove_all_at(const sip::Hop& hop) {
  std::set<std::string> losers;
  const auto [begin, end] = connection_users_.equal_range(hop.connection);
  for (auto one = begin; one != end; ++one) losers.emplace(one->second);
  for (const auto& user : losers) {
    remove_from(user, [&](const Binding& binding) { return binding.hop == hop; });
  }
  return {losers.begin(), losers.end()};
}

}  // namespace labnet::sip_server
