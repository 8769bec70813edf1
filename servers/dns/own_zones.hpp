// What the server's own zones say to its resolver. Pure.
#pragma once

#include <optional>

#include "servers/dns/accept_reply.hpp"
#include "servers/dns/delegation.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// What the zones say of the question themselves; nothing if its name is in none of them, or below a zone cut. A chain
/// of aliases is told link by link: `continues_at` may be in the zones again.
std::optional<Accepted> find_in_zones(const ZoneSet& zones, const dns::Question& question);

/// The zone cut that `name` is at or below, with what the zone has of addresses of its servers; nothing if the zones
/// answer for the name themselves, or it is in none of them.
std::optional<Delegation> find_delegation(const ZoneSet& zones, dns::NameView name);

}  // namespace labnet::dns_server
