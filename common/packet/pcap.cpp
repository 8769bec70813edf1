// Classic capture files (draft-ietf-opsawg-pcap).
#include "common/packet/pcap.hpp"

#include <algorithm>
#include <limits>

namespace labnet::packet {
namespace {

constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;

constexpr std::uint32_t nanoseconds_per_tick(const PcapHeader& header) {
  return header.nanoseconds ? 1 : 1000;
}

/// The header's first field alone, which also tells the order of the rest.
std::optional<PcapHeader> parse_magic(Bytes input) {
  for (const auto order : {ByteOrder::little, ByteOrder::big}) {
    const auto magic = *FileReader{input, order}.u32();
    if (magic == magic_microseconds) return PcapHeader{.nanoseconds = false, .order = order};
    if (magic == magic_nanoseconds) return PcapHeader{.nanoseconds = true, .order = order};
  }
  return std::nullopt;
}

}  // namespace

void append_pcap_header(const PcapHeader& header, Buffer& out) {
  FileWriter writer{out};
  writer.u32(header.nanoseconds ? magic_nanoseconds : magic_microseconds);
  writer.u16(2);
  writer.u16(4);
  writer.u64(0);
  writer.u32(header.snap_bytes);
  writer.u32(static_cast<std::uint32_t>(header.link_type));
}

void append_pcap_frame(const PcapHeader& header, const CapturedFrame& frame, Buffer& out) {
  using namespace std::chrono;
  constexpr auto first = sys_time<nanoseconds>{};
  constexpr auto last =
      sys_time<nanoseconds>{seconds{std::numeric_limits<std::uint32_t>::max()} + nanoseconds{999'999'999}};
  const auto time = std::clamp(frame.time, first, last);
  const auto whole_seconds = floor<seconds>(time);
  const auto fraction = static_cast<std::uint32_t>((time - whole_seconds).count());
  const auto data = frame.data.first(std::min<std::size_t>(frame.data.size(), header.snap_bytes));
  FileWriter writer{out};
  writer.u32(static_cast<std::uint32_t>(whole_seconds.time_since_epoch().count()));
  writer.u32(fraction / nanoseconds_per_tick(header));
  writer.u32(static_cast<std::uint32_t>(data.size()));
  writer.u32(frame.wire_bytes);
  writer.bytes(data);
}

Result<std::optional<PcapHeader>, FileFault> parse_pcap_header(Bytes input) {
  if (input.size() < 4) return std::nullopt;
  auto header = parse_magic(input);
  if (!header) return FileFault::not_a_capture;
  if (input.size() < PcapHeader::bytes) return std::nullopt;
  FileReader reader{input, header->order};
  reader.u32();  // the magic number
  if (*reader.u16() != 2) return FileFault::unsupported_version;
  reader.take(2 + 8);  // minor version, reserved
  header->snap_bytes = *reader.u32();
  header->link_type = static_cast<LinkType>(*reader.u32() & 0xffff);  // above it: the length of a frame check sequence
  return header;
}

Result<std::optional<PcapFrame>, FileFault> parse_pcap_frame(const PcapHeader& header, Bytes input) {
  if (input.size() < PcapHeader::frame_header_bytes) return std::nullopt;
  FileReader reader{input, header.order};
  const std::chrono::seconds whole_seconds{*reader.u32()};
  const std::chrono::nanoseconds fraction{std::int64_t{*reader.u32()} * nanoseconds_per_tick(header)};
  const auto captured_bytes = *reader.u32();
  if (captured_bytes > snap_bytes_max) return FileFault::frame_too_large;
  PcapFrame parsed;
  parsed.frame.time = Timestamp{whole_seconds + fraction};
  parsed.frame.wire_bytes = *reader.u32();
  const auto data = reader.take(captured_bytes);
  if (!data) return std::nullopt;
  parsed.frame.data = *data;
  parsed.size_bytes = reader.position();
  return parsed;
}

}  // namespace labnet::packet
