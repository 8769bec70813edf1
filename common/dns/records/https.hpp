// HTTPS: an SVCB record for the origins of HTTP (RFC 9460, section 9).
#pragma once

#include <string_view>

#include "common/dns/records/svcb.hpp"

namespace labnet::dns {

struct Https : ServiceBinding {
  static constexpr Type type = Type::https;
  static constexpr std::string_view mnemonic = "HTTPS";
  bool operator==(const Https&) const = default;
};

}  // namespace labnet::dns
