// Digest's texts and hashes.
#include "common/digest/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/crypto/hash.hpp"

namespace labnet::digest {
namespace {

constexpr std::string_view qop_auth = "auth";
constexpr std::size_t nonce_count_digits = 8;

std::string hash_text(Algorithm algorithm, std::string_view text) {
  const auto method = algorithm == Algorithm::md5 ? crypto::HashMethod::md5 : crypto::HashMethod::sha256;
  return crypto::to_hex(crypto::hash(method, as_bytes(text)));
}

/// MD5 where none is named (RFC 7616, section 3.3).
std::optional<Algorithm> algorithm_in(const Parameter& parameter) {
  const auto name = parameter("algorithm");
  if (!name) return Algorithm::md5;
  for (const auto algorithm : {Algorithm::md5, Algorithm::sha256}) {
    if (equals_ignoring_case(*name, name_of(algorithm))) return algorithm;
  }
  return std::nullopt;
}

bool offers_auth(std::string_view qop) {
  return std::ranges::any_of(split(qop, ','),
                             [](std::string_view offer) { return equals_ignoring_case(trim(offer), qop_auth); });
}

std::optional<std::uint32_t> parse_nonce_count(std::string_view text) {
  if (text.size() != nonce_count_digits) return std::nullopt;
  return parse_integer<std::uint32_t>(text, hexadecimal_base);
}

std::string opaque_parameter(std::string_view opaque) {
  return opaque.empty() ? std::string{} : fmt::format(", opaque={}", quoted(opaque));
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  return algorithm == Algorithm::md5 ? "MD5" : "SHA-256";
}

std::string to_text(const Challenge& challenge) {
  return fmt::format("Digest realm={}{}, algorithm={}, nonce={}{}{}", quoted(challenge.realm),
                     challenge.has_qop ? ", qop=\"auth\"" : "", name_of(challenge.algorithm), quoted(challenge.nonce),
                     opaque_parameter(challenge.opaque), challenge.stale ? ", stale=true" : "");
}

std::optional<Challenge> challenge_of(const Parameter& parameter) {
  const auto realm = parameter("realm"), nonce = parameter("nonce"), qop = parameter("qop");
  const auto algorithm = algorithm_in(parameter);
  if (!realm || !nonce || !algorithm || (qop && !offers_auth(*qop))) return std::nullopt;
  return Challenge{.realm = std::string{*realm},
                   .nonce = std::string{*nonce},
                   .opaque = std::string{parameter("opaque").value_or("")},
                   .algorithm = *algorithm,
                   .stale = equals_ignoring_case(parameter("stale").value_or(""), "true"),
                   .has_qop = qop.has_value()};
}

std::string to_text(const Credentials& credentials) {
  const auto protection = credentials.has_qop ? fmt::format(", nc={:08x}, cnonce={}, qop={}", credentials.nonce_count,
                                                            quoted(credentials.cnonce), qop_auth)
                                              : std::string{};
  return fmt::format("Digest username={}, realm={}, uri={}, algorithm={}, nonce={}{}, response={}{}",
                     quoted(credentials.user), quoted(credentials.realm), quoted(credentials.uri),
                     name_of(credentials.algorithm), quoted(credentials.nonce), protection,
                     quoted(credentials.response), opaque_parameter(credentials.opaque));
}

std::optional<Credentials> credentials_of(const Parameter& parameter) {
  const auto text_of = [&](std::string_view name) { return std::string{parameter(name).value_or("")}; };
  for (const auto* needed : {"username", "realm", "nonce", "uri", "response"}) {
    if (!parameter(needed)) return std::nullopt;
  }
  const auto algorithm = algorithm_in(parameter);
  if (!algorithm) return std::nullopt;
  Credentials credentials{.user = text_of("username"),
                          .realm = text_of("realm"),
                          .nonce = text_of("nonce"),
                          .uri = text_of("uri"),
                          .response = text_of("response"),
                          .cnonce = text_of("cnonce"),
                          .opaque = text_of("opaque"),
                          .algorithm = *algorithm,
                          .has_qop = parameter("qop").has_value()};
  if (!credentials.has_qop) return credentials;
  const auto nonce_count = parse_nonce_count(text_of("nc"));
  if (!equals_ignoring_case(*parameter("qop"), qop_auth) || !parameter("cnonce") || !nonce_count) return std::nullopt;
  credentials.nonce_count = *nonce_count;
  return credentials;
}

std::string secret_of(Algorithm algorithm, std::string_view user, std::string_view realm, std::string_view password) {
  return hash_text(algorithm, fmt::format("{}:{}:{}", user, realm, password));
}

std::string response_of(const Credentials& credentials, std::string_view method, std::string_view secret) {
  const auto asked_for = hash_text(credentials.algorithm, fmt::format("{}:{}", method, credentials.uri));
  const auto protection = credentials.has_qop
                              ? fmt::format("{:08x}:{}:{}:", credentials.nonce_count, credentials.cnonce, qop_auth)
                              : std::string{};
  return hash_text(credentials.algorithm, fmt::format("{}:{}:{}{}", secret, credentials.nonce, protection, asked_for));
}

bool is_right(const Credentials& credentials, std::string_view method, std::string_view secret) {
  return equals_in_constant_time(response_of(credentials, method, secret), to_lower(credentials.response));
}

}  // namespace labnet::digest
