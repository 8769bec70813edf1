// Who sends a request: Digest with the users of the exchange (RFC 3261, section 22).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/address.hpp"
#include "common/digest/digest.hpp"
#include "common/digest/nonces.hpp"
#include "common/sip/message.hpp"

namespace labnet::sip_server {

struct User {
  std::string number;    // "101": the user of his URI, and the name to log in with
  std::string password;  // as it is: Digest needs it
  std::string name{};    // for people; may be empty
};

/// What was wrong with the credentials of a request, for the log. The client is told none of it but `stale`.
enum class CredentialFault {
  none,
  missing,    // the usual first request
  malformed,  // or of another scheme
  wrong_realm,
  unknown_user,
  wrong_password,
  stale,        // right, with a nonce that is too old
  wrong_nonce,  // with a nonce that was not given to this address; nobody has looked at the rest
  wrong_uri,    // for another request
};
/// "the password of 101 is wrong"
std::string describe(CredentialFault fault, std::string_view user);

struct Identity {
  std::optional<std::string> user{};  // nothing: challenge
  CredentialFault fault = CredentialFault::none;
  std::string claimed{};     // the name in the credentials, if there are any
  bool is_repeated = false;  // a copy of a request, or a replay: it must change nothing
};

class Authenticator {
 public:
  /// random  64 bits that nobody can guess
  Authenticator(std::string realm, std::function<std::uint64_t()> random);

  void set_users(const std::vector<User>& users);
  bool has_user(std::string_view number) const { return secrets_.contains(number); }

  /// A nonce is for the address that it was sent to: whoever forges a source has none for it.
  /// header  Authorization or Proxy-Authorization; of several lines the one for this realm counts
  Identity identify(const sip::Message& request, sip::HeaderName header, const IpAddress& from, digest::Time now);
  /// The value of WWW-Authenticate or Proxy-Authenticate.
  std::string challenge(const IpAddress& to, bool is_stale, digest::Time now);

 private:
  std::string realm_;
  std::function<std::uint64_t()> random_;
  digest::Nonces nonces_;
  std::map<std::string, std::string, std::less<>> secrets_;  // of MD5, by number
  std::string stand_in_;  // for a user that does not exist: the time of the answer tells nothing
};

}  // namespace labnet::sip_server
