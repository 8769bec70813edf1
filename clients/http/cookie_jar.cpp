#include "clients/http/cookie_jar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clients/http/limits.hpp"
#include "clients/http/public_suffix.hpp"
#include "common/base/text.hpp"
#include "common/http/characters.hpp"
#include "common/http/cookie.hpp"
#include "common/resolver/address.hpp"

namespace labnet::http_client {
namespace {

constexpr std::string_view file_title = "# Netscape HTTP Cookie File";
/// What curl and others have in front of the domain of a cookie that scripts of the page do not get.
constexpr std::string_view http_only_mark = "#HttpOnly_";

std::string_view path_of(const Url& url) {
  return std::string_view{url.target}.substr(0, url.target.find('?'));
}

/// Of a cookie that names none: the folder (section 5.1.4).
std::string default_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos || slash == 0 ? "/" : std::string{path.substr(0, slash)};
}

/// Section 5.1.3.
bool is_in_domain(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.' &&
         !parse_ip(host);
}

/// Section 5.1.4.
bool is_below(std::string_view path, std::string_view of_cookie) {
  if (!path.starts_with(of_cookie)) return false;
  return path.size() == of_cookie.size() || of_cookie.ends_with('/') || path[of_cookie.size()] == '/';
}

}  // namespace

bool CookieJar::Cookie::is_for(const Url& url) const {
  const auto is_of_host = is_of_one_host ? url.origin.host == domain : is_in_domain(url.origin.host, domain);
  return is_of_host && is_below(path_of(url), path) && (!is_secure || url.origin.is_https);
}

void CookieJar::take(const Url& url, const http::Fields& response, http::Time now) {
  response.for_each("Set-Cookie", [&](std::string_view value) {
    const auto set = http::parse_set_cookie(value);
    if (!set || set->name.size() + set->value.size() > cookie_bytes_max) return;
    if (set->secure && !url.origin.is_https) return;
    Cookie cookie{.name = set->name,
                  .value = set->value,
                  .domain = to_lower(set->domain),
                  .path = set->path.starts_with('/') ? set->path : default_path(path_of(url)),
                  .is_secure = set->secure,
                  .ends = std::nullopt};
    if (cookie.domain.starts_with('.')) cookie.domain.erase(0, 1);
    // Section 5.3, step 5: a host that is a public suffix itself may set one for itself alone.
    const auto is_public = !cookie.domain.empty() && is_public_suffix(cookie.domain);
    if (is_public && cookie.domain != url.origin.host) return;
    cookie.is_of_one_host = cookie.domain.empty() || is_public;
    if (cookie.domain.empty()) cookie.domain = url.origin.host;
    if (!is_in_domain(url.origin.host, cookie.domain)) return;
    if (set->max_age) {
      cookie.ends = now + std::clamp(*set->max_age, std::chrono::seconds{0}, cookie_age_max);
    } else if (set->expires) {
      cookie.ends = *set->expires;
    }
    put(std::move(cookie), now);
  });
}

void CookieJar::put(Cookie cookie, http::Time now) {
  std::erase_if(cookies_,
                [&](const Cookie& other) { return other.is_same(cookie) || (other.ends && *other.ends <= now); });
  if (cookie.ends && *cookie.ends <= now) return;
  if (cookies_.size() == kept_cookies_max) cookies_.erase(cookies_.begin());
  cookies_.push_back(std::move(cookie));
}

std::optional<std::string> CookieJar::value_for(const Url& url, http::Time now) const {
  std::vector<const Cookie*> fitting;
  for (const auto& cookie : cookies_) {
    if (cookie.is_for(url) && (!cookie.ends || *cookie.ends > now)) fitting.push_back(&cookie);
  }
  if (fitting.empty()) return std::nullopt;
  std::ranges::stable_sort(fitting, std::greater{}, [](const Cookie* cookie) { return cookie->path.size(); });
  std::string value;
  for (const auto* cookie : fitting)
    value += fmt::format("{}{}={}", value.empty() ? "" : "; ", cookie->name, cookie->value);
  return value;
}

std::string CookieJar::file_text() const {
  std::string text{file_title};
  text += '\n';
  const auto yes_or_no = [](bool is_so) { return is_so ? "TRUE" : "FALSE"; };
  for (const auto& cookie : cookies_) {
    // A leading dot says the same as the second column; curl wants both.
    auto line = fmt::format("{}{}\t{}\t{}\t{}\t{}\t{}\t{}", cookie.is_of_one_host ? "" : ".", cookie.domain,
                            yes_or_no(!cookie.is_of_one_host), cookie.path, yes_or_no(cookie.is_secure),
                            cookie.ends ? std::max<std::int64_t>(cookie.ends->time_since_epoch().count(), 1) : 0,
                            cookie.name, cookie.value);
    if (std::ranges::count(line, '\t') == 6) text += line + '\n';  // a tab in a value would make two of it
  }
  return text;
}

std::optional<CookieJar::Cookie> CookieJar::parse_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(http_only_mark)) {
    line.remove_prefix(http_only_mark.size());
  } else if (line.starts_with('#')) {
    return std::nullopt;
  }
  const auto columns = split(line, '\t');
  if (columns.size() != 7 || !std::ranges::all_of(columns, http::is_value)) return std::nullopt;
  const auto ends = parse_integer<std::int64_t>(columns[4]);
  Cookie cookie{.name = std::string{columns[5]},
                .value = std::string{columns[6]},
                .domain = to_lower(columns[0]),
                .is_of_one_host = columns[1] != "TRUE",
                .path = std::string{columns[2]},
                .is_secure = columns[3] == "TRUE",
                .ends = std::nullopt};
  if (cookie.domain.starts_with('.')) cookie.domain.erase(0, 1);
  if (!cookie.is_of_one_host && is_public_suffix(cookie.domain)) return std::nullopt;
  const auto is_whole = ends && *ends >= 0 && !cookie.name.empty() && !cookie.domain.empty() &&
                        cookie.path.starts_with('/') && cookie.name.size() + cookie.value.size() <= cookie_bytes_max;
  if (!is_whole) return std::nullopt;
  if (*ends > 0) cookie.ends = http::Time{std::chrono::seconds{*ends}};
  return cookie;
}

bool CookieJar::add_file(std::string_view text, http::Time now) {
  const auto lines = split(text, '\n');
  if (!lines.front().starts_with(file_title)) return false;
  for (const auto line : lines) {
    if (auto cookie = parse_line(line)) put(*std::move(cookie), now);
  }
  return true;
}

}  // namespace labnet::http_client
