// ICMP messages: echo, and the errors that routers and hosts send back.
#pragma once

#include <cstdint>

#include "common/packet/ipv4.hpp"

namespace labnet::packet {

/// RFC 792, "Echo or Echo Reply Message"; every other message has the first line and 4 bytes of its own:
///
///     |0               |8               |16              |24              |32
///     |      type      |      code      |            checksum             |
///     |           identifier            |         sequence number         |
///     |                              data ...                             |
struct Icmp {
  static constexpr std::size_t header_bytes = 8;
  static constexpr std::uint8_t echo_reply = 0;
  static constexpr std::uint8_t destination_unreachable = 3;
  static constexpr std::uint8_t redirect = 5;
  static constexpr std::uint8_t echo_request = 8;
  static constexpr std::uint8_t time_exceeded = 11;
  static constexpr std::uint8_t parameter_problem = 12;

  std::uint8_t type = echo_request;
  std::uint8_t code = 0;
  Checksum checksum = Checksum::unknown;
  std::uint16_t identifier = 0;       // in an error: the first two of its own 4 bytes
  std::uint16_t sequence_number = 0;  // in an error: the last two (the next hop's MTU, RFC 1191, section 4)
  Bytes payload{};                    // in an error: the start of the datagram that caused it, for parse_ipv4_datagram

  bool is_echo() const { return type == echo_request || type == echo_reply; }
  bool is_error() const {
    return type == destination_unreachable || type == time_exceeded || type == parameter_problem;
  }
};

/// The checksum is verified over all of `input`: call with the payload of a whole datagram.
Result<Icmp, HeaderFault> parse_icmp(Bytes input);
void write(const Icmp& message, ByteWriter& out);

/// "Destination host unreachable", "Time to live exceeded", ...; "ICMP type 42, code 0" where there is no word for it.
std::string describe_icmp(std::uint8_t type, std::uint8_t code);

}  // namespace labnet::packet
