#include "servers/dns/zone/difference.hpp"

#include <algorithm>

namespace labnet::dns_server {
namespace {

std::vector<Bytes> sorted_data(const Rrset& rrset) {
  std::vector<Bytes> all;
  for_each_rdata(rrset, [&](Bytes data) { all.push_back(data); });
  std::ranges::sort(all, [](Bytes a, Bytes b) { return std::ranges::lexicographical_compare(a, b); });
  return all;
}

bool are_same(const Rrset& a, const Rrset& b) {
  if (a.type != b.type || a.ttl != b.ttl || a.count != b.count) return false;
  if (std::ranges::equal(a.wire, b.wire)) return true;
  return std::ranges::equal(sorted_data(a), sorted_data(b), [](Bytes x, Bytes y) { return std::ranges::equal(x, y); });
}

}  // namespace

bool is_higher_serial(std::uint32_t serial, std::uint32_t other) {
  return static_cast<std::int32_t>(serial - other) > 0;
}

bool have_same_records(const Zone& a, const Zone& b) {
  // Nodes and the types of each stand in an order of their own.
  return std::ranges::equal(a.nodes(), b.nodes(), [&](const Zone::Node& x, const Zone::Node& y) {
    return std::ranges::equal(x.name.wire(), y.name.wire()) && std::ranges::equal(a.rrsets(x), b.rrsets(y), are_same);
  });
}

}  // namespace labnet::dns_server
