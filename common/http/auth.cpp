// Credentials and challenges, and Basic.
#include "common/http/auth.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/base64.hpp"
#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/limits.hpp"
#include "common/http/list.hpp"
#include "common/http/media_type.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view basic = "Basic";

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < ' ' || octet == 0x7f;
}

/// RFC 9110, section 11.2: letters, digits and "-._~+/", then "=" as many as there are.
bool is_token68(std::string_view text) {
  const auto is_character = [](char c) {
    const auto lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) ||
           std::string_view{"-._~+/"}.find(c) != std::string_view::npos;
  };
  const auto padding = std::ranges::find_if_not(text, is_character);
  return padding != text.begin() && std::all_of(padding, text.end(), [](char c) { return c == '='; });
}

bool add_parameter(std::string_view text, Authentication& to) {
  const auto parameter = parse_parameter(text);
  const auto value = parse_word(parameter.value);
  const auto name = to_lower(parameter.name);
  if (!is_token(name) || !value || !to.token.empty()) return false;
  if (to.parameter(name) || to.parameters.size() == parameters_max) return false;
  to.parameters.emplace_back(name, *value);
  return true;
}

/// The scheme that an element of the list begins with: a token with a space or nothing behind it. Empty for
/// "name=value" and "name = value".
std::string_view scheme_of(std::string_view element) {
  const auto size = static_cast<std::size_t>(std::ranges::find_if_not(element, is_token_character) - element.begin());
  const auto behind = element.substr(size);
  if (behind.empty()) return element;
  const bool has_blank = behind.front() == ' ' || behind.front() == '\t';
  return has_blank && !trim(behind).starts_with('=') ? element.substr(0, size) : std::string_view{};
}

bool add_element(std::string_view element, std::vector<Authentication>& all) {
  const auto scheme = scheme_of(element);
  if (scheme.empty()) return !all.empty() && add_parameter(element, all.back());
  all.push_back({std::string{scheme}, {}});
  const auto rest = trim(element.substr(scheme.size()));
  if (rest.empty()) return true;
  if (!is_token68(rest)) return add_parameter(rest, all.back());
  all.back().token = rest;
  return true;
}

}  // namespace

std::optional<std::string_view> Authentication::parameter(std::string_view name) const {
  const auto place =
      std::ranges::find(parameters, name, [](const auto& pair) -> std::string_view { return pair.first; });
  if (place == parameters.end()) return std::nullopt;
  return place->second;
}

bool Authentication::is(std::string_view scheme_name) const {
  return equals_ignoring_case(scheme, scheme_name);
}

std::optional<std::vector<Authentication>> parse_challenges(std::string_view value) {
  std::vector<Authentication> all;
  ListReader elements{value};
  while (const auto element = elements.next()) {
    if (!add_element(*element, all)) return std::nullopt;
  }
  if (all.empty()) return std::nullopt;
  return all;
}

std::optional<Authentication> parse_credentials(std::string_view value) {
  auto all = parse_challenges(value);
  if (!all || all->size() != 1) return std::nullopt;
  return std::move(all->front());
}

std::optional<BasicCredentials> parse_basic(std::string_view value) {
  const auto credentials = parse_credentials(value);
  if (!credentials || !credentials->is(basic)) return std::nullopt;
  const auto octets = parse_base64(credentials->token);
  if (!octets) return std::nullopt;
  const auto text = as_text(*octets);
  const auto colon = text.find(':');
  if (colon == text.npos || std::ranges::any_of(text, is_control)) return std::nullopt;
  return BasicCredentials{std::string{text.substr(0, colon)}, std::string{text.substr(colon + 1)}};
}

std::optional<std::string> to_text(const BasicCredentials& credentials) {
  const auto text = fmt::format("{}:{}", credentials.user, credentials.password);
  if (credentials.user.find(':') != std::string::npos || std::ranges::any_of(text, is_control)) return std::nullopt;
  return fmt::format("{} {}", basic, base64(as_bytes(text)));
}

std::string basic_challenge(std::string_view realm) {
  return fmt::format("{} realm={}, charset=\"UTF-8\"", basic, quoted(realm));
}

}  // namespace labnet::http
