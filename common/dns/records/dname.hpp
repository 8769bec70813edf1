// DNAME: where all names below the owner are to be found instead (RFC 6672, section 2.1).
#pragma once

#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Dname {
  static constexpr Type type = Type::dname;
  static constexpr std::string_view mnemonic = "DNAME";
  Name target;  // takes the place of the owner in the names below it

  static void fields(auto& self, auto&& field) { field("target", self.target); }
  bool operator==(const Dname&) const = default;
};

}  // namespace labnet::dns
