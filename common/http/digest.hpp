// The Digest scheme (RFC 7616) with qop=auth: the password does not travel, and yet all else can be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/auth.hpp"

namespace labnet::http {

enum class DigestAlgorithm { md5, sha256 };
std::string_view name_of(DigestAlgorithm algorithm);  // "MD5", "SHA-256"

struct DigestChallenge {
  std::string realm;
  std::string nonce;     // the server's; what is in it is its own business
  std::string opaque{};  // comes back as it is; may be empty
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  bool stale = false;  // the nonce was too old, name and password may be right

  bool operator==(const DigestChallenge&) const = default;
};
/// A value of WWW-Authenticate. A server that offers both algorithms sends SHA-256 first, in a field of its own.
std::string to_text(const DigestChallenge& challenge);
/// Nothing for another scheme, an algorithm that is not known ("-sess" ones among them), and without qop "auth".
std::optional<DigestChallenge> digest_challenge_of(const Authentication& challenge);

struct DigestCredentials {
  std::string user;
  std::string realm;
  std::string nonce;
  std::string uri;                // the target as it was sent: a server compares it with the request's
  std::string response{};         // hexadecimal digits
  std::string cnonce;             // the client's random text
  std::uint32_t nonce_count = 1;  // of the requests with this nonce; one that does not grow is a replay
  std::string opaque{};
  DigestAlgorithm algorithm = DigestAlgorithm::md5;

  bool operator==(const DigestCredentials&) const = default;
};
/// A value of Authorization.
std::string to_text(const DigestCredentials& credentials);
/// Nothing for another scheme, and for what is malformed or missing.
std::optional<DigestCredentials> parse_digest(std::string_view value);

/// What a server keeps instead of the password: H(user:realm:password), in hexadecimal digits. It is as good as the
/// password for whoever steals it, in this realm.
std::string digest_secret(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                          std::string_view password);

/// What `response` should be (RFC 7616, section 3.4.1); that of the credentials is not looked at.
std::string digest_response(const DigestCredentials& credentials, std::string_view method, std::string_view secret);

/// True if the response is right, compared in constant time. Whether realm, nonce, nonce_count and uri are what they
/// should be is for the caller to say.
bool response_is_right(const DigestCredentials& credentials, std::string_view method, std::string_view secret);

}  // namespace labnet::http
