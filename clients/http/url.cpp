#include "clients/http/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clients/http/limits.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/client/credentials.hpp"
#include "common/http/characters.hpp"
#include "common/http/target.hpp"

namespace labnet::http_client {
namespace {

constexpr std::string_view example = "http://web.labredes71.com/1.png";
constexpr std::uint16_t http_port = 80, https_port = 443;

std::uint16_t usual_port(bool is_https) {
  return is_https ? https_port : http_port;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
}

/// "http" of "http://web.lab/": letters first, then digits, "+", "-" and "." too (RFC 3986, section 3.1).
std::optional<std::string> scheme_of(std::string_view text) {
  const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0 || !is_letter(text.front())) return std::nullopt;
  const auto name = text.substr(0, colon);
  const auto is_fitting = [&](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  if (!std::ranges::all_of(name, is_fitting)) return std::nullopt;
  return to_lower(name);
}

Result<std::string> decode(std::string_view text, std::string_view what) {
  auto decoded = http::percent_decode(text);
  if (!decoded) {
    return Error{"in the ", what,
                 " of the URL \"%\" is without its two hexadecimal digits; write %25 for a percent sign"};
  }
  if (std::ranges::any_of(*decoded, is_control))
    return Error{"in the ", what, " of the URL there is a control character"};
  return *std::move(decoded);
}

Result<void> read_host(std::string_view text, Origin& origin) {
  const auto authority = http::parse_authority(text);
  if (authority && authority->host.empty()) return Error{"the URL names no host; expected one such as ", example};
  if (!authority || authority->port == 0) {
    return Error{fmt::format(
        "in the URL: expected a host and maybe a port from 1 to 65535, such as web.lab:8080, found \"{}\"; a "
        "password with \"/\" in it needs %2F",
        printable(text, 60))};
  }
  if (authority->host.starts_with('[')) {
    origin.host = to_lower(authority->host.substr(1, authority->host.size() - 2));
  } else {
    const auto decoded = decode(authority->host, "host");
    if (!decoded) return decoded.error();
    const auto again = http::parse_authority(*decoded);
    if (!again || again->host != *decoded || decoded->find('%') != decoded->npos) {
      return Error{"the URL names no host: \"", printable(*decoded, 60), "\""};
    }
    origin.host = to_lower(*decoded);
  }
  origin.port = authority->port.value_or(usual_port(origin.is_https));
  return {};
}

/// What a request cannot carry, encoded.
std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (http::is_target_character(c) && c != '#') {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

bool is_dots(std::string_view segment, std::string_view dots) {
  std::string plain;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const auto is_escaped = equals_ignoring_case(segment.substr(i, 3), "%2e");
    plain += is_escaped ? '.' : segment[i];
    if (is_escaped) i += 2;
  }
  return plain == dots;
}

/// RFC 3986, section 5.2.4. Above the root there is nothing.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto is_last = i + 1 == segments.size();
    const auto is_up = is_dots(segments[i], "..");
    if (!is_up && !is_dots(segments[i], ".")) {
      kept.push_back(segments[i]);
      continue;
    }
    if (is_up && !kept.empty()) kept.pop_back();
    if (is_last) kept.push_back("");
  }
  std::string joined;
  for (const auto segment : kept) joined += fmt::format("/{}", segment);
  return joined.empty() ? "/" : joined;
}

/// text  begins with "/", "?" or nothing
std::string target_of(std::string_view text, bool keeps_dots) {
  text = text.substr(0, text.find('#'));
  const auto path = text.substr(0, text.find('?'));
  const auto query = text.substr(path.size());
  const auto encoded = encode(path.empty() ? "/" : path);
  return (keeps_dots ? encoded : without_dots(encoded)) + encode(query);
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

/// Behind "http://".
Result<Url> parse_rest(std::string_view rest, bool is_https, bool keeps_dots) {
  Url url;
  url.origin.is_https = is_https;
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  auto host = rest.substr(0, end);
  // The last one: people write "@" in names of users as it is.
  if (const auto at = host.rfind('@'); at != host.npos) {
    auto credentials = client::parse_credentials(host.substr(0, at), decode);
    if (!credentials) return credentials.error();
    url.user = std::move(credentials->user);
    url.password = std::move(credentials->password);
    host = host.substr(at + 1);
  }
  if (const auto read = read_host(host, url.origin); !read) return read.error();
  url.target = target_of(rest.substr(end), keeps_dots);
  return url;
}

Error too_long() {
  return Error{fmt::format("the URL has more than {} bytes", url_bytes_max)};
}

}  // namespace

std::string authority_of(const Origin& origin) {
  const auto is_ipv6 = origin.host.find(':') != std::string::npos;
  const auto host = is_ipv6 ? fmt::format("[{}]", origin.host) : origin.host;
  return origin.port == usual_port(origin.is_https) ? host : fmt::format("{}:{}", host, origin.port);
}

std::string to_text(const Origin& origin) {
  return fmt::format("{}://{}", origin.is_https ? "https" : "http", authority_of(origin));
}

Result<Url> parse_url(std::string_view text, bool keeps_dots) {
  if (text.size() > url_bytes_max) return too_long();
  constexpr std::string_view mark = "://";
  const auto end = text.find(mark);
  const auto has_scheme = end != text.npos && text.substr(0, end).find_first_of("/?#@") == text.npos;
  if (!has_scheme) return parse_rest(text, false, keeps_dots);
  const auto scheme = to_lower(text.substr(0, end));
  if (scheme != "http" && scheme != "https") {
    return Error{"expected a URL such as ", example, ", which begins with http:// or https://"};
  }
  return parse_rest(text.substr(end + mark.size()), scheme == "https", keeps_dots);
}

Result<Url> resolve(const Url& base, std::string_view reference) {
  if (reference.size() > url_bytes_max) return too_long();
  if (const auto scheme = scheme_of(reference)) {
    if (*scheme == "http" || *scheme == "https") {
      const auto rest = reference.substr(scheme->size() + 1);
      if (rest.starts_with("//")) return parse_rest(rest.substr(2), *scheme == "https", false);
    }
    return Error{"\"", printable(reference, 60), "\" begins with neither http:// nor https://"};
  }
  if (reference.starts_with("//")) return parse_rest(reference.substr(2), base.origin.is_https, false);
  auto url = base;
  const auto path = path_of(base.target);
  if (reference.starts_with('/')) {
    url.target = target_of(reference, false);
  } else if (reference.starts_with('?')) {
    url.target = target_of(fmt::format("{}{}", path, reference), false);
  } else if (!reference.empty() && !reference.starts_with('#')) {
    url.target = target_of(fmt::format("{}{}", path.substr(0, path.rfind('/') + 1), reference), false);
  }
  return url;
}

std::string to_text(const Url& url) {
  return to_text(url.origin) + url.target;
}

std::string file_name_of(const Url& url) {
  const auto path = path_of(url.target);
  const auto name = http::percent_decode(path.substr(path.rfind('/') + 1)).value_or("");
  const auto is_none = name == "." || name == ".." || name.find('/') != name.npos || name.find('\0') != name.npos;
  return is_none ? std::string{} : name;
}

}  // namespace labnet::http_client
