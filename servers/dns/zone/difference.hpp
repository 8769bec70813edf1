// What a reload makes of a zone.
#pragma once

#include <cstdint>

#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

/// Whether `serial` is that of a later version than `other` (RFC 1982, section 3.2): 1 is higher than 4294967295.
bool is_higher_serial(std::uint32_t serial, std::uint32_t other);

/// Names in the same letters, TTLs and data: what a transfer would tell of both. The order of records in the files does
/// not matter.
bool have_same_records(const Zone& a, const Zone& b);

}  // namespace labnet::dns_server
