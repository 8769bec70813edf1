// Ethernet frames (IEEE 802.3).
#include "common/packet/ethernet.hpp"

#include <algorithm>

namespace labnet::packet {

Result<Ethernet, HeaderFault> parse_ethernet(Bytes input) {
  if (input.size() < Ethernet::header_bytes) return HeaderFault::truncated;
  ByteReader reader{input};
  Ethernet frame;
  frame.destination = *read_mac(reader);
  frame.source = *read_mac(reader);
  frame.type = *reader.u16();
  frame.payload = *reader.take(reader.remaining());
  return frame;
}

void write(const Ethernet& frame, ByteWriter& out) {
  write_mac(frame.destination, out);
  write_mac(frame.source, out);
  out.u16(frame.type);
  out.bytes(frame.payload);
}

std::optional<MacAddress> read_mac(ByteReader& reader) {
  const auto octets = reader.take(6);
  if (!octets) return std::nullopt;
  MacAddress address;
  std::ranges::transform(*octets, address.octets.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return address;
}

void write_mac(const MacAddress& address, ByteWriter& out) {
  out.bytes(std::as_bytes(std::span{address.octets}));
}

}  // namespace labnet::packet
