// PTR: the name that belongs to an address, in the reverse zones (RFC 1035, section 3.3.12).
#pragma once

#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Ptr {
  static constexpr Type type = Type::ptr;
  static constexpr std::string_view mnemonic = "PTR";
  static constexpr bool compresses_names = true;
  Name target;

  static void fields(auto& self, auto&& field) { field("target", self.target); }
  bool operator==(const Ptr&) const = default;
};

}  // namespace labnet::dns
