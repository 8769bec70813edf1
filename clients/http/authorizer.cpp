#include "clients/http/authorizer.hpp"

#include <array>

#include "common/base/text.hpp"
#include "common/net/random.hpp"

namespace labnet::http_client {
namespace {

std::string random_text() {
  std::array<std::byte, 16> octets;
  net::fill_randomly(octets);
  return hexadecimal(octets);
}

/// The challenges of all lines; those that are malformed are passed over.
std::vector<http::Authentication> challenges_in(const http::Fields& fields) {
  std::vector<http::Authentication> all;
  fields.for_each("WWW-Authenticate", [&](std::string_view value) {
    auto some = http::parse_challenges(value);
    if (!some) return;
    for (auto& one : *some) all.push_back(std::move(one));
  });
  return all;
}

}  // namespace

std::optional<std::string> realm_of(const http::Fields& response) {
  for (const auto& challenge : challenges_in(response)) {
    if (const auto realm = challenge.parameter("realm")) return std::string{*realm};
  }
  return std::nullopt;
}

Authorizer::Authorizer(http::BasicCredentials user, bool sends_at_once) : user_{std::move(user)} {
  if (sends_at_once) scheme_ = Scheme::basic;
}

bool Authorizer::take_challenge(const http::Fields& response) {
  const auto all = challenges_in(response);
  std::optional<digest::Challenge> digest;
  bool offers_basic = false;
  for (const auto& challenge : all) {
    offers_basic = offers_basic || challenge.is("Basic");
    const auto one = http::digest_challenge_of(challenge);
    const auto is_better = one && (!digest || one->algorithm == digest::Algorithm::sha256);
    if (is_better) digest = one;
  }
  const auto was = scheme_;
  if (digest) {
    const auto is_refused = was == Scheme::digest && !digest->stale;
    scheme_ = Scheme::digest;
    challenge_ = *digest;
    requests_ = 0;
    return !is_refused;
  }
  // Who has met Digest does not send the password itself (RFC 7616, section 5.13): somebody may stand in between.
  if (!offers_basic || was != Scheme::none) return false;
  scheme_ = Scheme::basic;
  return http::to_text(user_).has_value();
}

std::optional<std::string> Authorizer::value_for(std::string_view method, std::string_view target) {
  if (scheme_ == Scheme::basic) return http::to_text(user_);
  if (scheme_ == Scheme::digest) return digest_value(method, target);
  return std::nullopt;
}

std::string Authorizer::digest_value(std::string_view method, std::string_view target) {
  digest::Credentials credentials{.user = user_.user,
                                  .realm = challenge_.realm,
                                  .nonce = challenge_.nonce,
                                  .uri = std::string{target},
                                  .cnonce = random_text(),
                                  .nonce_count = ++requests_,
                                  .opaque = challenge_.opaque,
                                  .algorithm = challenge_.algorithm};
  const auto secret = digest::secret_of(challenge_.algorithm, user_.user, challenge_.realm, user_.password);
  credentials.response = digest::response_of(credentials, method, secret);
  return digest::to_text(credentials);
}

}  // namespace labnet::http_client
