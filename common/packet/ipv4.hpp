// IPv4 datagrams and fragments of them.
#pragma once

#include <cstdint>

#include "common/base/address.hpp"
#include "common/packet/header.hpp"

namespace labnet::packet {

/// RFC 791, section 3.1:
///
///     |0               |8               |16              |24              |32
///     |version| length | DSCP and ECN   |          total length           |
///     |         identification          |flags|     fragment offset       |
///     |      TTL       |    protocol    |         header checksum         |
///     |                          source address                           |
///     |                        destination address                        |
///     |                       options, 0 to 40 bytes                      |
struct Ipv4 {
  static constexpr std::size_t header_bytes_min = 20;
  static constexpr std::size_t options_bytes_max = 40;
  static constexpr std::uint8_t protocol_icmp = 1;
  static constexpr std::uint8_t protocol_tcp = 6;
  static constexpr std::uint8_t protocol_udp = 17;

  std::uint8_t dscp_ecn = 0;
  std::uint16_t total_bytes =
      0;  // header and payload as the header says; 0 in a segment that the card still has to cut
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t fragment_offset_bytes = 0;  // a multiple of 8
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  Checksum checksum = Checksum::unknown;  // of the header
  Ipv4Address source{};
  Ipv4Address destination{};
  Bytes options{};
  Bytes payload{};

  bool is_fragment() const { return more_fragments || fragment_offset_bytes != 0; }
  /// False if the capture's snapshot length cut the payload.
  bool is_whole() const {
    return total_bytes == 0 || header_bytes_min + options.size() + payload.size() == total_bytes;
  }
};

Result<Ipv4, HeaderFault> parse_ipv4_datagram(Bytes input);
/// Options are padded to a multiple of 4 with zeros, and those past options_bytes_max left out.
void write(const Ipv4& datagram, ByteWriter& out);

/// What the TCP or UDP checksum in this datagram says; unknown if not all of the datagram is here.
/// segment_bytes  how much of the payload is header and data of the segment: UDP has a length of its own
Checksum verify_segment(const Ipv4& datagram, std::size_t segment_bytes);

}  // namespace labnet::packet
