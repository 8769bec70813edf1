// The Digest scheme (RFC 7616; RFC 8760 for SIP) with qop=auth: the password does not travel, and yet all else can be
// read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace labnet::digest {

enum class Algorithm { md5, sha256 };
std::string_view name_of(Algorithm algorithm);  // "MD5", "SHA-256"

struct Challenge {
  std::string realm;
  std::string nonce;     // the server's; what is in it is its own business
  std::string opaque{};  // comes back as it is; may be empty
  Algorithm algorithm = Algorithm::md5;
  bool stale = false;   // the nonce was too old, name and password may be right
  bool has_qop = true;  // without it: RFC 2069, which SIP's old servers and phones speak (RFC 3261, section 22.4)

  bool operator==(const Challenge&) const = default;
};

struct Credentials {
  std::string user;
  std::string realm;
  std::string nonce;
  std::string uri;                // the target as it was sent: a server compares it with the request's
  std::string response{};         // hexadecimal digits
  std::string cnonce{};           // the client's random text
  std::uint32_t nonce_count = 1;  // of the requests with this nonce; one that does not grow is a replay
  std::string opaque{};
  Algorithm algorithm = Algorithm::md5;
  bool has_qop = true;  // without it there are no cnonce and no nonce_count

  bool operator==(const Credentials&) const = default;
};

/// "Digest realm=..., nonce=...": a value of WWW-Authenticate and its kind. A server that offers both algorithms sends
/// SHA-256 first, in a field of its own.
std::string to_text(const Challenge& challenge);
/// A value of Authorization and its kind.
std::string to_text(const Credentials& credentials);

/// The value of the parameter of that name, given in small letters, its quotation marks taken off.
using Parameter = std::function<std::optional<std::string_view>(std::string_view name)>;
/// From the parameters of a challenge with the scheme "Digest". Nothing for an algorithm that is not known ("-sess"
/// ones among them), for a qop without "auth", and for what is missing.
std::optional<Challenge> challenge_of(const Parameter& parameter);
/// The same of credentials.
std::optional<Credentials> credentials_of(const Parameter& parameter);

/// What a server keeps instead of the password: H(user:realm:password), in hexadecimal digits. It is as good as the
/// password for whoever steals it, in this realm.
std::string secret_of(Algorithm algorithm, std::string_view user, std::string_view realm, std::string_view password);

/// What `response` should be (RFC 7616, section 3.4.1); that of the credentials is not looked at.
std::string response_of(const Credentials& credentials, std::string_view method, std::string_view secret);

/// True if the response is right, compared in constant time. Whether realm, nonce, nonce_count and uri are what they
/// should be is for the caller to say.
bool is_right(const Credentials& credentials, std::string_view method, std::string_view secret);

}  // namespace labnet::digest
