// UDP datagrams (RFC 768).
#include "common/packet/udp.hpp"

#include <algorithm>

#include "common/packet/checksum.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t udp_checksum_position = 6;

}  // namespace

Result<Udp, HeaderFault> parse_udp(Bytes input) {
  if (input.size() < Udp::header_bytes) return HeaderFault::truncated;
  ByteReader reader{input};
  Udp datagram;
  datagram.source_port = *reader.u16();
  datagram.destination_port = *reader.u16();
  datagram.length_bytes = *reader.u16();
  if (datagram.length_bytes < Udp::header_bytes) return HeaderFault::bad_length;
  if (*reader.u16() == 0) datagram.checksum = Checksum::absent;
  const auto end = std::min<std::size_t>(datagram.length_bytes, input.size());
  datagram.payload = input.subspan(Udp::header_bytes, end - Udp::header_bytes);
  return datagram;
}

void write(const Udp& datagram, Ipv4Address source, Ipv4Address destination, ByteWriter& out) {
  const auto start = out.size();
  out.u16(datagram.source_port);
  out.u16(datagram.destination_port);
  out.u16(static_cast<std::uint16_t>(Udp::header_bytes + datagram.payload.size()));
  out.u16(0);
  out.bytes(datagram.payload);
  if (out.overflowed()) return;
  const auto checksum = internet_checksum({source, destination, Ipv4::protocol_udp}, out.written().subspan(start));
  // Zero in the field means "no checksum"; its twin in ones' complement says the same sum (RFC 768).
  out.patch_u16(start + udp_checksum_position, checksum == 0 ? 0xffff : checksum);
}

}  // namespace labnet::packet
