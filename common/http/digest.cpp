// Digest's texts and hashes.
#include "common/http/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"
#include "common/http/list.hpp"
#include "common/http/media_type.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view digest = "Digest";
constexpr std::string_view qop_auth = "auth";
constexpr std::size_t nonce_count_digits = 8;

std::string hash_text(DigestAlgorithm algorithm, std::string_view text) {
  const auto method = algorithm == DigestAlgorithm::md5 ? crypto::HashMethod::md5 : crypto::HashMethod::sha256;
  return crypto::to_hex(crypto::hash(method, as_bytes(text)));
}

/// MD5 where none is named (RFC 7616, section 3.3).
std::optional<DigestAlgorithm> algorithm_in(const Authentication& from) {
  const auto name = from.parameter("algorithm");
  if (!name) return DigestAlgorithm::md5;
  for (const auto algorithm : {DigestAlgorithm::md5, DigestAlgorithm::sha256}) {
    if (equals_ignoring_case(*name, name_of(algorithm))) return algorithm;
  }
  return std::nullopt;
}

bool offers_auth(std::string_view qop) {
  ListReader offers{qop};
  while (const auto offer = offers.next()) {
    if (equals_ignoring_case(*offer, qop_auth)) return true;
  }
  return false;
}

std::optional<std::uint32_t> parse_nonce_count(std::string_view text) {
  if (text.size() != nonce_count_digits) return std::nullopt;
  return parse_integer<std::uint32_t>(text, hexadecimal_base);
}

std::string opaque_parameter(std::string_view opaque) {
  return opaque.empty() ? std::string{} : fmt::format(", opaque={}", quoted(opaque));
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5 ? "MD5" : "SHA-256";
}

std::string to_text(const DigestChallenge& challenge) {
  return fmt::format("{} realm={}, qop=\"{}\", algorithm={}, nonce={}{}{}", digest, quoted(challenge.realm), qop_auth,
                     name_of(challenge.algorithm), quoted(challenge.nonce), opaque_parameter(challenge.opaque),
                     challenge.stale ? ", stale=true" : "");
}

std::optional<DigestChallenge> digest_challenge_of(const Authentication& challenge) {
  const auto realm = challenge.parameter("realm"), nonce = challenge.parameter("nonce");
  const auto algorithm = algorithm_in(challenge);
  if (!challenge.is(digest) || !realm || !nonce || !algorithm) return std::nullopt;
  if (!offers_auth(challenge.parameter("qop").value_or(""))) return std::nullopt;
  return DigestChallenge{.realm = std::string{*realm},
                         .nonce = std::string{*nonce},
                         .opaque = std::string{challenge.parameter("opaque").value_or("")},
                         .algorithm = *algorithm,
                         .stale = equals_ignoring_case(challenge.parameter("stale").value_or(""), "true")};
}

std::string to_text(const DigestCredentials& credentials) {
  return fmt::format(
      "{} username={}, realm={}, uri={}, algorithm={}, nonce={}, nc={:08x}, cnonce={}, qop={}, response={}{}", digest,
      quoted(credentials.user), quoted(credentials.realm), quoted(credentials.uri), name_of(credentials.algorithm),
      quoted(credentials.nonce), credentials.nonce_count, quoted(credentials.cnonce), qop_auth,
      quoted(credentials.response), opaque_parameter(credentials.opaque));
}

std::optional<DigestCredentials> parse_digest(std::string_view value) {
  const auto from = parse_credentials(value);
  if (!from || !from->is(digest)) return std::nullopt;
  for (const auto* needed : {"username", "realm", "nonce", "uri", "response", "cnonce", "nc", "qop"}) {
    if (!from->parameter(needed)) return std::nullopt;
  }
  const auto algorithm = algorithm_in(*from);
  const auto nonce_count = parse_nonce_count(*from->parameter("nc"));
  if (!algorithm || !nonce_count || !equals_ignoring_case(*from->parameter("qop"), qop_auth)) return std::nullopt;
  const auto text_of = [&](std::string_view name) { return std::string{from->parameter(name).value_or("")}; };
  return DigestCredentials{.user = text_of("username"),
                           .realm = text_of("realm"),
                           .nonce = text_of("nonce"),
                           .uri = text_of("uri"),
                           .response = text_of("response"),
                           .cnonce = text_of("cnonce"),
                           .nonce_count = *nonce_count,
                           .opaque = text_of("opaque"),
                           .algorithm = *algorithm};
}

std::string digest_secret(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                          std::string_view password) {
  return hash_text(algorithm, fmt::format("{}:{}:{}", user, realm, password));
}

std::string digest_response(const DigestCredentials& credentials, std::string_view method, std::string_view secret) {
  const auto asked_for = hash_text(credentials.algorithm, fmt::format("{}:{}", method, credentials.uri));
  return hash_text(credentials.algorithm,
                   fmt::format("{}:{}:{:08x}:{}:{}:{}", secret, credentials.nonce, credentials.nonce_count,
                               credentials.cnonce, qop_auth, asked_for));
}

bool response_is_right(const DigestCredentials& credentials, std::string_view method, std::string_view secret) {
  return equals_in_constant_time(digest_response(credentials, method, secret), to_lower(credentials.response));
}

}  // namespace labnet::http
