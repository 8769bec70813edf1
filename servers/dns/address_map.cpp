// Addresses by their subnet; reverse names by the octets that they spell backwards.
#include "servers/dns/address_map.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

using dns::Name;
using dns::NameView;

/// A name below in-addr.arpa. taken apart: `octets` of an address, the first one first, as many as there are.
struct ReverseName {
  std::vector<std::string_view> labels_before;  // the leftmost first
  std::vector<std::uint8_t> octets;
};

std::optional<ReverseName> take_apart(NameView name, NameView in_addr) {
  if (!name.is_at_or_below(in_addr)) return std::nullopt;
  ReverseName parts;
  for (; name != in_addr; name = name.parent()) parts.labels_before.push_back(name.first_label());
  while (!parts.labels_before.empty() && parts.octets.size() < 4) {
    const auto octet = parse_integer<std::uint8_t>(parts.labels_before.back());
    if (!octet) break;
    parts.octets.push_back(*octet);
    parts.labels_before.pop_back();
  }
  return parts;
}

Name put_together(const ReverseName& parts, NameView in_addr) {
  Name name{in_addr};
  for (const auto octet : parts.octets) name = *join(std::to_string(octet), name);
  for (auto i = parts.labels_before.size(); i-- > 0;) {
    auto longer = join(parts.labels_before[i], name);
    if (longer) name = std::move(*longer);  // 255 octets are exceeded only by a name that was at that limit
  }
  return name;
}

/// The address that begins with these octets, the others 0.
Ipv4Address address_from(const std::vector<std::uint8_t>& octets) {
  Ipv4Address address;
  for (std::size_t i = 0; i < octets.size(); ++i) address.value |= std::uint32_t{octets[i]} << (24 - 8 * i);
  return address;
}

Ipv4Address moved(const AddressMap::Pair& pair, Ipv4Address address) {
  return {pair.to.value | (address.value & ~pair.from.mask())};
}

void move_hints(dns::SvcParams& params, const AddressMap& addresses) {
  for (auto& [key, value] : params.list) {
    if (key != dns::ipv4hint) continue;
    Buffer moved_value;
    ByteWriter out{moved_value};
    for (ByteReader in{value}; !in.at_end();) out.u32(addresses.map(Ipv4Address{*in.u32()}).value);
    value = std::move(moved_value);
  }
}

}  // namespace

Result<AddressMap> AddressMap::make(std::vector<Pair> pairs) {
  for (const auto& [from, to] : pairs) {
    if ((to.value & ~from.mask()) == 0) continue;
    return Error{fmt::format("{} cannot be the network that {} moves to: bits behind its prefix are set", to_string(to),
                             to_string(from))};
  }
  AddressMap map;
  map.pairs_ = std::move(pairs);
  return map;
}

Ipv4Address AddressMap::map(Ipv4Address address) const {
  const auto pair = std::ranges::find_if(pairs_, [&](const Pair& p) { return p.from.contains(address); });
  return pair == pairs_.end() ? address : moved(*pair, address);
}

Name AddressMap::map(NameView name) const {
  static const Name in_addr = *dns::parse_name("in-addr.arpa.");
  auto parts = pairs_.empty() ? std::nullopt : take_apart(name, in_addr);
  if (!parts) return Name{name};
  const auto address = address_from(parts->octets);
  const auto count = parts->octets.size();
  const auto is_meant = [&](const Pair& pair) {
    const auto whole_octets = static_cast<std::size_t>(pair.from.prefix_bits / 8);
    if (count == 0 || count < whole_octets) return false;
    if (8 * count >= static_cast<std::size_t>(pair.from.prefix_bits)) return pair.from.contains(address);
    // The reverse zone of 172.20.10.0/28 is 10.20.172.in-addr.arpa., larger than the subnet.
    return (pair.from.network.value ^ address.value) >> (32 - 8 * count) == 0;
  };
  const auto pair = std::ranges::find_if(pairs_, is_meant);
  if (pair == pairs_.end()) return Name{name};
  const auto new_address = moved(*pair, address);
  for (std::size_t i = 0; i < count; ++i) {
    parts->octets[i] = static_cast<std::uint8_t>(new_address.value >> (24 - 8 * i));
  }
  return put_together(*parts, in_addr);
}

void AddressMap::apply(dns::Record& record) const {
  if (pairs_.empty()) return;
  record.name = map(record.name);
  if (auto* a = std::get_if<dns::A>(&record.data)) a->address = map(a->address);
  if (auto* ptr = std::get_if<dns::Ptr>(&record.data)) ptr->target = map(ptr->target);
  if (auto* ns = std::get_if<dns::Ns>(&record.data)) ns->host = map(ns->host);
  if (auto* cname = std::get_if<dns::Cname>(&record.data)) cname->target = map(cname->target);
  if (auto* dname = std::get_if<dns::Dname>(&record.data)) dname->target = map(dname->target);
  if (auto* svcb = std::get_if<dns::Svcb>(&record.data)) move_hints(svcb->params, *this);
  if (auto* https = std::get_if<dns::Https>(&record.data)) move_hints(https->params, *this);
}

}  // namespace labnet::dns_server
