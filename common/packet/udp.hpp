// UDP datagrams.
#pragma once

#include <cstdint>

#include "common/packet/ipv4.hpp"

namespace labnet::packet {

/// RFC 768:
///
///     |0               |8               |16              |24              |32
///     |           source port           |        destination port         |
///     |             length              |            checksum             |
struct Udp {
  static constexpr std::size_t header_bytes = 8;

  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t length_bytes = 0;         // header and payload as the header says
  Checksum checksum = Checksum::unknown;  // absent if the field is zero; parse_frame fills in the rest
  Bytes payload{};
};

Result<Udp, HeaderFault> parse_udp(Bytes input);
/// The addresses are in the checksum (see PseudoHeader).
void write(const Udp& datagram, Ipv4Address source, Ipv4Address destination, ByteWriter& out);

}  // namespace labnet::packet
