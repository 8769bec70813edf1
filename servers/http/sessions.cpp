#include "servers/http/sessions.hpp"

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/net/random.hpp"

namespace labnet::http_server {
namespace {

std::string key_of(std::string_view id) {
  return std::string{as_text(crypto::hash(crypto::HashMethod::sha256, as_bytes(id)))};
}

}  // namespace

std::string Sessions::begin(std::string_view area, std::string_view user, Time now) {
  std::array<std::byte, id_octets> octets;
  net::fill_randomly(octets);
  auto id = hexadecimal(octets);
  const std::lock_guard lock{mutex_};
  make_room(area, user, now);
  sessions_.insert_or_assign(key_of(id), Session{std::string{area}, std::string{user}, now, now});
  return id;
}

std::optional<std::string> Sessions::user_of(std::string_view id, std::string_view area, Time now) {
  const auto key = key_of(id);
  const std::lock_guard lock{mutex_};
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return std::nullopt;
  auto& session = found->second;
  if (is_over(session, now)) {
    sessions_.erase(found);
    return std::nullopt;
  }
  if (session.area != area) return std::nullopt;
  session.used = now;
  return session.user;
}

void Sessions::end(std::string_view id) {
  const auto key = key_of(id);
  const std::lock_guard lock{mutex_};
  sessions_.erase(key);
}

std::size_t Sessions::count() const {
  const std::lock_guard lock{mutex_};
  return sessions_.size();
}

bool Sessions::is_over(const Session& session, Time now) const {
  return now - session.used > limits_.timeout || now - session.begun > limits_.lifetime;
}

/// For one more. All are looked at: a login is rare, and costs more than that.
void Sessions::make_room(std::string_view area, std::string_view user, Time now) {
  std::erase_if(sessions_, [&](const auto& one) { return is_over(one.second, now); });
  auto unused = sessions_.end(), own_oldest = sessions_.end();
  std::size_t own = 0;
  for (auto one = sessions_.begin(); one != sessions_.end(); ++one) {
    if (unused == sessions_.end() || one->second.used < unused->second.used) unused = one;
    if (one->second.area != area || one->second.user != user) continue;
    ++own;
    if (own_oldest == sessions_.end() || one->second.begun < own_oldest->second.begun) own_oldest = one;
  }
  if (own >= sessions_per_user_max) {
    sessions_.erase(own_oldest);
  } else if (sessions_.size() >= limits_.sessions_max) {
    sessions_.erase(unused);
  }
}

}  // namespace labnet::http_server
