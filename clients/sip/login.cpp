#include "clients/sip/login.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/text.hpp"
#include "common/sip/authorization.hpp"

namespace labnet::sip_client {
namespace {

using sip::HeaderName;

constexpr int stale_nonces_max = 3;  // in a row: whoever calls each new nonce stale is not to be satisfied

/// One of each realm: the first that is understood, as a server names the one that it likes best first (RFC 8760,
/// section 2.4).
std::vector<digest::Challenge> challenges_in(const sip::Message& response, HeaderName name) {
  std::vector<digest::Challenge> found;
  response.headers().for_each(name, [&](std::string_view value) {
    auto challenge = sip::parse_challenge(value);
    const auto is_of_same_realm = [&](const auto& one) { return one.realm == challenge->realm; };
    if (challenge && std::ranges::none_of(found, is_of_same_realm)) found.push_back(*std::move(challenge));
  });
  return found;
}

/// The same parameters in Zoiper's order, without blanks behind the commas.
std::string zoiper_text(const digest::Credentials& credentials) {
  auto text = fmt::format("Digest username={},realm={},nonce={},uri={},response={}", quoted(credentials.user),
                          quoted(credentials.realm), quoted(credentials.nonce), quoted(credentials.uri),
                          quoted(credentials.response));
  if (credentials.has_qop) {
    text += fmt::format(",cnonce={},nc={:08x},qop=auth", quoted(credentials.cnonce), credentials.nonce_count);
  }
  text += fmt::format(",algorithm={}", digest::name_of(credentials.algorithm));
  if (!credentials.opaque.empty()) text += fmt::format(",opaque={}", quoted(credentials.opaque));
  return text;
}

}  // namespace

Login::Verdict Login::learn(const sip::Message& response) {
  constexpr std::array header_pairs{std::pair{HeaderName::www_authenticate, HeaderName::authorization},
                                    std::pair{HeaderName::proxy_authenticate, HeaderName::proxy_authorization}};
  auto worst = Verdict::not_understood;
  bool is_to_try = false;
  for (const auto& [asks, answers] : header_pairs) {
    for (auto& challenge : challenges_in(response, asks)) {
      const auto verdict = learn(answers, std::move(challenge));
      if (verdict == Verdict::too_many_realms) return verdict;
      if (verdict == Verdict::try_again) {
        is_to_try = true;
      } else if (worst != Verdict::wrong_password) {
        worst = verdict;
      }
    }
  }
  return is_to_try ? Verdict::try_again : worst;
}

Login::Verdict Login::learn(HeaderName header, digest::Challenge challenge) {
  if (identity_for(challenge.realm).password.empty()) return Verdict::no_password;
  const auto is_same = [&](const Realm& one) { return one.header == header && one.challenge.realm == challenge.realm; };
  auto realm = std::ranges::find_if(realms_, is_same);
  if (realm == realms_.end()) {
    if (realms_.size() == realms_max) return Verdict::too_many_realms;
    realm = realms_.insert(realm, Realm{.header = header, .challenge = challenge});
  }
  const int attempts = realm->attempts++;
  if (attempts >= (challenge.stale ? stale_nonces_max : 1)) return Verdict::wrong_password;
  if (realm->challenge.nonce != challenge.nonce) realm->nonce_count = 0;
  realm->challenge = std::move(challenge);
  return Verdict::try_again;
}

void Login::accepted() {
  for (auto& realm : realms_) realm.attempts = 0;
}

Login::Identity Login::identity_for(std::string_view realm) const {
  const auto own = std::ranges::find(config_->logins, realm, &RealmLogin::realm);
  if (own == config_->logins.end()) return {config_->user, config_->password};
  return {own->user, own->password};
}

void Login::write(sip::MessageWriter& writer, std::string_view method, std::string_view uri, Names& names) {
  for (auto& realm : realms_) {
    const auto& challenge = realm.challenge;
    const auto identity = identity_for(challenge.realm);
    digest::Credentials credentials{.user = std::string{identity.user},
                                    .realm = challenge.realm,
                                    .nonce = challenge.nonce,
                                    .uri = std::string{uri},
                                    .cnonce = names.cnonce(),
                                    .nonce_count = ++realm.nonce_count,
                                    .opaque = challenge.opaque,
                                    .algorithm = challenge.algorithm,
                                    .has_qop = challenge.has_qop};
    const auto secret = digest::secret_of(credentials.algorithm, identity.user, credentials.realm, identity.password);
    credentials.response = digest::response_of(credentials, method, secret);
    writer.header(realm.header, names.like() == Like::zoiper ? zoiper_text(credentials) : digest::to_text(credentials));
  }
}

std::string_view Login::describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::try_again:
      return "";
    case Verdict::wrong_password:
      return "the server does not accept the number and its password";
    case Verdict::no_password:
      return "the server asks for a password";
    case Verdict::not_understood:
      return "the server asks for a kind of login that is not known here";
    case Verdict::too_many_realms:
      return "the server asks for a password in ever other realms";
  }
  return "";
}

}  // namespace labnet::sip_client
