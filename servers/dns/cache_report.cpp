#include "servers/dns/cache_report.hpp"

#include <boost/json/object.hpp>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

namespace json = boost::json;

/// As Windows writes names, and in lower case: who asked first may have asked in random case (0x20), which would only
/// puzzle a reader.
std::string shown(dns::NameView name) {
  return to_lower(without_last_dot(name));
}

json::object describe(dns::NameView name, std::uint32_t ttl, std::string_view section, const dns::Rdata& data) {
  Buffer wire;
  ByteWriter out{wire};
  dns::write_rdata(data, out);
  const auto type = dns::type_of(data);
  return {{"name", shown(name)},
          {"type", dns::to_text(type)},
          {"type_number", static_cast<int>(type)},
          {"ttl", ttl},
          {"data_bytes", wire.size()},
          {"section", section},
          {"data", dns::without_last_dot(dns::to_text(data))}};
}

json::object describe_negative(const CacheEntry& entry) {
  json::object about{{"name", shown(entry.name)}, {"ttl", entry.ttl}};
  if (entry.kind == CacheEntry::Kind::no_name) {
    about["negative"] = "NXDOMAIN";
  } else {
    about["type"] = dns::to_text(entry.type);
    about["type_number"] = static_cast<int>(entry.type);
    about["negative"] = "NODATA";
  }
  return about;
}

}  // namespace

json::array report(const std::vector<CacheEntry>& entries, const std::vector<Delegation>& delegations) {
  json::array all;
  for (const auto& entry : entries) {
    if (entry.kind != CacheEntry::Kind::records) {
      all.push_back(describe_negative(entry));
      continue;
    }
    for (const auto& record : entry.records) all.push_back(describe(entry.name, entry.ttl, "Answer", record.data));
  }
  for (const auto& delegation : delegations) {
    for (const auto& server : delegation.servers) {
      all.push_back(describe(delegation.zone, delegation.ttl, "Authority", dns::Ns{server.name}));
    }
    for (const auto& server : delegation.servers) {
      for (const auto address : server.addresses) {
        all.push_back(describe(server.name, delegation.ttl, "Additional", dns::A{address}));
      }
    }
  }
  return all;
}

}  // namespace labnet::dns_server
