// NAPTR: a rule that makes a URI or another name out of a name (RFC 3403, section 4.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/field_types.hpp"
#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Naptr {
  static constexpr Type type = Type::naptr;
  static constexpr std::string_view mnemonic = "NAPTR";
  std::uint16_t order = 0;       // the lowest is tried first, and decides
  std::uint16_t preference = 0;  // of those with the same order, the lowest is tried first
  CharacterString flags;         // what the rule results in: "s" a name with SRV records, "a" with addresses, "u" a URI
  CharacterString services;      // "SIP+D2U"
  CharacterString regexp;        // a substitution, or empty: then `replacement` counts
  Name replacement;

  static void fields(auto& self, auto&& field) {
    field("order", self.order);
    field("preference", self.preference);
    field("flags", self.flags);
    field("services", self.services);
    field("regexp", self.regexp);
    field("replacement", self.replacement);
  }
  bool operator==(const Naptr&) const = default;
};

}  // namespace labnet::dns
