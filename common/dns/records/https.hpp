// HTTPS: an SVCB record for the origins of HTTP (RFC 9460, section 9).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/svc_params.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Https {
  static constexpr Type type = Type::https;
  static constexpr std::string_view mnemonic = "HTTPS";
  std::uint16_t priority = 0;  // 0: an alias of `target`; else the lowest is tried first
  Name target;                 // the root: the owner itself
  SvcParams params;

  static void fields(auto& self, auto&& field) {
    field("priority", self.priority);
    field("target", self.target);
    field("params", self.params);
  }
  bool operator==(const Https&) const = default;
};

}  // namespace labnet::dns
