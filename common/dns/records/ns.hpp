// NS: a name server of the zone (RFC 1035, section 3.3.11).
#pragma once

#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Ns {
  static constexpr Type type = Type::ns;
  static constexpr std::string_view mnemonic = "NS";
  static constexpr bool compresses_names = true;
  Name host;

  static void fields(auto& self, auto&& field) { field("host", self.host); }
  bool operator==(const Ns&) const = default;
};

}  // namespace labnet::dns
