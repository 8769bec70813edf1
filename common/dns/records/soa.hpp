// SOA: the start of a zone, and how others keep up with it (RFC 1035, section 3.3.13).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/field_types.hpp"
#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Soa {
  static constexpr Type type = Type::soa;
  static constexpr std::string_view mnemonic = "SOA";
  static constexpr bool compresses_names = true;
  Name mname;                // the primary server
  Name rname;                // the mailbox of who is in charge; its first label is the part before the @
  std::uint32_t serial = 0;  // grows with each change (RFC 1982)
  Period refresh;
  Period retry;
  Period expire;
  Period minimum;  // how long "there is no such name" may be believed (RFC 2308, section 4)

  static void fields(auto& self, auto&& field) {
    field("mname", self.mname);
    field("rname", self.rname);
    field("serial", self.serial);
    field("refresh", self.refresh);
    field("retry", self.retry);
    field("expire", self.expire);
    field("minimum", self.minimum);
  }
  bool operator==(const Soa&) const = default;
};

}  // namespace labnet::dns
