#include "servers/http/authenticator.hpp"

#include "common/http/auth.hpp"
#include "common/http/cookie.hpp"
#include "common/log/clock.hpp"
#include "common/login/check.hpp"
#include "common/login/password.hpp"
#include "common/net/random.hpp"
#include "servers/http/gate.hpp"

namespace labnet::http_server {
namespace {

constexpr std::size_t nonce_key_bytes = 32;

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
  const auto secret = digest::secret_of(credentials->algorithm, credentials->user, area.realm,
                                        password != nullptr ? *password : std::string{});
  const bool is_right = digest::is_right(*credentials, head.method(), secret);
  if (password == nullptr || !is_right) return {};
  switch (nonces.use(credentials->nonce, credentials->nonce_count, now)) {
    case digest::Nonces::Verdict::good:
      return {.user = credentials->user};
    case digest::Nonces::Verdict::stale:
      return {.user = std::nullopt, .is_stale = true};
    case digest::Nonces::Verdict::repeated:
    case digest::Nonces::Verdict::wrong:
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
  for (const auto algorithm : {digest::Algorithm::sha256, digest::Algorithm::md5}) {  // the preferred first
    admission.challenges.push_back(digest::to_text(digest::Challenge{
        .realm = area.realm, .nonce = nonces.issue(now), .algorithm = algorithm, .stale = outcome.is_stale}));
  }
  return admission;
}

}  // namespace

Nonces::Nonces() : nonces_{net::random_octets(nonce_key_bytes)} {}

std::string Nonces::issue(http::Time now) const {
  return nonces_.issue(now, net::random_number<std::uint64_t>());
}

digest::Nonces::Verdict Nonces::use(std::string_view nonce, std::uint32_t count, http::Time now) {
  const std::lock_guard lock{mutex_};
  return nonces_.use(nonce, count, now);
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
