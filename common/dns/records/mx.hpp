// MX: a mail exchange of the domain (RFC 1035, section 3.3.9).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Mx {
  static constexpr Type type = Type::mx;
  static constexpr std::string_view mnemonic = "MX";
  static constexpr bool compresses_names = true;
  std::uint16_t preference = 0;  // the lowest is tried first
  Name exchange;

  static void fields(auto& self, auto&& field) {
    field("preference", self.preference);
    field("exchange", self.exchange);
  }
  bool operator==(const Mx&) const = default;
};

}  // namespace labnet::dns
