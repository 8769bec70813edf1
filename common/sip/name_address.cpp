// Name addresses, alone and in lists.
#include "common/sip/name_address.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/number.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {
namespace {

/// The tokens in front of '<'; nothing if what stands there is the URI itself.
std::optional<std::string_view> take_name_tokens(Scanner& scanner) {
  auto ahead = scanner;
  const auto* const from = ahead.position();
  while (!ahead.take_token().empty()) ahead.skip_white_space();
  if (ahead.peek() != '<') return std::nullopt;
  const auto name = trim_white_space(ahead.since(from));
  scanner = ahead;
  return name;
}

/// Up to '<' and not with it; nothing if no name-addr stands here.
Result<std::optional<std::string_view>, FaultKind> take_display_name(Scanner& scanner) {
  if (scanner.peek() != '"') return take_name_tokens(scanner);
  const auto name = scanner.take_quoted();
  if (!name) return name.error();
  scanner.skip_white_space();
  if (scanner.peek() != '<') return FaultKind::malformed_value;
  return *name;
}

/// An addr-spec ends at what would be ambiguous in it (RFC 3261, section 20).
constexpr bool is_bare_uri_character(char c) {
  return is_of(c, uri_kind) && c != ';' && c != ',' && c != '?';
}

Result<std::string_view, FaultKind> take_bare_uri(Scanner& scanner) {
  const auto uri = scanner.take_while(is_bare_uri_character);
  if (scanner.peek() == '?') return FaultKind::uri_needs_brackets;
  return uri;
}

Result<std::string_view, FaultKind> take_uri(Scanner& scanner, bool has_brackets) {
  if (!has_brackets) return take_bare_uri(scanner);
  scanner.take('<');
  const auto uri = scanner.take_until('>');
  if (!uri) return FaultKind::unbalanced_quote;
  scanner.take('>');
  return *uri;
}

}  // namespace

std::string NameAddress::name() const {
  return unquoted(display_name);
}

std::optional<std::uint32_t> NameAddress::expires() const {
  const auto text = parameters.value("expires");
  if (!text) return std::nullopt;
  const auto seconds = parse_delta_seconds(*text);
  return seconds ? std::optional{*seconds} : std::nullopt;
}

std::optional<int> NameAddress::q() const {
  constexpr int whole = 1000;
  constexpr std::size_t digits_max = 3;
  const auto text = parameters.value("q").value_or("");
  if (text != "0" && text != "1" && !text.starts_with("0.") && !text.starts_with("1.")) return std::nullopt;
  const auto digits = text.substr(std::min<std::size_t>(2, text.size()));
  if (digits.size() > digits_max) return std::nullopt;
  int thousandths = text.front() == '1' ? whole : 0;
  int worth = whole;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    thousandths += (c - '0') * (worth /= 10);
  }
  return thousandths <= whole ? std::optional{thousandths} : std::nullopt;
}

Result<NameAddress, FaultKind> parse_name_address(std::string_view value) {
  Scanner scanner{trim_white_space(value)};
  const auto display_name = take_display_name(scanner);
  if (!display_name) return display_name.error();
  const auto uri_text = take_uri(scanner, display_name->has_value());
  if (!uri_text) return uri_text.error();
  const auto uri = parse_uri(*uri_text);
  if (!uri) return uri.error();
  const auto parameters = parse_parameters(scanner.rest());
  if (!parameters) return parameters.error();
  return NameAddress{display_name->value_or(""), *uri_text, *uri, *parameters};
}

std::string name_address_text(std::string_view display_name, std::string_view uri, std::string_view parameters) {
  if (display_name.empty()) return fmt::format("<{}>{}", uri, parameters);
  return fmt::format("{} <{}>{}", quoted(display_name), uri, parameters);
}

Result<std::vector<NameAddress>, FaultKind> parse_name_addresses(const Headers& headers, HeaderName name) {
  std::vector<NameAddress> all;
  std::optional<FaultKind> fault;
  headers.for_each_element(name, [&](std::string_view element) {
    if (fault) return;
    const auto address = parse_name_address(element);
    if (!address) {
      fault = address.error();
    } else if (all.size() == elements_max) {
      fault = FaultKind::too_many_elements;
    } else {
      all.push_back(*address);
    }
  });
  if (fault) return *fault;
  return all;
}

Result<std::variant<std::vector<NameAddress>, AllContacts>, FaultKind> parse_contacts(const Headers& headers) {
  using Contacts = std::variant<std::vector<NameAddress>, AllContacts>;
  if (headers.count(HeaderName::contact) == 1 && headers.first(HeaderName::contact) == "*")
    return Contacts{AllContacts{}};
  auto addresses = parse_name_addresses(headers, HeaderName::contact);
  if (!addresses) return addresses.error();
  return Contacts{std::move(*addresses)};
}

}  // namespace labnet::sip
