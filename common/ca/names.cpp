#include "common/ca/names.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::ca {
namespace {

bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

bool is_label(std::string_view label) {
  const auto is_inside = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, is_inside);
}

}  // namespace

std::string objection_to_name(std::string_view name) {
  if (name.size() > name_bytes_max) return "expected a name of at most " + std::to_string(name_bytes_max) + " bytes";
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return "expected letters of ASCII; write others as the DNS does (xn--...)";
  }
  auto labels = split(name, '.');
  // Right below a top-level domain clients take no wildcard (RFC 6125, section 7.2).
  if (labels.size() > 2 && labels.front() == "*") labels.erase(labels.begin());
  const auto is_number = std::ranges::all_of(labels.back(), is_digit);  // an address, or nothing at all
  if (is_number || !std::ranges::all_of(labels, is_label)) {
    return "expected a host name such as ftps.labredes71.com, or *.labredes71.com for all below it";
  }
  return {};
}

std::string objection_to_ocsp_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (url.size() > ocsp_url_bytes_max)
    return "expected a URL of at most " + std::to_string(ocsp_url_bytes_max) + " bytes";
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  const auto has_host = url.size() > scheme.size() && url[scheme.size()] != '/';
  if (!url.starts_with(scheme) || !has_host || !std::ranges::all_of(url, is_visible)) {
    return "expected the URL of an OCSP responder, such as http://ocsp.labredes71.com/";
  }
  return {};
}

bool is_at_or_below(std::string_view name, std::string_view domain) {
  if (name.size() < domain.size()) return false;
  const auto above = name.size() - domain.size();
  return equals_ignoring_case(name.substr(above), domain) && (above == 0 || name[above - 1] == '.');
}

bool is_at_or_below(std::string_view name, std::span<const std::string> domains) {
  return std::ranges::any_of(domains, [&](const std::string& domain) { return is_at_or_below(name, domain); });
}

bool is_private_label(std::string_view name) {
  const auto is_no_letter = [](char c) { return is_digit(c) || c == '-'; };
  return name.find('.') == name.npos && !to_lower(name).starts_with("xn--") && std::ranges::any_of(name, is_no_letter);
}

const std::vector<std::string>& usual_domains() {
  static const std::vector<std::string> domains{
      "labredes71.com",
      // RFC 6761, section 6: for examples, tests, and the machine itself
      "localhost",
      "test",
      "example",
      "example.com",
      "example.net",
      "example.org",
      // RFC 6762 and RFC 8375: of the network at hand
      "local",
      "home.arpa",
      // in use for the same, and no top-level domains
      "internal",
      "lan",
      "lab",
  };
  return domains;
}

}  // namespace labnet::ca
