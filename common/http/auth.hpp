// Who a client is: credentials and challenges, and the Basic scheme (RFC 9110, section 11; RFC 7617). Digest is in
// digest.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace labnet::http {

/// Credentials (Authorization) or one challenge of several (WWW-Authenticate): a scheme, and either a token68 or
/// parameters.
struct Authentication {
  std::string scheme;                                             // as it was sent; compared without regard to case
  std::string token;                                              // "c2FtdXI6cGFzcw==" of Basic; empty with parameters
  std::vector<std::pair<std::string, std::string>> parameters{};  // names in small letters, values without marks

  /// The value of the first parameter of that name, given in small letters.
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool is(std::string_view scheme_name) const;
  bool operator==(const Authentication&) const = default;
};

/// The challenges in a value of WWW-Authenticate, in their order; nothing if it is malformed, or one of them has more
/// than parameters_max parameters or one of these twice.
std::optional<std::vector<Authentication>> parse_challenges(std::string_view value);
/// A value of Authorization: one of the same kind. Nothing if it is malformed.
std::optional<Authentication> parse_credentials(std::string_view value);

struct BasicCredentials {
  std::string user;      // without ":"
  std::string password;  // anything but control characters

  bool operator==(const BasicCredentials&) const = default;
};
/// A value of Authorization: "Basic c2FtdXI6cGFzcw==". Nothing for another scheme, and for what is malformed.
std::optional<BasicCredentials> parse_basic(std::string_view value);
/// Nothing if the user's name has ":" in it, or one of both a control character.
std::optional<std::string> to_text(const BasicCredentials& credentials);
/// A value of WWW-Authenticate: "Basic realm="...", charset="UTF-8"".
std::string basic_challenge(std::string_view realm);

}  // namespace labnet::http
