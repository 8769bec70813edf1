// CNAME: the name that the owner is an alias of (RFC 1035, section 3.3.1).
#pragma once

#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Cname {
  static constexpr Type type = Type::cname;
  static constexpr std::string_view mnemonic = "CNAME";
  static constexpr bool compresses_names = true;
  Name target;

  static void fields(auto& self, auto&& field) { field("target", self.target); }
  bool operator==(const Cname&) const = default;
};

}  // namespace labnet::dns
