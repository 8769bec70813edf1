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

std::vector<dns::Record> records_of(const Rrset& rrset, dns::NameView owner) {
  std::vector<dns::Record> records;
  for_each_rdata(rrset, [&](Bytes data) {
    ByteReader reader{data};
    auto rdata = dns::read_rdata(rrset.type, reader);
    if (!rdata) rdata = dns::Rdata{dns::Unknown{rrset.type, {data.begin(), data.end()}}};
    records.push_back({dns::Name{owner}, dns::Class::in, rrset.ttl, *std::move(rdata)});
  });
  return records;
}

const Zone* find_zone(const ZoneSet& zones, const dns::Question& question) {
  const auto name = question.name.view();
  const auto* zone = zones.find(dns::FoldedName{name});
  const auto is_of_parent = question.type == dns::Type::ds && !name.is_root() && zone && zone->origin() == name;
  if (!is_of_parent) return zone;
  // DS belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
  const auto* parent = zones.find(dns::FoldedName{name.parent()});
  return parent ? parent : zone;
}

/// The DNAME, and the alias that is made of it (RFC 6672, section 3.1).
void redirect(const dns::Question& question, const Finding& finding, Accepted& accepted) {
  accepted.answers = records_of(*finding.rrset, finding.node->name);
  const auto& dname = std::get<dns::Dname>(accepted.answers.front().data);
  const auto target = dns::replace_ancestor(question.name, finding.node->name, dname.target);
  if (!target) {
    accepted.rcode = dns::Rcode::yxdomain;
    return;
  }
  accepted.answers.push_back({question.name, dns::Class::in, finding.rrset->ttl, dns::Cname{*target}});
  const auto asks_for_alias = question.type == dns::Type::cname || question.type == dns::Type::any;
  if (!asks_for_alias) accepted.continues_at = *target;
}

}  // namespace

std::optional<Accepted> find_in_zones(const ZoneSet& zones, const dns::Question& question) {
  const auto* zone = find_zone(zones, question);
  if (zone == nullptr) return std::nullopt;
  const auto finding = look_up(*zone, dns::FoldedName{question.name}, question.type);
  Accepted accepted;
  switch (finding.kind) {
    case Finding::Kind::data:
      accepted.answers = records_of(*finding.rrset, question.name);
      break;
    case Finding::Kind::alias:
      accepted.answers = records_of(*finding.rrset, question.name);
      accepted.continues_at = std::get<dns::Cname>(accepted.answers.front().data).target;
      break;
    case Finding::Kind::redirection:
      redirect(question, finding, accepted);
      break;
    case Finding::Kind::no_name:
      accepted.rcode = dns::Rcode::nxdomain;
      [[fallthrough]];
    case Finding::Kind::no_data:
      accepted.soa = records_of(zone->negative_soa(), zone->origin()).front();
      break;
    case Finding::Kind::delegation:
      return std::nullopt;
  }
  return accepted;
}

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
