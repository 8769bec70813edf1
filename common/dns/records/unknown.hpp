// A record of a type that this library has no fields for: it travels as octets (RFC 3597).
#pragma once

#include "common/base/bytes.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Unknown {
  Type type{};  // any but those in the list of rdata.hpp
  Buffer octets;

  bool operator==(const Unknown&) const = default;
};

}  // namespace labnet::dns
