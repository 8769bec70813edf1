// TCP segments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/packet/ipv4.hpp"

namespace labnet::packet {

/// RFC 9293, section 3.1:
///
///     |0               |8               |16              |24              |32
///     |           source port           |        destination port         |
///     |                          sequence number                          |
///     |                       acknowledgment number                       |
///     | offset |  0  |      flags       |             window              |
///     |            checksum             |         urgent pointer          |
///     |                       options, 0 to 40 bytes                      |
struct Tcp {
  static constexpr std::size_t header_bytes_min = 20;
  static constexpr std::size_t options_bytes_max = 40;
  static constexpr std::uint8_t flag_fin = 0x01;
  static constexpr std::uint8_t flag_syn = 0x02;
  static constexpr std::uint8_t flag_rst = 0x04;
  static constexpr std::uint8_t flag_psh = 0x08;
  static constexpr std::uint8_t flag_ack = 0x10;
  static constexpr std::uint8_t flag_urg = 0x20;
  static constexpr std::uint8_t flag_ece = 0x40;
  static constexpr std::uint8_t flag_cwr = 0x80;

  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence_number = 0;
  std::uint32_t acknowledgment_number = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;               // as it stands: the scale of the handshake is not applied
  Checksum checksum = Checksum::unknown;  // parse_frame fills it in: it takes the addresses
  std::uint16_t urgent_pointer = 0;
  Bytes options{};
  Bytes payload{};

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

Result<Tcp, HeaderFault> parse_tcp(Bytes input);
/// The addresses are in the checksum (see PseudoHeader). Options are padded to a multiple of 4 with zeros (the end of
/// the option list), and those past options_bytes_max left out.
void write(const Tcp& segment, Ipv4Address source, Ipv4Address destination, ByteWriter& out);

/// "SYN, ACK", in the order of the flags' bits.
std::string describe_flags(std::uint8_t flags);

/// The options that every stack sends today; others are skipped.
struct TcpOptions {
  struct Timestamps {
    std::uint32_t value = 0;
    std::uint32_t echo_reply = 0;
    auto operator<=>(const Timestamps&) const = default;
  };
  std::optional<std::uint16_t> maximum_segment_size{};  // RFC 9293, section 3.7.1
  std::optional<std::uint8_t> window_scale{};           // RFC 7323, section 2: a shift count
  bool sack_permitted = false;                          // RFC 2018, section 2
  std::optional<Timestamps> timestamps{};               // RFC 7323, section 3
};
/// bad_length: an option that runs past the end or has a length its kind cannot have.
Result<TcpOptions, HeaderFault> parse_tcp_options(Bytes options);

}  // namespace labnet::packet
