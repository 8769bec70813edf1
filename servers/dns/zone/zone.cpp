// Search in a finished zone.
#include "servers/dns/zone/zone.hpp"

#include <algorithm>

namespace labnet::dns_server {

dns::NameView target_of(dns::Type type, Bytes rdata) {
  switch (type) {
    case dns::Type::mx:
      return dns::NameView{rdata.subspan(2)};
    case dns::Type::srv:
      return dns::NameView{rdata.subspan(6)};
    case dns::Type::svcb:
    case dns::Type::https:
      return leading_name(rdata.subspan(2));  // parameters follow
    default:
      return dns::NameView{rdata};
  }
}

dns::NameView leading_name(Bytes octets) {
  std::size_t size = 1;
  while (octets[size - 1] != std::byte{0}) size += 1 + std::to_integer<std::size_t>(octets[size - 1]);
  return dns::NameView{octets.first(size)};
}

const Rrset* Zone::find(const Node& node, dns::Type type) const {
  for (const auto& rrset : rrsets(node)) {
    if (rrset.type == type) return &rrset;
  }
  return nullptr;
}

const Zone::Node* Zone::find(const dns::FoldedName& name, std::size_t skip) const {
  const auto sought = name.suffix(skip).wire();
  const auto found = index_.find(
      name.hash(skip), [&](std::uint32_t number) { return std::ranges::equal(nodes_[number].folded.wire(), sought); });
  return found ? &nodes_[*found] : nullptr;
}

}  // namespace labnet::dns_server
