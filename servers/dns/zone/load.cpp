// The steps of loading, one after the other.
#include "servers/dns/zone/load.hpp"

#include <algorithm>
#include <filesystem>

namespace labnet::dns_server {

BuiltZone load_zone(const std::string& path, dns::NameView origin, const AddressMap& addresses,
                    const ReadFile& read_file, const std::stop_token& stop) {
  auto file = read_master_file(path, origin, read_file, stop);
  for (auto& placed : file.records) addresses.apply(placed.record);
  return build_zone(addresses.map(origin), std::move(file));
}

std::optional<dns::Name> guess_origin(const std::string& path, const ReadFile& read_file) {
  // Read with two origins: an owner that is the same both times is whole in the file.
  std::optional<dns::Name> owner;
  for (const auto* origin : {"first.", "second."}) {
    const auto read = read_master_file(path, *dns::parse_name(origin), read_file);
    const auto is_soa = [](const PlacedRecord& placed) { return placed.record.type() == dns::Type::soa; };
    const auto soa = std::ranges::find_if(read.records, is_soa);
    if (soa == read.records.end()) break;
    if (owner && *owner == soa->record.name) return owner;
    owner = soa->record.name;
  }
  const std::filesystem::path file{path};
  const auto whole = file.filename().string();
  const auto parsed = dns::parse_name(whole.starts_with("db.") ? whole.substr(3) : file.stem().string());
  return parsed ? std::optional{*parsed} : std::nullopt;
}

}  // namespace labnet::dns_server
