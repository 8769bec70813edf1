// Targets, hosts, paths and forms.
#include "common/http/target.hpp"

#include <algorithm>

#include "common/base/address.hpp"
#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";
constexpr std::size_t escape_bytes = 3;  // "%2F"

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_one_of(char c, std::string_view characters) {
  return characters.find(c) != characters.npos;
}

bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || is_one_of(c, "-._~");
}

/// RFC 3986, section 3.2.2: sub-delims; and "%", whose digits are for whoever looks the name up.
bool is_host_character(char c) {
  return is_unreserved(c) || is_one_of(c, "!$&'()*+,;=%");
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || is_one_of(c, "+-."); });
}

std::optional<std::uint8_t> octet_of(std::string_view two_digits) {
  if (two_digits.size() != escape_bytes - 1) return std::nullopt;
  return parse_integer<std::uint8_t>(two_digits, 16);
}

void add_escape(std::string& text, char c) {
  constexpr unsigned half = 4, low = 0xf;
  const auto octet = static_cast<unsigned char>(c);
  text += '%';
  text += digits[octet >> half];
  text += digits[octet & low];
}

std::string encode(std::string_view text, std::string_view others_that_stay) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c) || is_one_of(c, others_that_stay)) {
      encoded += c;
    } else {
      add_escape(encoded, c);
    }
  }
  return encoded;
}

/// The path and the query of a target.
void split_path(std::string_view text, Target& target) {
  const auto question = text.find('?');
  target.path = text.substr(0, question);
  target.has_query = question != text.npos;
  if (target.has_query) target.query = text.substr(question + 1);
}

/// "http://web.lab/music?sort=name"
Result<Target, TargetFault> parse_absolute(std::string_view text) {
  constexpr std::string_view behind_scheme = "://";
  const auto scheme_end = text.find(behind_scheme);
  Target target{.form = TargetForm::absolute, .scheme = text.substr(0, scheme_end)};
  if (scheme_end == text.npos || !is_scheme(target.scheme)) return TargetFault::malformed;
  const auto rest = text.substr(scheme_end + behind_scheme.size());
  const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
  target.authority = rest.substr(0, authority_end);
  split_path(rest.substr(authority_end), target);
  if (target.path.empty()) target.path = "/";
  const auto authority = parse_authority(target.authority);
  if (!authority || authority->host.empty()) return TargetFault::malformed;
  return target;
}

/// "web.lab:443": the port must be there (RFC 9110, section 9.3.6).
Result<Target, TargetFault> parse_authority_form(std::string_view text) {
  const auto authority = parse_authority(text);
  if (!authority || authority->host.empty() || !authority->port) return TargetFault::malformed;
  return Target{.form = TargetForm::authority, .authority = text};
}

/// Where the host ends and ":" or nothing follows; npos if it is none.
std::size_t host_end(std::string_view text) {
  if (!text.starts_with('[')) {
    const auto end = std::ranges::find_if_not(text, is_host_character);
    return static_cast<std::size_t>(end - text.begin());
  }
  const auto bracket = text.find(']');
  if (bracket == text.npos || !parse_ipv6(text.substr(1, bracket - 1))) return text.npos;
  return bracket + 1;
}

/// Of a request that has one Host at most.
Result<Authority, TargetFault> host_of(const RequestHead& request) {
  const auto host = request.fields().find("Host");
  if (!host) {
    if (request.version() == Version::http_1_1) return TargetFault::no_host;
    return Authority{};
  }
  if (request.fields().count("Host") > 1) return TargetFault::several_hosts;
  const auto authority = parse_authority(*host);
  if (!authority) return TargetFault::malformed_host;
  return *authority;
}

/// Takes the last segment off; false if there is none.
bool go_up(std::string& path) {
  if (path == "/") return false;
  path.pop_back();
  path.resize(path.rfind('/') + 1);
  return true;
}

}  // namespace

std::string_view describe(TargetFault fault) {
  switch (fault) {
    case TargetFault::malformed:
      return "the target has none of the forms that the method has";
    case TargetFault::no_host:
      return "there is no Host";
    case TargetFault::several_hosts:
      return "there is more than one Host";
    case TargetFault::malformed_host:
      return "Host is no host with or without a port";
  }
  return "";
}

std::string_view describe(PathFault fault) {
  switch (fault) {
    case PathFault::malformed_escape:
      return "a % has no two hexadecimal digits behind it";
    case PathFault::nul:
      return "the path has an octet 0 in it";
    case PathFault::above_root:
      return "the path leads above the root";
  }
  return "";
}

Result<Target, TargetFault> parse_target(std::string_view method, std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_target_character)) return TargetFault::malformed;
  if (text.find('#') != text.npos) return TargetFault::malformed;
  if (method == "CONNECT") return parse_authority_form(text);
  if (text == "*" && method == "OPTIONS") return Target{.form = TargetForm::asterisk};
  if (text.front() != '/') return parse_absolute(text);
  Target target;
  split_path(text, target);
  return target;
}

std::optional<Authority> parse_authority(std::string_view text) {
  const auto end = host_end(text);
  if (end == text.npos) return std::nullopt;
  Authority authority{text.substr(0, end), std::nullopt};
  if (end == text.size()) return authority;
  if (text[end] != ':') return std::nullopt;
  const auto port = text.substr(end + 1);
  if (port.empty()) return authority;
  if (!std::ranges::all_of(port, is_digit)) return std::nullopt;
  authority.port = parse_integer<std::uint16_t>(port);
  if (!authority.port) return std::nullopt;
  return authority;
}

Result<Destination, TargetFault> destination_of(const RequestHead& request) {
  const auto target = parse_target(request.method(), request.target());
  if (!target) return target.error();
  const auto host = host_of(request);
  if (!host) return host.error();
  if (target->authority.empty()) return Destination{*target, *host};
  return Destination{*target, *parse_authority(target->authority)};
}

Result<std::string, PathFault> decode_path(std::string_view path) {
  const auto decoded = percent_decode(path);
  if (!decoded) return PathFault::malformed_escape;
  if (decoded->find('\0') != decoded->npos) return PathFault::nul;
  std::string resolved = "/";
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    const bool is_last = end == rest.size();
    rest.remove_prefix(is_last ? end : end + 1);
    if (segment == "..") {
      if (!go_up(resolved)) return PathFault::above_root;
    } else if (!segment.empty() && segment != ".") {
      resolved += segment;
      if (!is_last) resolved += '/';
    }
  }
  return resolved;
}

std::string encode_path(std::string_view path) {
  return encode(path, "/!$&'()*+,;=:@");
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto octet = octet_of(text.substr(i + 1, escape_bytes - 1));
    if (!octet) return std::nullopt;
    decoded += static_cast<char>(*octet);
    i += escape_bytes - 1;
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  return encode(text, "");
}

std::optional<FormPairs> parse_form(std::string_view text) {
  FormPairs pairs;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (pairs.size() == form_pairs_max) return std::nullopt;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return std::nullopt;
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

std::string to_form(const FormPairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += percent_encode(name);
    text += '=';
    text += percent_encode(value);
  }
  return text;
}

}  // namespace labnet::http
