// IPv4 datagrams (RFC 791).
#include "common/packet/ipv4.hpp"

#include <algorithm>

#include "common/packet/checksum.hpp"

namespace labnet::packet {
namespace {

constexpr std::uint16_t flag_dont_fragment = 0x4000;
constexpr std::uint16_t flag_more_fragments = 0x2000;
constexpr std::uint16_t fragment_offset_mask = 0x1fff;
constexpr std::size_t ipv4_checksum_position = 10;

}  // namespace

Result<Ipv4, HeaderFault> parse_ipv4_datagram(Bytes input) {
  if (input.empty()) return HeaderFault::truncated;
  ByteReader reader{input};
  const auto first = *reader.u8();
  if (first >> 4 != 4) return HeaderFault::bad_version;
  const std::size_t header_bytes = (first & 0x0f) * 4u;
  if (header_bytes < Ipv4::header_bytes_min) return HeaderFault::bad_length;
  if (input.size() < header_bytes) return HeaderFault::truncated;
  Ipv4 datagram;
  datagram.dscp_ecn = *reader.u8();
  datagram.total_bytes = *reader.u16();
  if (datagram.total_bytes != 0 && datagram.total_bytes < header_bytes) return HeaderFault::bad_length;
  datagram.identification = *reader.u16();
  const auto fragment = *reader.u16();
  datagram.dont_fragment = (fragment & flag_dont_fragment) != 0;
  datagram.more_fragments = (fragment & flag_more_fragments) != 0;
  datagram.fragment_offset_bytes = static_cast<std::uint16_t>((fragment & fragment_offset_mask) * 8);
  datagram.ttl = *reader.u8();
  datagram.protocol = *reader.u8();
  reader.u16();  // the checksum, which is verified with all the header
  datagram.source = {*reader.u32()};
  datagram.destination = {*reader.u32()};
  datagram.options = *reader.take(header_bytes - Ipv4::header_bytes_min);
  datagram.checksum = internet_checksum(input.first(header_bytes)) == 0 ? Checksum::right : Checksum::wrong;
  const auto end = datagram.total_bytes == 0 ? input.size() : std::min<std::size_t>(datagram.total_bytes, input.size());
  datagram.payload = input.subspan(header_bytes, end - header_bytes);
  return datagram;
}

void write(const Ipv4& datagram, ByteWriter& out) {
  const auto start = out.size();
  const auto options = datagram.options.first(std::min(datagram.options.size(), Ipv4::options_bytes_max));
  const auto header_bytes = Ipv4::header_bytes_min + (options.size() + 3) / 4 * 4;
  out.u8(static_cast<std::uint8_t>(0x40 | header_bytes / 4));
  out.u8(datagram.dscp_ecn);
  out.u16(static_cast<std::uint16_t>(header_bytes + datagram.payload.size()));
  out.u16(datagram.identification);
  out.u16(static_cast<std::uint16_t>((datagram.dont_fragment ? flag_dont_fragment : 0) |
                                     (datagram.more_fragments ? flag_more_fragments : 0) |
                                     datagram.fragment_offset_bytes / 8));
  out.u8(datagram.ttl);
  out.u8(datagram.protocol);
  out.u16(0);
  out.u32(datagram.source.value);
  out.u32(datagram.destination.value);
  out.bytes(options);
  while (!out.overflowed() && out.size() < start + header_bytes) out.u8(0);
  if (!out.overflowed()) out.patch_u16(start + ipv4_checksum_position, internet_checksum(out.written().subspan(start)));
  out.bytes(datagram.payload);
}

Checksum verify_segment(const Ipv4& datagram, std::size_t segment_bytes) {
  if (datagram.is_fragment() || !datagram.is_whole() || segment_bytes > datagram.payload.size()) {
    return Checksum::unknown;
  }
  const PseudoHeader pseudo_header{datagram.source, datagram.destination, datagram.protocol};
  return internet_checksum(pseudo_header, datagram.payload.first(segment_bytes)) == 0 ? Checksum::right
                                                                                      : Checksum::wrong;
}

}  // namespace labnet::packet
