#include "clients/ftp/url.hpp"

#include <fmt/format.h>

#include "clients/ftp/limits.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/client/credentials.hpp"
#include "common/ftp/line.hpp"

namespace labnet::ftp_client {
namespace {

constexpr std::string_view example = "ftp://user:password@host/folder/file";
constexpr std::uint16_t ftps_port = 990;

/// With "%41" as "A".
Result<std::string> decode(std::string_view text, std::string_view what) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto octet = i + 2 < text.size() ? parse_integer<std::uint8_t>(text.substr(i + 1, 2), 16) : std::nullopt;
    if (!octet) {
      return Error{
          fmt::format("in the {} of the URL \"%\" is without its two hexadecimal digits; "
                      "write %25 for a percent sign",
                      what)};
    }
    decoded += static_cast<char>(*octet);
    i += 2;
  }
  if (!ftp::is_one_line(decoded)) {
    return Error{"in the ", what, " of the URL there is a line end or a NUL, which FTP cannot carry"};
  }
  return decoded;
}

Result<void> read_host(std::string_view text, Url& url) {
  auto behind = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return Error{"in the URL \"]\" is missing behind an IPv6 address"};
    url.host = text.substr(1, end - 1);
    behind = text.substr(end + 1);
    if (!behind.empty() && !behind.starts_with(':')) {
      return Error{"in the URL there is something behind \"]\" that is no port"};
    }
  } else {
    auto host = decode(text.substr(0, text.find(':')), "host");
    if (!host) return host.error();
    url.host = *std::move(host);
    behind = text.substr(std::min(text.find(':'), text.size()));
  }
  if (url.host.empty()) return Error{"the URL names no host; expected one such as ", example};
  if (behind.size() <= 1) return {};  // "host:" has the usual port
  const auto port = parse_integer<std::uint16_t>(behind.substr(1));
  if (!port || *port == 0) {
    return Error{
        fmt::format("the port in the URL: expected a whole number from 1 to 65535, found \"{}\"; a password "
                    "with \"/\" in it needs %2F",
                    printable(behind.substr(1), 10))};
  }
  url.port = *port;
  return {};
}

/// Takes ";type=a" away from the end.
Result<void> read_type(std::string_view& path, Url& url) {
  const auto semicolon = path.rfind(';');
  if (semicolon == path.npos) return {};
  const auto parameter = to_lower(path.substr(semicolon + 1));
  if (!parameter.starts_with("type=")) return {};  // a part of the name
  if (parameter == "type=a") {
    url.representation = ftp::Representation::ascii;
  } else if (parameter == "type=i") {
    url.representation = ftp::Representation::image;
  } else if (parameter != "type=d") {
    return Error{"behind \";type=\" in the URL: expected a, i or d"};
  }
  path = path.substr(0, semicolon);
  return {};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > url_bytes_max) return Error{fmt::format("the URL has more than {} bytes", url_bytes_max)};
  Url url;
  const auto scheme_end = text.find("://");
  const auto scheme = to_lower(text.substr(0, scheme_end));
  if (scheme_end == text.npos || (scheme != "ftp" && scheme != "ftps")) {
    return Error{"expected a URL such as ", example, ", which begins with ftp:// or ftps://"};
  }
  url.is_ftps = scheme == "ftps";
  if (url.is_ftps) url.port = ftps_port;
  const auto rest = text.substr(scheme_end + 3);
  const auto slash = rest.find('/');
  auto host = rest.substr(0, slash);
  // The last one: people write "@" in names of users as it is.
  if (const auto at = host.rfind('@'); at != host.npos) {
    auto credentials = client::parse_credentials(host.substr(0, at), decode);
    if (!credentials) return credentials.error();
    url.user = std::move(credentials->user);
    url.password = std::move(credentials->password);
    host = host.substr(at + 1);
  }
  if (const auto read = read_host(host, url); !read) return read.error();
  if (slash == rest.npos) return url;
  auto path = rest.substr(slash + 1);
  if (const auto read = read_type(path, url); !read) return read.error();
  auto decoded = decode(path, "path");
  if (!decoded) return decoded.error();
  url.path = *std::move(decoded);
  return url;
}

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {};
  return std::string{path.substr(0, slash == 0 ? 1 : slash)};
}

std::string name_of(std::string_view path) {
  return std::string{path.substr(path.rfind('/') + 1)};
}

std::string path_in(std::string_view folder, std::string_view name) {
  const auto separator = folder.empty() || folder.ends_with('/') ? "" : "/";
  return fmt::format("{}{}{}", folder, separator, name);
}

}  // namespace labnet::ftp_client
