// The steps of loading, one after the other.
#include "servers/dns/zone/load.hpp"

namespace labnet::dns_server {

BuiltZone load_zone(const std::string& path, dns::NameView origin, const AddressMap& addresses,
                    const ReadFile& read_file) {
  auto file = read_master_file(path, origin, read_file);
  for (auto& placed : file.records) addresses.apply(placed.record);
  return build_zone(addresses.map(origin), std::move(file));
}

}  // namespace labnet::dns_server
