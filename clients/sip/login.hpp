// The answer to 401 and 407: credentials, made again for each request (RFC 3261, section 22).
//
//   REGISTER                ->
//                           <-  401  WWW-Authenticate: Digest realm=..., nonce=...
//   REGISTER, Authorization ->       the next requests carry it at once, with a nonce count that grows
//                           <-  200
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clients/sip/names.hpp"
#include "common/digest/digest.hpp"
#include "common/sip/message.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip_client {

/// Of one kind of requests at one server: a registration's, a call's. A call's requests are challenged apart from the
/// registration's, as a server may have another realm for them.
class Login {
 public:
  Login(std::string user, std::string password) : user_{std::move(user)}, password_{std::move(password)} {}

  enum class Verdict {
    try_again,       // the request once more, with the next CSeq and with `write`
    wrong_password,  // it had credentials for this nonce or realm, and the server says nothing of a stale nonce
    no_password,     // there is none to answer with
    not_understood   // another scheme or algorithm, or a header that cannot be read
  };
  /// response  401 or 407
  Verdict learn(const sip::Message& response);

  /// Adds Authorization or Proxy-Authorization, once a challenge has come; nothing before.
  ///
  /// method, uri  of the request; the digest is of the URI as it is sent
  void write(sip::MessageWriter& writer, std::string_view method, std::string_view uri, Names& names);
  /// What was written was accepted: the next challenge may be answered again.
  void accepted() { attempts_ = 0; }

  static std::string_view describe(Verdict verdict);

 private:
  std::string user_;
  std::string password_;
  std::optional<digest::Challenge> challenge_;
  sip::HeaderName header_ = sip::HeaderName::authorization;
  std::uint32_t nonce_count_ = 0;
  int attempts_ = 0;  // answers to challenges since one was accepted
};

}  // namespace labnet::sip_client
