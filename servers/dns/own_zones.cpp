#include "servers/dns/own_zones.hpp"

#include "servers/dns/zone/lookup.hpp"

namespace labnet::dns_server {
namespace {

std::vector<Ipv4Address> addresses_of(const Zone& zone, dns::NameView host) {
  std::vector<Ipv4Address> addresses;
  if (!host.is_at_or_below(zone.origin())) return addresses;
  const auto* node = zone.find(dns::FoldedName{host});
  const auto* rrset = node == nullptr ? nullptr : zone.find(*node, dns::Type::a);
  if (rrset == nullptr) return addresses;
  for_each_rdata(*rrset, [&](Bytes data) {
    if (addresses.size() < server_addresses_max) addresses.push_back(Ipv4Address{*ByteReader{data}.u32()});
  });
  return addresses;
}

}  // namespace

std::optional<Delegation> find_delegation(const ZoneSet& zones, dns::NameView name) {
  const dns::FoldedName folded{name};
  const auto* zone = zones.find(folded);
  if (zone == nullptr) return std::nullopt;
  const auto finding = look_up(*zone, folded, dns::Type::ns);
  if (finding.kind != Finding::Kind::delegation) return std::nullopt;
  Delegation delegation{dns::Name{finding.node->name}, {}, finding.rrset->ttl};
  for_each_rdata(*finding.rrset, [&](Bytes data) {
    if (delegation.servers.size() == name_servers_max) return;
    const auto host = target_of(dns::Type::ns, data);
    delegation.servers.push_back({dns::Name{host}, addresses_of(*zone, host)});
  });
  return delegation;
}

}  // namespace labnet::dns_server
