// A: an IPv4 address (RFC 1035, section 3.4.1).
#pragma once

#include <string_view>

#include "common/base/address.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct A {
  static constexpr Type type = Type::a;
  static constexpr std::string_view mnemonic = "A";
  Ipv4Address address;

  static void fields(auto& self, auto&& field) { field("address", self.address); }
  bool operator==(const A&) const = default;
};

}  // namespace labnet::dns
