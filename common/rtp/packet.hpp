// RTP packets: read in place, written, and changed in place (RFC 3550, section 5.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//   |                           timestamp                           |
//   |           synchronization source (SSRC) identifier            |
//   |            contributing source (CSRC) identifiers, CC of them |
//   |     extension, if X: 16 bits of a profile, words that follow  |
//   |  payload, and if P padding, whose last octet is its length    |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::rtp {

inline constexpr std::size_t header_bytes = 12;  // the fixed part
inline constexpr std::uint8_t version = 2;
inline constexpr std::uint8_t payload_type_max = 127;

enum class PacketFault {
  truncated,      // the input ends inside the fixed header or the list of CSRCs
  bad_version,    // not 2
  bad_extension,  // it is longer than the packet
  bad_padding,    // its length is zero or more than there is
};
/// For people: "the input ends inside the header".
std::string_view describe(PacketFault fault);

struct Header {
  std::uint8_t payload_type = 0;  // 0 to 127
  bool marker = false;            // of audio: the first packet of a talk spurt (RFC 3551, section 4.1)
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;  // in ticks of the payload type's clock
  std::uint32_t ssrc = 0;

  bool operator==(const Header&) const = default;
};

struct Packet {
  Header header;
  Bytes csrcs{};                                   // four bytes each
  std::optional<std::uint16_t> extension_profile;  // if there is an extension
  Bytes extension{};                               // its words, without its own header
  Bytes payload{};                                 // without padding; may be empty
};

/// input    one datagram
/// returns  the packet, whose views live as long as the input
Result<Packet, PacketFault> parse_packet(Bytes input);

/// What parse_packet would say, for those who need no views; nothing if the packet is in order.
std::optional<PacketFault> fault_of(Bytes packet);

/// Twelve bytes: no CSRC, extension or padding. The payload follows.
void write(const Header& header, ByteWriter& out);

/// What a datagram is, where several protocols share a port, by its first two octets (RFC 5761, section 4; RFC 7983).
enum class DatagramKind { rtp, rtcp, stun, dtls, other };
DatagramKind kind_of(Bytes datagram);

// Fields in place: of a packet that has header_bytes at least.

namespace detail {
inline std::uint8_t octet(Bytes packet, std::size_t i) {
  return std::to_integer<std::uint8_t>(packet[i]);
}
inline std::uint32_t word(Bytes packet, std::size_t i) {
  return std::uint32_t{octet(packet, i)} << 24 | std::uint32_t{octet(packet, i + 1)} << 16 |
         std::uint32_t{octet(packet, i + 2)} << 8 | std::uint32_t{octet(packet, i + 3)};
}
inline void put_word(std::span<std::byte> packet, std::size_t i, std::uint32_t value) {
  packet[i] = static_cast<std::byte>(value >> 24);
  packet[i + 1] = static_cast<std::byte>(value >> 16);
  packet[i + 2] = static_cast<std::byte>(value >> 8);
  packet[i + 3] = static_cast<std::byte>(value);
}
}  // namespace detail

inline std::uint8_t payload_type_of(Bytes packet) {
  return detail::octet(packet, 1) & payload_type_max;
}
inline std::uint32_t ssrc_of(Bytes packet) {
  return detail::word(packet, 8);
}
inline Header header_of(Bytes packet) {
  return {.payload_type = payload_type_of(packet),
          .marker = detail::octet(packet, 1) > payload_type_max,
          .sequence = static_cast<std::uint16_t>(detail::word(packet, 0)),
          .timestamp = detail::word(packet, 4),
          .ssrc = ssrc_of(packet)};
}
/// Overwrites what a Header holds; the first octet (version, padding, extension, CSRC count) stays.
inline void set_header(std::span<std::byte> packet, const Header& header) {
  const auto first = std::uint32_t{detail::octet(packet, 0)} << 24;
  const auto second = std::uint32_t{header.payload_type} | (header.marker ? payload_type_max + 1U : 0U);
  detail::put_word(packet, 0, first | second << 16 | header.sequence);
  detail::put_word(packet, 4, header.timestamp);
  detail::put_word(packet, 8, header.ssrc);
}

}  // namespace labnet::rtp
