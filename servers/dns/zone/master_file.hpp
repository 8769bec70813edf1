// Zone files as BIND and the others write them: entries and directives become records (RFC 1035, section 5; RFC 2308,
// section 4, for $TTL).
//
//     $TTL 1h
//     @     IN SOA dns admin ( 2026010101 1d 2h 4w 1h )
//           IN NS  dns
//     dns   IN A   192.168.1.7
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/dns/message.hpp"
#include "servers/dns/zone/diagnostic.hpp"

namespace labnet::dns_server {

/// A record and where it was written.
struct PlacedRecord {
  dns::Record record;
  std::uint32_t file = 0;  // in MasterFile::files
  std::uint32_t line = 0;
};

struct MasterFile {
  std::vector<std::string> files;  // the file itself, then those that it includes
  std::vector<PlacedRecord> records;
  Diagnostics faults;  // at most faults_max; a file with faults is not to be served
};

/// The text of a file, at most zone_file_bytes_max of it.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Reads `path` and what it includes. Names without a final dot are below `origin` until $ORIGIN says otherwise; the
/// paths of $INCLUDE are relative to the folder of the file that they stand in.
/// Known: $ORIGIN, $TTL, $INCLUDE, $GENERATE. Class IN only. A record without a TTL has that of $TTL, else that of the
/// record before it; a SOA without either has its own MINIMUM.
/// stop  once requested, the rest is not read: a fault
MasterFile read_master_file(const std::string& path, dns::NameView origin, const ReadFile& read_file,
                            const std::stop_token& stop = {});

/// Reads a file of this machine.
Result<std::string> read_file_here(const std::string& path);

}  // namespace labnet::dns_server
