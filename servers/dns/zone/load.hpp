// From a zone file to a zone.
#pragma once

#include <string>

#include "common/dns/name.hpp"
#include "servers/dns/address_map.hpp"
#include "servers/dns/zone/master_file.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

/// Reads the file, moves its addresses and its origin as `addresses` says, checks and builds.
BuiltZone load_zone(const std::string& path, dns::NameView origin, const AddressMap& addresses = {},
                    const ReadFile& read_file = read_file_here);

}  // namespace labnet::dns_server
