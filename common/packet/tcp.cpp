// TCP segments (RFC 9293).
#include "common/packet/tcp.hpp"

#include <algorithm>
#include <array>

#include "common/packet/checksum.hpp"

namespace labnet::packet {
namespace {

constexpr std::size_t tcp_checksum_position = 16;

/// One option's value into its field; false if it has not the length that its kind asks for.
bool take_option(std::uint8_t kind, Bytes value, TcpOptions& options) {
  ByteReader reader{value};
  switch (kind) {
    case 2:
      options.maximum_segment_size = reader.u16();
      return value.size() == 2;
    case 3:
      options.window_scale = reader.u8();
      return value.size() == 1;
    case 4:
      options.sack_permitted = true;
      return value.empty();
    case 8:
      if (value.size() != 8) return false;
      options.timestamps.emplace();
      options.timestamps->value = *reader.u32();
      options.timestamps->echo_reply = *reader.u32();
      return true;
    default:
      return true;
  }
}

}  // namespace

Result<Tcp, HeaderFault> parse_tcp(Bytes input) {
  if (input.size() < Tcp::header_bytes_min) return HeaderFault::truncated;
  ByteReader reader{input};
  Tcp segment;
  segment.source_port = *reader.u16();
  segment.destination_port = *reader.u16();
  segment.sequence_number = *reader.u32();
  segment.acknowledgment_number = *reader.u32();
  const std::size_t header_bytes = (*reader.u8() >> 4) * 4u;
  if (header_bytes < Tcp::header_bytes_min) return HeaderFault::bad_length;
  if (input.size() < header_bytes) return HeaderFault::truncated;
  segment.flags = *reader.u8();
  segment.window = *reader.u16();
  reader.u16();  // the checksum, which is verified with the addresses
  segment.urgent_pointer = *reader.u16();
  segment.options = *reader.take(header_bytes - Tcp::header_bytes_min);
  segment.payload = *reader.take(reader.remaining());
  return segment;
}

void write(const Tcp& segment, Ipv4Address source, Ipv4Address destination, ByteWriter& out) {
  const auto start = out.size();
  const auto options = segment.options.first(std::min(segment.options.size(), Tcp::options_bytes_max));
  const auto header_bytes = Tcp::header_bytes_min + (options.size() + 3) / 4 * 4;
  out.u16(segment.source_port);
  out.u16(segment.destination_port);
  out.u32(segment.sequence_number);
  out.u32(segment.acknowledgment_number);
  out.u8(static_cast<std::uint8_t>(header_bytes / 4 << 4));
  out.u8(segment.flags);
  out.u16(segment.window);
  out.u16(0);
  out.u16(segment.urgent_pointer);
  out.bytes(options);
  while (!out.overflowed() && out.size() < start + header_bytes) out.u8(0);
  out.bytes(segment.payload);
  if (out.overflowed()) return;
  const auto whole = out.written().subspan(start);
  out.patch_u16(start + tcp_checksum_position, internet_checksum({source, destination, Ipv4::protocol_tcp}, whole));
}

std::string describe_flags(std::uint8_t flags) {
  static constexpr std::array<std::string_view, 8> names{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::string text;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((flags >> bit & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += names[bit];
  }
  return text;
}

Result<TcpOptions, HeaderFault> parse_tcp_options(Bytes input) {
  constexpr std::uint8_t end_of_list = 0;
  constexpr std::uint8_t no_operation = 1;
  TcpOptions options;
  ByteReader reader{input};
  while (const auto kind = reader.u8()) {
    if (*kind == end_of_list) break;
    if (*kind == no_operation) continue;
    const auto length = reader.u8();  // of the whole option: kind, length and value
    if (!length || *length < 2) return HeaderFault::bad_length;
    const auto value = reader.take(*length - 2u);
    if (!value || !take_option(*kind, *value, options)) return HeaderFault::bad_length;
  }
  return options;
}

}  // namespace labnet::packet
