// From a zone file to a zone.
#pragma once

#include <optional>
#include <string>

#include "common/dns/name.hpp"
#include "servers/dns/address_map.hpp"
#include "servers/dns/zone/master_file.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

/// Reads the file, moves its addresses and its origin as `addresses` says, checks and builds.
BuiltZone load_zone(const std::string& path, dns::NameView origin, const AddressMap& addresses = {},
                    const ReadFile& read_file = read_file_here, const std::stop_token& stop = {});

/// The origin of a zone whose file alone is known: the owner of its SOA record, or, where the file leaves that open
/// ("@" without $ORIGIN), what the file is called: labredes71.com. for labredes71.com.zone or db.labredes71.com.
/// Nothing if neither tells.
std::optional<dns::Name> guess_origin(const std::string& path, const ReadFile& read_file = read_file_here);

}  // namespace labnet::dns_server
