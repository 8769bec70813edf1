#include "servers/dns/cache_report.hpp"

#include <boost/json/object.hpp>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

namespace json = boost::json;

/// As Windows writes names: without the dot of the root.
std::string without_last_dot(std::string name) {
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

/// In lower case: who asked first may have asked in random case (0x20), which would only puzzle a reader.
std::string name_of(const CacheEntry& entry) {
  return to_lower(without_last_dot(dns::to_text(entry.name)));
}

json::object describe(const CacheEntry& entry, const dns::Record& record) {
  Buffer data;
  ByteWriter out{data};
  dns::write_rdata(record.data, out);
  return {{"name", name_of(entry)},
          {"type", dns::to_text(entry.type)},
          {"type_number", static_cast<int>(entry.type)},
          {"ttl", entry.ttl},
          {"data_bytes", data.size()},
          {"section", "Answer"},
          {"data", without_last_dot(dns::to_text(record.data))}};
}

json::object describe_negative(const CacheEntry& entry) {
  json::object about{{"name", name_of(entry)}, {"ttl", entry.ttl}};
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

json::array report(const std::vector<CacheEntry>& entries) {
  json::array all;
  for (const auto& entry : entries) {
    if (entry.kind != CacheEntry::Kind::records) {
      all.push_back(describe_negative(entry));
      continue;
    }
    for (const auto& record : entry.records) all.push_back(describe(entry, record));
  }
  return all;
}

}  // namespace labnet::dns_server
