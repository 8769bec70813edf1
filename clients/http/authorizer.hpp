// A user's name and password as a server asks for them: Digest where it offers that, or else Basic.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http/auth.hpp"
#include "common/http/digest.hpp"
#include "common/http/fields.hpp"

namespace labnet::http_client {

/// What a 401 says the user must be one of; nothing if it does not say.
std::optional<std::string> realm_of(const http::Fields& response);

class Authorizer {
 public:
  /// sends_at_once  with Basic and without being asked
  Authorizer(http::BasicCredentials user, bool sends_at_once);

  /// Takes note of a 401.
  /// returns  false: nothing that it asks for is known, or what was sent is not right
  bool take_challenge(const http::Fields& response);

  /// A value of Authorization; nothing as long as nobody has asked.
  std::optional<std::string> value_for(std::string_view method, std::string_view target);

 private:
  enum class Scheme { none, basic, digest };

  std::string digest_value(std::string_view method, std::string_view target);

  http::BasicCredentials user_;
  Scheme scheme_ = Scheme::none;
  digest::Challenge challenge_;
  std::uint32_t requests_ = 0;  // with the challenge's nonce
};

}  // namespace labnet::http_client
