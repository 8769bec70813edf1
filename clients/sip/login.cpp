#include "clients/sip/login.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/sip/authorization.hpp"

namespace labnet::sip_client {
namespace {

constexpr int stale_nonces_max = 3;  // in a row: whoever calls each new nonce stale is not to be satisfied

/// The first one that is understood: a server names the one that it likes best first (RFC 8760, section 2.4).
std::optional<digest::Challenge> challenge_in(const sip::Message& response, sip::HeaderName name) {
  std::optional<digest::Challenge> found;
  response.headers().for_each(name, [&](std::string_view value) {
    if (!found) found = sip::parse_challenge(value);
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
  const bool is_of_proxy = response.status() == 407;
  auto challenge =
      challenge_in(response, is_of_proxy ? sip::HeaderName::proxy_authenticate : sip::HeaderName::www_authenticate);
  if (!challenge) return Verdict::not_understood;
  if (password_.empty()) return Verdict::no_password;
  const int attempts = attempts_++;
  if (attempts >= (challenge->stale ? stale_nonces_max : 1)) return Verdict::wrong_password;
  if (!challenge_ || challenge_->nonce != challenge->nonce) nonce_count_ = 0;
  challenge_ = std::move(challenge);
  header_ = is_of_proxy ? sip::HeaderName::proxy_authorization : sip::HeaderName::authorization;
  return Verdict::try_again;
}

void Login::write(sip::MessageWriter& writer, std::string_view method, std::string_view uri, Names& names) {
  if (!challenge_) return;
  digest::Credentials credentials{.user = user_,
                                  .realm = challenge_->realm,
                                  .nonce = challenge_->nonce,
                                  .uri = std::string{uri},
                                  .cnonce = names.cnonce(),
                                  .nonce_count = ++nonce_count_,
                                  .opaque = challenge_->opaque,
                                  .algorithm = challenge_->algorithm,
                                  .has_qop = challenge_->has_qop};
  const auto secret = digest::secret_of(credentials.algorithm, user_, credentials.realm, password_);
  credentials.response = digest::response_of(credentials, method, secret);
  writer.header(header_, names.like() == Like::zoiper ? zoiper_text(credentials) : digest::to_text(credentials));
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
  }
  return "";
}

}  // namespace labnet::sip_client
