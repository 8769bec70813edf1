// The name itself, else its closest encloser with what it says of names below: a cut, a DNAME, a wildcard.
#include "servers/dns/zone/lookup.hpp"

#include <algorithm>

namespace labnet::dns_server {
namespace {

using FindingKind = Finding::Kind;

Finding refer(const Zone& zone, const Zone::Node& below) {
  const auto& cut = zone.node(below.cut);
  return {FindingKind::delegation, &cut, zone.find(cut, dns::Type::ns)};
}

Finding data_of(const Zone& zone, const Zone::Node& node, dns::Type type) {
  const auto rrsets = zone.rrsets(node);
  if (type == dns::Type::any && !rrsets.empty()) return {FindingKind::data, &node, &rrsets.front()};
  if (const auto* rrset = zone.find(node, type)) return {FindingKind::data, &node, rrset};
  if (const auto* rrset = zone.find(node, dns::Type::cname)) return {FindingKind::alias, &node, rrset};
  return {FindingKind::no_data, &node, nullptr};
}

}  // namespace

Finding look_up(const Zone& zone, const dns::FoldedName& name, dns::Type type) {
  if (const auto* node = zone.find(name)) {
    // DS is the one type that belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
    const bool is_of_the_parent = type == dns::Type::ds && zone.is_cut(*node);
    return node->cut == Zone::no_node || is_of_the_parent ? data_of(zone, *node, type) : refer(zone, *node);
  }
  // No name of the zone is longer than labels_max: longer ancestors need not be tried.
  const auto labels = name.label_count();
  auto skip = std::max<std::size_t>(1, labels - std::min(labels, zone.labels_max()));
  const auto* encloser = zone.find(name, skip);
  while (!encloser) encloser = zone.find(name, ++skip);  // ends at the apex
  if (encloser->cut != Zone::no_node) return refer(zone, *encloser);
  // Nothing stands below the owner of a DNAME, so that it is the closest encloser of all that it redirects.
  if (const auto* rrset = zone.find(*encloser, dns::Type::dname)) return {FindingKind::redirection, encloser, rrset};
  if (encloser->wildcard == Zone::no_node) return {FindingKind::no_name, encloser, nullptr};
  return data_of(zone, zone.node(encloser->wildcard), type);
}

}  // namespace labnet::dns_server
