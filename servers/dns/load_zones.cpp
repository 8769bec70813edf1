#include "servers/dns/load_zones.hpp"

#include "servers/dns/zone/load.hpp"

namespace labnet::dns_server {

LoadedZones load_zones(const std::vector<ZoneFile>& files, const AddressMap& addresses, const std::stop_token& stop) {
  LoadedZones loaded;
  std::vector<std::shared_ptr<const Zone>> zones;
  for (const auto& file : files) {
    auto built = load_zone(file.file.string(), file.origin, addresses, read_file_here, stop);
    loaded.faults.insert(loaded.faults.end(), built.faults.begin(), built.faults.end());
    loaded.warnings.insert(loaded.warnings.end(), built.warnings.begin(), built.warnings.end());
    if (built.zone) zones.push_back(std::move(built.zone));
  }
  if (!loaded.faults.empty()) return loaded;
  auto set = ZoneSet::make(std::move(zones));
  if (set) {
    loaded.zones = *std::move(set);
  } else {
    loaded.faults.push_back({"zones", 0, 0, set.error().message});
  }
  return loaded;
}

}  // namespace labnet::dns_server
