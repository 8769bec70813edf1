// HINFO: what machine a host is and what system it runs (RFC 1035, section 3.3.2).
#pragma once

#include <string_view>

#include "common/dns/field_types.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Hinfo {
  static constexpr Type type = Type::hinfo;
  static constexpr std::string_view mnemonic = "HINFO";
  CharacterString cpu;
  CharacterString os;

  static void fields(auto& self, auto&& field) {
    field("cpu", self.cpu);
    field("os", self.os);
  }
  bool operator==(const Hinfo&) const = default;
};

}  // namespace labnet::dns
