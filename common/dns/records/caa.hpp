// CAA: which authorities may issue certificates for the domain (RFC 8659, section 4.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/field_types.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Caa {
  static constexpr Type type = Type::caa;
  static constexpr std::string_view mnemonic = "CAA";
  std::uint8_t flags = 0;  // 128: whoever does not know the property must not issue
  Tag tag;                 // of the property: issue, issuewild, iodef
  TrailingString value;

  static void fields(auto& self, auto&& field) {
    field("flags", self.flags);
    field("tag", self.tag);
    field("value", self.value);
  }
  bool operator==(const Caa&) const = default;
};

}  // namespace labnet::dns
