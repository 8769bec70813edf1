// Where something lies: "https://ann:secret@web.lab:8443/music?sort=name" (RFC 9110, section 4.2; RFC 3986).
//
// What stands in the path and the query goes out as it is written. Only what a request cannot carry is encoded, a space
// or an "í" for instance, as browsers do; and "." and ".." are resolved. The part behind "#" is for the client alone.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::http_client {

/// Whose connections, credentials and cookies are the same (RFC 6454).
struct Origin {
  bool is_https = false;
  std::string host;  // a name in small letters, or an address, an IPv6 one without brackets
  std::uint16_t port = 80;

  auto operator<=>(const Origin&) const = default;
};
/// "web.lab", "web.lab:8080", "[::1]:8443": for Host. The usual port is left out.
std::string authority_of(const Origin& origin);
/// "https://web.lab"
std::string to_text(const Origin& origin);

struct Url {
  Origin origin;
  std::string user{};  // decoded; empty: none was given
  std::optional<std::string> password{};
  std::string target = "/";  // path and query

  bool operator==(const Url&) const = default;
};

/// Without a scheme http:// is meant, as curl has it.
/// keeps_dots  "." and ".." in the path stay
/// faults      a sentence that says what was expected, and never holds the password
Result<Url> parse_url(std::string_view text, bool keeps_dots = false);

/// What a reference in a page or in Location leads to: "../1.png", "//other.lab/", "?page=2" (RFC 3986, section 5.2).
/// faults  another scheme, and as above
Result<Url> resolve(const Url& base, std::string_view reference);

/// Without user and password.
std::string to_text(const Url& url);

/// "1.png" of "/music/1.png?size=2", decoded; empty if the path ends with a slash, or the name is none for a file.
std::string file_name_of(const Url& url);

}  // namespace labnet::http_client
