// ARP: which MAC address has the host of this IPv4 address?
#pragma once

#include <cstdint>

#include "common/base/address.hpp"
#include "common/packet/header.hpp"

namespace labnet::packet {

/// RFC 826, for Ethernet and IPv4, 28 bytes:
///
///     | hardware type = 1 (2) | protocol type = 0x0800 (2) | 6 (1) | 4 (1) | operation (2) |
///     | sender MAC (6) | sender address (4) | target MAC (6) | target address (4) |
struct Arp {
  static constexpr std::uint16_t request = 1;
  static constexpr std::uint16_t reply = 2;

  std::uint16_t operation = request;
  MacAddress sender_mac{};
  Ipv4Address sender{};
  MacAddress target_mac{};  // zero in a request: it is what is asked for
  Ipv4Address target{};

  /// An announcement: a host tells its own address (RFC 5227, section 1.1).
  bool is_gratuitous() const { return sender == target; }
};

/// not_supported: hardware other than Ethernet, or a protocol other than IPv4.
Result<Arp, HeaderFault> parse_arp(Bytes input);
void write(const Arp& arp, ByteWriter& out);

}  // namespace labnet::packet
