// SVCB: where a service is to be found, and how to speak to it (RFC 9460, section 2).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/svc_params.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

/// What SVCB and the types like it have in common.
struct ServiceBinding {
  std::uint16_t priority = 0;  // 0: an alias of `target`; else the lowest is tried first
  Name target;                 // the root: the owner itself
  SvcParams params;

  static void fields(auto& self, auto&& field) {
    field("priority", self.priority);
    field("target", self.target);
    field("params", self.params);
  }
  bool operator==(const ServiceBinding&) const = default;
};

struct Svcb : ServiceBinding {
  static constexpr Type type = Type::svcb;
  static constexpr std::string_view mnemonic = "SVCB";
  bool operator==(const Svcb&) const = default;
};

}  // namespace labnet::dns
