// AAAA: an IPv6 address (RFC 3596, section 2.2).
#pragma once

#include <string_view>

#include "common/base/address.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Aaaa {
  static constexpr Type type = Type::aaaa;
  static constexpr std::string_view mnemonic = "AAAA";
  Ipv6Address address;

  static void fields(auto& self, auto&& field) { field("address", self.address); }
  bool operator==(const Aaaa&) const = default;
};

}  // namespace labnet::dns
