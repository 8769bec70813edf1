// Ethernet frames as a network card gives them: no preamble, no frame check sequence.
#pragma once

#include <cstdint>

#include "common/base/address.hpp"
#include "common/packet/header.hpp"

namespace labnet::packet {

/// IEEE 802.3, section 3.1, with the EtherType of RFC 894:
///
///     | destination MAC (6) | source MAC (6) | type (2) | payload ... |
struct Ethernet {
  static constexpr std::size_t header_bytes = 14;
  static constexpr std::uint16_t type_ipv4 = 0x0800;
  static constexpr std::uint16_t type_arp = 0x0806;
  static constexpr std::uint16_t type_ipv6 = 0x86dd;
  static constexpr std::uint16_t type_min = 0x0600;  // a smaller value is a length, of a frame with an LLC header

  MacAddress destination{};
  MacAddress source{};
  std::uint16_t type = 0;
  Bytes payload{};  // with the padding that fills a frame up to 60 bytes: only the next layer knows its own end
};

Result<Ethernet, HeaderFault> parse_ethernet(Bytes input);
/// Adds no padding.
void write(const Ethernet& frame, ByteWriter& out);

/// Six octets as they stand in a frame.
std::optional<MacAddress> read_mac(ByteReader& reader);
void write_mac(const MacAddress& address, ByteWriter& out);

}  // namespace labnet::packet
