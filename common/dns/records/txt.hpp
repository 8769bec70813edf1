// TXT: strings for anyone who reads them (RFC 1035, section 3.3.14).
#pragma once

#include <string_view>

#include "common/dns/field_types.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Txt {
  static constexpr Type type = Type::txt;
  static constexpr std::string_view mnemonic = "TXT";
  CharacterStrings strings;

  static void fields(auto& self, auto&& field) { field("strings", self.strings); }
  bool operator==(const Txt&) const = default;
};

}  // namespace labnet::dns
