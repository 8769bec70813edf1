// RTP packets: which are in order, and their parts.
#include "common/rtp/packet.hpp"

#include <array>

namespace labnet::rtp {
namespace {

constexpr std::uint8_t padding_bit = 0x20, extension_bit = 0x10, csrc_mask = 0x0f;
constexpr std::size_t word_bytes = 4, extension_header_bytes = 4;

/// Where the parts of a packet lie.
struct PacketParts {
  std::size_t csrcs_end = header_bytes;
  std::size_t extension_end = 0;  // as csrcs_end without an extension
  std::size_t payload_end = 0;
};

std::optional<PacketFault> find_extension(Bytes packet, PacketParts& parts) {
  parts.extension_end = parts.csrcs_end;
  if ((detail::octet(packet, 0) & extension_bit) == 0) return std::nullopt;
  if (packet.size() < parts.csrcs_end + extension_header_bytes) return PacketFault::bad_extension;
  const auto words = detail::word(packet, parts.csrcs_end) & 0xffff;
  parts.extension_end += extension_header_bytes + words * word_bytes;
  if (packet.size() < parts.extension_end) return PacketFault::bad_extension;
  return std::nullopt;
}

std::optional<PacketFault> find_payload(Bytes packet, PacketParts& parts) {
  parts.payload_end = packet.size();
  if ((detail::octet(packet, 0) & padding_bit) == 0) return std::nullopt;
  const std::size_t padding = detail::octet(packet, packet.size() - 1);
  if (padding == 0 || padding > packet.size() - parts.extension_end) return PacketFault::bad_padding;
  parts.payload_end -= padding;
  return std::nullopt;
}

std::optional<PacketFault> find_parts(Bytes packet, PacketParts& parts) {
  if (packet.empty()) return PacketFault::truncated;
  if (detail::octet(packet, 0) >> 6 != version) return PacketFault::bad_version;
  parts.csrcs_end = header_bytes + (detail::octet(packet, 0) & csrc_mask) * word_bytes;
  if (packet.size() < parts.csrcs_end) return PacketFault::truncated;
  if (const auto fault = find_extension(packet, parts)) return fault;
  return find_payload(packet, parts);
}

}  // namespace

std::string_view describe(PacketFault fault) {
  switch (fault) {
    case PacketFault::truncated:
      return "the input ends inside the header";
    case PacketFault::bad_version:
      return "not version 2";
    case PacketFault::bad_extension:
      return "the extension is longer than the packet";
    case PacketFault::bad_padding:
      return "there cannot be so much padding";
  }
  return {};
}

std::optional<PacketFault> fault_of(Bytes packet) {
  PacketParts parts;
  return find_parts(packet, parts);
}

Result<Packet, PacketFault> parse_packet(Bytes input) {
  PacketParts parts;
  if (const auto fault = find_parts(input, parts)) return *fault;
  Packet packet{.header = header_of(input),
                .csrcs = input.subspan(header_bytes, parts.csrcs_end - header_bytes),
                .extension_profile = std::nullopt,
                .payload = input.subspan(parts.extension_end, parts.payload_end - parts.extension_end)};
  if (parts.extension_end > parts.csrcs_end) {
    const auto begin = parts.csrcs_end + extension_header_bytes;
    packet.extension_profile = static_cast<std::uint16_t>(detail::word(input, parts.csrcs_end) >> 16);
    packet.extension = input.subspan(begin, parts.extension_end - begin);
  }
  return packet;
}

void write(const Header& header, ByteWriter& out) {
  std::array<std::byte, header_bytes> octets{std::byte{version << 6}};
  set_header(octets, header);
  out.bytes(octets);
}

DatagramKind kind_of(Bytes datagram) {
  if (datagram.size() < 2) return DatagramKind::other;
  const auto first = detail::octet(datagram, 0), second = detail::octet(datagram, 1);
  constexpr std::uint8_t stun_max = 3, dtls_min = 20, dtls_max = 63, rtcp_min = 192, rtcp_max = 223;
  if (first <= stun_max) return DatagramKind::stun;
  if (first >= dtls_min && first <= dtls_max) return DatagramKind::dtls;
  if (first >> 6 != version) return DatagramKind::other;
  return second >= rtcp_min && second <= rtcp_max ? DatagramKind::rtcp : DatagramKind::rtp;
}

}  // namespace labnet::rtp
