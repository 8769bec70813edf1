// SRV: where a service of the domain runs (RFC 2782). Its owner is _service._protocol.domain.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Srv {
  static constexpr Type type = Type::srv;
  static constexpr std::string_view mnemonic = "SRV";
  std::uint16_t priority = 0;  // the lowest is tried first
  std::uint16_t weight = 0;    // among equal priorities, the share of the tries
  std::uint16_t port = 0;
  Name target;  // "." says that the service is not to be had here

  static void fields(auto& self, auto&& field) {
    field("priority", self.priority);
    field("weight", self.weight);
    field("port", self.port);
    field("target", self.target);
  }
  bool operator==(const Srv&) const = default;
};

}  // namespace labnet::dns
