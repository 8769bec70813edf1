// What the server's own zones say to its resolver. Pure.
#pragma once

#include <optional>

#include "servers/dns/delegation.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// The zone cut that `name` is at or below, with what the zone has of addresses of its servers; nothing if the zones
/// answer for the name themselves, or it is in none of them.
std::optional<Delegation> find_delegation(const ZoneSet& zones, dns::NameView name);

}  // namespace labnet::dns_server
