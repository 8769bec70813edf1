// Zones for tests, written in the test itself.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "servers/dns/zone/load.hpp"
#include "servers/dns/zone/zone_set.hpp"
#include "tests/common/dns/octets.hpp"

namespace labnet::dns_server {

using dns::name;
using dns::octets;

/// Files that exist only here.
inline ReadFile read_from(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path) -> Result<std::string> {
    const auto file = files.find(path);
    if (file == files.end()) return Error{"there is no such file"};
    return file->second;
  };
}

inline MasterFile read_text(std::string text, std::string_view origin = "example.") {
  return read_master_file("test.zone", name(origin), read_from({{"test.zone", std::move(text)}}));
}

inline BuiltZone build_text(std::string text, std::string_view origin = "example.", const AddressMap& addresses = {}) {
  return load_zone("test.zone", name(origin), addresses, read_from({{"test.zone", std::move(text)}}));
}

/// A zone without faults; throws the first one otherwise.
inline std::shared_ptr<const Zone> zone_of(std::string text, std::string_view origin = "example.") {
  auto built = build_text(std::move(text), origin);
  if (!built.zone) throw std::logic_error{to_text(built.faults.front())};
  return built.zone;
}

/// Its faults, and then its records.
inline std::vector<std::string> texts(const MasterFile& file) {
  std::vector<std::string> lines;
  for (const auto& fault : file.faults) lines.push_back(to_text(fault));
  for (const auto& placed : file.records) lines.push_back(dns::to_text(placed.record));
  return lines;
}

}  // namespace labnet::dns_server
