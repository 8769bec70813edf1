// Addresses of streams read and written.
#include "common/rtmp/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/percent.hpp"

namespace labnet::rtmp {
namespace {

struct SchemeRow {
  Scheme scheme;
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array<SchemeRow, 4> schemes{{
    {Scheme::rtmp, "rtmp", 1935},
    {Scheme::rtmps, "rtmps", 443},
    {Scheme::rtmpt, "rtmpt", 80},
    {Scheme::rtmpts, "rtmpts", 443},
}};
const SchemeRow& row_of(Scheme scheme) {
  return *std::ranges::find(schemes, scheme, &SchemeRow::scheme);
}

bool is_free_of_controls(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

Result<void> take_user(std::string_view text, Url& url) {
  const auto colon = text.find(':');
  auto user = percent_decode(text.substr(0, colon));
  if (!user) return Error{"two hexadecimal digits are missing behind % in the user's name"};
  url.user = *std::move(user);
  if (colon == text.npos) return {};
  url.password = percent_decode(text.substr(colon + 1));
  if (!url.password) return Error{"two hexadecimal digits are missing behind % in the password"};
  return {};
}

Result<void> take_host(std::string_view text, Url& url) {
  std::string_view rest;  // ":1935"
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return Error{"an IPv6 address stands in [ and ], and the ] is missing"};
    url.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    url.host = text.substr(0, colon);
    if (colon != text.npos) rest = text.substr(colon);
  }
  if (url.host.empty()) return Error{"there is no host: rtmp://HOST/APP/STREAM"};
  if (rest.empty() || rest == ":") return {};
  const auto port = rest.front() == ':' ? parse_integer<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0) return Error{"the port is not a number from 1 to 65535: ", rest.substr(1)};
  url.port = *port;
  return {};
}

/// path  behind the slash that ends the host
void take_path(std::string_view path, Url& url) {
  // Slashes and the like in arguments are none of the path's.
  const auto is_slash_of_path = [end = std::min(path.find('?'), path.size())](std::size_t at) { return at < end; };
  const auto first = path.find('/');
  if (!is_slash_of_path(first)) {
    url.app = path;
    return;
  }
  const auto second = path.find('/', first + 1);
  const auto app_end = is_slash_of_path(second) && second + 1 < path.size() ? second : first;
  url.app = path.substr(0, app_end);
  url.stream = path.substr(app_end + 1);
}

std::string without_path(const Url& url) {
  const auto& row = row_of(url.scheme);
  const auto host = url.host.find(':') == url.host.npos ? url.host : fmt::format("[{}]", url.host);
  auto text = fmt::format("{}://{}", row.name, host);
  if (url.port != row.port) text += fmt::format(":{}", url.port);
  return text;
}

}  // namespace

std::string_view name_of(Scheme scheme) {
  return row_of(scheme).name;
}
std::uint16_t default_port(Scheme scheme) {
  return row_of(scheme).port;
}

Result<Url> parse_url(std::string_view text) {
  constexpr std::string_view scheme_end = "://";
  if (text.size() > url_bytes_max) return Error{"the address is too long"};
  if (!is_free_of_controls(text)) return Error{"there is a space or a control character in the address"};
  const auto end = text.find(scheme_end);
  const auto row = std::ranges::find(schemes, to_lower(text.substr(0, end)), &SchemeRow::name);
  if (end == text.npos || row == schemes.end())
    return Error{"an address begins with rtmp://, rtmps://, rtmpt:// or rtmpts://"};
  text.remove_prefix(end + scheme_end.size());
  text = text.substr(0, text.find('#'));
  Url url{.scheme = row->scheme, .port = row->port};
  const auto slash = std::min(text.find_first_of("/?"), text.size());
  auto authority = text.substr(0, slash);
  if (const auto at = authority.rfind('@'); at != authority.npos) {
    if (const auto taken = take_user(authority.substr(0, at), url); !taken) return taken.error();
    authority.remove_prefix(at + 1);
  }
  if (const auto taken = take_host(authority, url); !taken) return taken.error();
  take_path(text.substr(slash).substr(text.substr(slash).starts_with('/') ? 1 : 0), url);
  return url;
}

std::string tc_url_of(const Url& url) {
  return without_path(url) + fmt::format("/{}", url.app);
}
std::string to_text(const Url& url) {
  return url.stream.empty() ? tc_url_of(url) : tc_url_of(url) + fmt::format("/{}", url.stream);
}

}  // namespace labnet::rtmp
