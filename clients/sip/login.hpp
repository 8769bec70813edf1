// The answer to 401 and 407: credentials, made again for each request (RFC 3261, section 22).
//
//   REGISTER                ->
//                           <-  401  WWW-Authenticate: Digest realm=..., nonce=...
//   REGISTER, Authorization ->       the next requests carry it at once, with a nonce count that grows
//                           <-  200
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "clients/sip/config.hpp"
#include "clients/sip/names.hpp"
#include "common/digest/digest.hpp"
#include "common/sip/message.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip_client {

/// Of one kind of requests at one server: a registration's, a call's. A call's requests are challenged apart from the
/// registration's, as a server may have another realm for them.
///
/// Who asks for a password is told by its realm: a proxy on the way (407), whom the request is for (401), and behind a
/// proxy that forks several in one response (section 16.7, step 7). Each has its own nonce, and its own credentials if
/// PhoneConfig::logins has some.
class Login {
 public:
  static constexpr std::size_t realms_max = 4;  // that one kind of requests may be asked in

  /// config  must outlive it
  explicit Login(const PhoneConfig& config) : config_{&config} {}

  enum class Verdict {
    try_again,        // the request once more, with the next CSeq and with `write`
    wrong_password,   // it had credentials for each realm that asks, and the server says nothing of a stale nonce
    no_password,      // there is none to answer with
    not_understood,   // another scheme or algorithm, or a header that cannot be read
    too_many_realms,  // more than realms_max
  };
  /// response  401 or 407
  Verdict learn(const sip::Message& response);

  /// Adds Authorization and Proxy-Authorization, one for each realm that has asked; nothing before.
  ///
  /// method, uri  of the request; the digest is of the URI as it is sent
  void write(sip::MessageWriter& writer, std::string_view method, std::string_view uri, Names& names);
  /// What was written was accepted: the next challenges may be answered again.
  void accepted();

  static std::string_view describe(Verdict verdict);

 private:
  struct Realm {
    sip::HeaderName header;  // of its credentials
    digest::Challenge challenge;
    std::uint32_t nonce_count = 0;
    int attempts = 0;  // answers to challenges since one was accepted
  };
  Verdict learn(sip::HeaderName header, digest::Challenge challenge);
  struct Identity {
    std::string_view user;
    std::string_view password;  // empty: none
  };
  Identity identity_for(std::string_view realm) const;

  const PhoneConfig* config_;
  std::vector<Realm> realms_;
};

}  // namespace labnet::sip_client
