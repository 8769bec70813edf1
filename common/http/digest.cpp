#include "common/http/digest.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view digest_scheme = "Digest";

digest::Parameter parameters_of(const Authentication& from) {
  return [&from](std::string_view name) { return from.parameter(name); };
}

}  // namespace

std::optional<digest::Challenge> digest_challenge_of(const Authentication& challenge) {
  if (!challenge.is(digest_scheme)) return std::nullopt;
  auto digest = digest::challenge_of(parameters_of(challenge));
  return digest && digest->has_qop ? std::move(digest) : std::nullopt;
}

std::optional<digest::Credentials> parse_digest(std::string_view value) {
  const auto from = parse_credentials(value);
  if (!from || !from->is(digest_scheme)) return std::nullopt;
  auto digest = digest::credentials_of(parameters_of(*from));
  return digest && digest->has_qop ? std::move(digest) : std::nullopt;
}

}  // namespace labnet::http
