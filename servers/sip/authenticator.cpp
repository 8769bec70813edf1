#include "servers/sip/authenticator.hpp"

#include <fmt/format.h>

#include "common/sip/authorization.hpp"

namespace labnet::sip_server {
namespace {

constexpr int nonce_key_words = 4;

Buffer key_of(const std::function<std::uint64_t()>& random) {
  Buffer key;
  ByteWriter writer{key};
  for (int i = 0; i < nonce_key_words; ++i) writer.u64(random());
  return key;
}

/// A client hashes the URI as it writes it, and proxies may change that of the request: it has to be a URI of this
/// exchange, which one is for the response to protect.
bool is_about(const digest::Credentials& credentials, const sip::Message& request) {
  const auto uri = sip::parse_uri(credentials.uri);
  return uri && (uri->host == request.request_uri().host || credentials.uri == request.request_uri_text());
}

}  // namespace

std::string describe(CredentialFault fault, std::string_view user) {
  switch (fault) {
    case CredentialFault::none:
      return "in order";
    case CredentialFault::missing:
      return "no credentials";
    case CredentialFault::malformed:
      return "credentials that cannot be read, or of another scheme than Digest";
    case CredentialFault::wrong_realm:
      return "credentials for another realm";
    case CredentialFault::unknown_user:
      return fmt::format("there is no user {}", user);
    case CredentialFault::wrong_password:
      return fmt::format("the password of {} is wrong", user);
    case CredentialFault::stale:
      return fmt::format("the nonce of {} is too old; the client has to try again", user);
    case CredentialFault::wrong_nonce:
      return fmt::format("the nonce of {} was not given to this address; the client has to try again", user);
    case CredentialFault::wrong_uri:
      return fmt::format("the credentials of {} are for another URI", user);
  }
  return {};
}

Authenticator::Authenticator(std::string realm, std::function<std::uint64_t()> random)
    : realm_{std::move(realm)},
      random_{std::move(random)},
      nonces_{key_of(random_)},
      stand_in_{fmt::format("{:032x}", random_())} {}

void Authenticator::set_users(const std::vector<User>& users) {
  secrets_.clear();
  for (const auto& user : users) {
    secrets_[user.number] = digest::secret_of(digest::Algorithm::md5, user.number, realm_, user.password);
  }
}

std::string Authenticator::challenge(const IpAddress& to, bool is_stale, digest::Time now) {
  auto nonce = nonces_.issue(now, random_(), to_string(to));
  return digest::to_text(digest::Challenge{.realm = realm_, .nonce = std::move(nonce), .stale = is_stale});
}

Identity Authenticator::identify(const sip::Message& request, sip::HeaderName header, const IpAddress& from,
                                 digest::Time now) {
  if (!request.headers().has(header)) return {.fault = CredentialFault::missing};
  std::optional<digest::Credentials> credentials;
  bool is_any_readable = false;
  request.headers().for_each(header, [&](std::string_view value) {
    auto one = sip::parse_authorization(value);
    is_any_readable = is_any_readable || one.has_value();
    if (one && one->realm == realm_) credentials = std::move(one);
  });
  if (!credentials) return {.fault = is_any_readable ? CredentialFault::wrong_realm : CredentialFault::malformed};

  Identity identity{.claimed = credentials->user};
  const auto client = to_string(from);
  const auto secret = secrets_.find(credentials->user);
  const bool is_known = secret != secrets_.end() && credentials->algorithm == digest::Algorithm::md5;
  const bool is_right = digest::is_right(*credentials, request.method_text(), is_known ? secret->second : stand_in_);
  if (!is_known || !is_right) {
    const bool is_given = nonces_.look_at(credentials->nonce, now, client) != digest::Nonces::Verdict::wrong;
    identity.fault = !is_given  ? CredentialFault::wrong_nonce
                     : is_known ? CredentialFault::wrong_password
                                : CredentialFault::unknown_user;
    return identity;
  }
  if (!is_about(*credentials, request)) {
    identity.fault = CredentialFault::wrong_uri;
    return identity;
  }
  // Without a count (RFC 2069) a nonce serves once: whoever has heard it could use it, too.
  const auto count = credentials->has_qop ? credentials->nonce_count : 1;
  const auto verdict = nonces_.use(credentials->nonce, count, now, client);
  if (verdict == digest::Nonces::Verdict::stale) identity.fault = CredentialFault::stale;
  if (verdict == digest::Nonces::Verdict::wrong) identity.fault = CredentialFault::wrong_nonce;
  identity.is_repeated = verdict == digest::Nonces::Verdict::repeated;
  if (identity.fault == CredentialFault::none) identity.user = credentials->user;
  return identity;
}

}  // namespace labnet::sip_server
