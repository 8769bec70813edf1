#include "servers/http/authenticator.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/http/auth.hpp"
#include "common/http/cookie.hpp"
#include "common/log/clock.hpp"
#include "common/login/check.hpp"
#include "common/login/password.hpp"
#include "common/net/random.hpp"
#include "servers/http/gate.hpp"

namespace labnet::http_server {
namespace {

constexpr std::size_t time_digits = 16;

net::Task<std::optional<std::string>> user_by_basic(net::Worker& worker, const ProtectedArea& area,
                                                    std::string_view value) {
  const auto credentials = http::parse_basic(value);
  if (!credentials) co_return std::nullopt;
  const auto& [user, password] = *credentials;
  const bool is_right = co_await login::is_right(worker, user, password, area.password_of(user), area.stand_ins);
  co_return is_right ? std::optional{user} : std::nullopt;
}

std::optional<std::string> user_by_session(const ProtectedArea& area, const http::Fields& fields, Sessions& sessions) {
  const auto id = http::cookie(fields, session_cookie);
  auto user = id ? sessions.user_of(*id, area.key, net::Clock::now()) : std::nullopt;
  return user && area.password_of(*user) != nullptr ? user : std::nullopt;  // he may be none any more
}

struct DigestOutcome {
  std::optional<std::string> user;
  bool is_stale = false;
};

DigestOutcome user_by_digest(const ProtectedArea& area, const http::RequestHead& head, std::string_view value,
                             Nonces& nonces, http::Time now) {
  const auto credentials = http::parse_digest(value);
  if (!credentials || credentials->realm != area.realm || credentials->uri != head.target()) return {};
  const auto* password = area.password_of(credentials->user);
  if (password != nullptr && login::is_locked(*password)) password = nullptr;
  const auto secret = http::digest_secret(credentials->algorithm, credentials->user, area.realm,
                                          password != nullptr ? *password : std::string{});
  const bool is_right = http::response_is_right(*credentials, head.method(), secret);
  if (password == nullptr || !is_right) return {};
  switch (nonces.use(credentials->nonce, credentials->nonce_count, now)) {
    case Nonces::Verdict::good:
      return {.user = credentials->user};
    case Nonces::Verdict::stale:
      return {.user = std::nullopt, .is_stale = true};
    case Nonces::Verdict::wrong:
      break;
  }
  return {};
}

Admission admit_by_digest(const ProtectedArea& area, const http::RequestHead& head,
                          std::optional<std::string_view> value, Nonces& nonces) {
  const auto now = seconds_now();
  auto outcome = value ? user_by_digest(area, head, *value, nonces, now) : DigestOutcome{};
  Admission admission;
  admission.user = std::move(outcome.user);
  if (admission.user) return admission;
  for (const auto algorithm : {http::DigestAlgorithm::sha256, http::DigestAlgorithm::md5}) {  // the preferred first
    admission.challenges.push_back(http::to_text(http::DigestChallenge{
        .realm = area.realm, .nonce = nonces.issue(now), .algorithm = algorithm, .stale = outcome.is_stale}));
  }
  return admission;
}

}  // namespace

Nonces::Nonces() {
  net::fill_randomly(key_);
}

std::string Nonces::text_of(http::Time time) const {
  const auto when = fmt::format("{:016x}", time.time_since_epoch().count());
  return when + crypto::to_hex(crypto::hmac(crypto::HashMethod::sha256, key_, as_bytes(std::string_view{when})));
}

std::string Nonces::issue(http::Time now) const {
  return text_of(now) + fmt::format("{:016x}", net::random_number<std::uint64_t>());
}

std::optional<http::Time> Nonces::time_of(std::string_view nonce) const {
  const auto seconds = parse_integer<std::int64_t>(nonce.substr(0, time_digits), hexadecimal_base);
  if (!seconds) return std::nullopt;
  const http::Time time{std::chrono::seconds{*seconds}};
  const auto own = text_of(time);
  return equals_in_constant_time(nonce.substr(0, own.size()), own) ? std::optional{time} : std::nullopt;
}

Nonces::Verdict Nonces::use(std::string_view nonce, std::uint32_t count, http::Time now) {
  const auto time = time_of(nonce);
  if (!time || count == 0) return Verdict::wrong;
  if (now - *time > lifetime || count > counts_per_nonce_max) return Verdict::stale;
  const std::lock_guard lock{mutex_};
  auto used = used_.find(nonce);
  if (used == used_.end()) {
    // One that was forgotten for lack of room is older than all that are kept.
    const bool was_forgotten = used_.size() == used_max && nonce < used_.begin()->first;
    if (was_forgotten) return Verdict::stale;
    if (used_.size() == used_max) used_.erase(used_.begin());
    used = used_.emplace(nonce, Used{}).first;
  }
  auto& counts = used->second.counts;
  if (counts.size() <= count) counts.resize(count + std::size_t{1});
  if (counts[count]) return Verdict::wrong;
  counts[count] = true;
  return Verdict::good;
}

net::Task<Admission> admit(net::Worker& worker, const ProtectedArea& area, const http::RequestHead& head, Gate& gate) {
  const auto value = head.fields().find("Authorization");
  Admission admission;
  switch (area.scheme) {
    case AuthenticationScheme::basic:
      if (value) admission.user = co_await user_by_basic(worker, area, *value);
      if (!admission.user) admission.challenges.push_back(http::basic_challenge(area.realm));
      break;
    case AuthenticationScheme::digest:
      admission = admit_by_digest(area, head, value, gate.nonces);
      break;
    case AuthenticationScheme::form:
      admission.user = user_by_session(area, head.fields(), gate.sessions);
      break;
  }
  co_return admission;
}

}  // namespace labnet::http_server
