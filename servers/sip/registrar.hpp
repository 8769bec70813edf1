// What a REGISTER does to a user's bindings (RFC 3261, section 10.3).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sip/hop.hpp"
#include "common/sip/message.hpp"
#include "servers/sip/location.hpp"

namespace labnet::sip_server {

struct RegistrarRules {
  std::chrono::seconds expires_default{3600};  // where the phone names no time
  std::chrono::seconds expires_min{60};        // less is 423
  std::chrono::seconds expires_max{7200};      // more is cut to this
  std::size_t bindings_per_user_max = 10;      // the oldest goes
};

/// The outcome of one REGISTER.
struct Registration {
  int status = 200;               // 200, 400, 423 or 500
  std::string_view reason{};      // of a refusal
  std::vector<Binding> bindings;  // that the user has from now on, the oldest first
  std::vector<Binding> added;     // those of them that were not there before
  bool is_change = false;         // it was no mere question which bindings there are, and no copy of an earlier request
};

/// user     whose bindings they are; that he may change them has been found out
/// current  the bindings that he has, the oldest first; those that have expired do not count
/// from     where the request came from
///
/// All Contacts of a request are taken, or none. A binding is known again by its instance, or else by its URI. A copy
/// of a request changes nothing and is answered as before. 500: it is older than what is known of the same phone.
Registration register_contacts(const sip::Message& request, std::vector<Binding> current, const sip::Hop& from,
                               WallTime now, const RegistrarRules& rules);

/// "<sip:101@192.168.1.6:5060>;expires=3600": a value of Contact in the answer.
std::string contact_text(const Binding& binding, WallTime now);

}  // namespace labnet::sip_server
