#include "common/sip/authorization.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/text.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/list.hpp"
#include "common/sip/quoted.hpp"

namespace labnet::sip {
namespace {

constexpr std::string_view digest_scheme = "Digest";

/// Names in small letters, values without quotation marks.
using AuthParameters = std::vector<std::pair<std::string, std::string>>;

digest::Parameter lookup_in(const AuthParameters& parameters) {
  return [&parameters](std::string_view name) -> std::optional<std::string_view> {
    const auto found = std::ranges::find_if(parameters, [&](const auto& one) { return one.first == name; });
    if (found == parameters.end()) return std::nullopt;
    return found->second;
  };
}

/// "Digest username="101", realm="lab"", a line of which may be folded. Nothing if a name stands there twice.
std::optional<AuthParameters> digest_parameters_of(std::string_view value) {
  const auto text = unfolded(value);
  const auto blank = text.find_first_of(" \t");
  if (blank == text.npos || !equals_ignoring_case(text.substr(0, blank), digest_scheme)) return std::nullopt;
  AuthParameters parameters;
  ElementReader elements{std::string_view{text}.substr(blank)};
  while (const auto element = elements.next()) {
    const auto equals = element->find('=');
    if (equals == element->npos || parameters.size() == parameters_max) return std::nullopt;
    auto name = to_lower(trim(element->substr(0, equals)));
    if (lookup_in(parameters)(name)) return std::nullopt;
    parameters.emplace_back(std::move(name), unquoted(trim(element->substr(equals + 1))));
  }
  return parameters;
}

}  // namespace

std::optional<digest::Credentials> parse_authorization(std::string_view value) {
  const auto parameters = digest_parameters_of(value);
  return parameters ? digest::credentials_of(lookup_in(*parameters)) : std::nullopt;
}

std::optional<digest::Challenge> parse_challenge(std::string_view value) {
  const auto parameters = digest_parameters_of(value);
  return parameters ? digest::challenge_of(lookup_in(*parameters)) : std::nullopt;
}

}  // namespace labnet::sip
