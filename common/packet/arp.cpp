// ARP (RFC 826).
#include "common/packet/arp.hpp"

#include "common/packet/ethernet.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t arp_bytes = 28;
constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t lengths_of_addresses = 0x0604;  // 6 for a MAC address, 4 for an IPv4 address

}  // namespace

Result<Arp, HeaderFault> parse_arp(Bytes input) {
  ByteReader reader{input};
  const auto hardware = reader.u16();
  const auto protocol = reader.u16();
  const auto lengths = reader.u16();
  if (!lengths) return HeaderFault::truncated;
  if (hardware != hardware_ethernet || protocol != Ethernet::type_ipv4 || lengths != lengths_of_addresses) {
    return HeaderFault::not_supported;
  }
  if (input.size() < arp_bytes) return HeaderFault::truncated;
  Arp arp;
  arp.operation = *reader.u16();
  arp.sender_mac = *read_mac(reader);
  arp.sender = {*reader.u32()};
  arp.target_mac = *read_mac(reader);
  arp.target = {*reader.u32()};
  return arp;
}

void write(const Arp& arp, ByteWriter& out) {
  out.u16(hardware_ethernet);
  out.u16(Ethernet::type_ipv4);
  out.u16(lengths_of_addresses);
  out.u16(arp.operation);
  write_mac(arp.sender_mac, out);
  out.u32(arp.sender.value);
  write_mac(arp.target_mac, out);
  out.u32(arp.target.value);
}

}  // namespace labnet::packet
