// From the zone files of a configuration to the zones of a server.
#pragma once

#include <stop_token>
#include <vector>

#include "servers/dns/address_map.hpp"
#include "servers/dns/config.hpp"
#include "servers/dns/zone/diagnostic.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// All zones of a configuration, or what is wrong with them.
struct LoadedZones {
  ZoneSet zones;       // in the order of the files
  Diagnostics faults;  // none: `zones` is whole
  Diagnostics warnings;
};

/// stop  once requested, the rest is not read: a fault
LoadedZones load_zones(const std::vector<ZoneFile>& files, const AddressMap& addresses,
                       const std::stop_token& stop = {});

}  // namespace labnet::dns_server
