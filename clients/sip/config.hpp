// Who a phone is, where its server is, and how its messages look.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/sip/hop.hpp"
#include "common/sip/timers.hpp"

namespace labnet::sip_client {

/// Whose messages they look like: names, parameters of URIs, times. What they mean is the same.
enum class Like { labnet, zoiper };

/// How the phone is known in a realm that has other names and passwords than its server has: a proxy's on the way.
struct RealmLogin {
  std::string realm;
  std::string user;
  std::string password;
};

struct PhoneConfig {
  std::string user;      // "101": the account, and the name in the own address
  std::string password;  // empty: none, a challenge is a refusal then
  std::vector<RealmLogin> logins{};
  std::string domain{};  // "voip.labredes71.com" or "192.168.1.7:5060", as it stands in URIs
  sip::Hop server{};     // where all requests outside of a dialog go
  Like like = Like::labnet;
  std::string software = "labnet";        // User-Agent and Server; empty: none
  std::chrono::seconds expires{3600};     // of a registration, as it is asked for; the server grants less or more
  std::chrono::seconds ring_timeout{60};  // of an outgoing call, from its INVITE on; then CANCEL
  std::chrono::seconds retry_first{30};   // after a registration that failed; doubles each time
  std::chrono::seconds retry_longest{1800};
  std::size_t calls_max = 4;  // at a time; a further one is told 486
  sip::Timers timers{};

  /// "sip:102@voip.lab": a number's address at the server. What has a scheme already is an address: taken as it is.
  std::string address_of(std::string_view number) const;
  /// The own one.
  std::string address() const { return address_of(user); }
  /// The Request-URI of REGISTER: the server without a user (RFC 3261, section 10.2).
  std::string registrar() const;

 private:
  std::string uri_parameters() const;
};

}  // namespace labnet::sip_client
