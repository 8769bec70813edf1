// ICMP messages (RFC 792).
#include "common/packet/icmp.hpp"

#include <fmt/format.h>

#include <array>

#include "common/packet/checksum.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t icmp_checksum_position = 2;

// RFC 792; RFC 1122, section 3.2.2.1; RFC 1812, section 5.2.7.1. The index is the code.
constexpr std::array<std::string_view, 16> unreachable_words{
    "Destination network unreachable",
    "Destination host unreachable",
    "Destination protocol unreachable",
    "Destination port unreachable",
    "Fragmentation needed, but the datagram forbids it",
    "Source route failed",
    "Destination network unknown",
    "Destination host unknown",
    "Source host isolated",
    "Destination network administratively prohibited",
    "Destination host administratively prohibited",
    "Destination network unreachable for this type of service",
    "Destination host unreachable for this type of service",
    "Communication administratively prohibited",
    "Host precedence violation",
    "Precedence cutoff in effect",
};

}  // namespace

Result<Icmp, HeaderFault> parse_icmp(Bytes input) {
  if (input.size() < Icmp::header_bytes) return HeaderFault::truncated;
  ByteReader reader{input};
  Icmp message;
  message.type = *reader.u8();
  message.code = *reader.u8();
  reader.u16();  // the checksum, which is verified with all the message
  message.identifier = *reader.u16();
  message.sequence_number = *reader.u16();
  message.payload = *reader.take(reader.remaining());
  message.checksum = internet_checksum(input) == 0 ? Checksum::right : Checksum::wrong;
  return message;
}

void write(const Icmp& message, ByteWriter& out) {
  const auto start = out.size();
  out.u8(message.type);
  out.u8(message.code);
  out.u16(0);
  out.u16(message.identifier);
  out.u16(message.sequence_number);
  out.bytes(message.payload);
  if (!out.overflowed()) out.patch_u16(start + icmp_checksum_position, internet_checksum(out.written().subspan(start)));
}

std::string describe_icmp(std::uint8_t type, std::uint8_t code) {
  switch (type) {
    case Icmp::echo_reply:
      return "Echo reply";
    case Icmp::echo_request:
      return "Echo request";
    case Icmp::redirect:
      return "Redirect";
    case Icmp::parameter_problem:
      return "Parameter problem";
    case Icmp::time_exceeded:
      return code == 0 ? "Time to live exceeded" : "Fragment reassembly time exceeded";
    case Icmp::destination_unreachable:
      if (code < unreachable_words.size()) return std::string{unreachable_words[code]};
      break;
    default:
      break;
  }
  return fmt::format("ICMP type {}, code {}", type, code);
}

}  // namespace labnet::packet
