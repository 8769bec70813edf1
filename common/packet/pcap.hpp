// Classic capture files, as tcpdump and every course's instructions know them: "*.pcap".
#pragma once

#include <optional>

#include "common/packet/capture_file.hpp"
#include "common/packet/file_bytes.hpp"

namespace labnet::packet {

/// draft-ietf-opsawg-pcap, sections 4 and 5. The magic number tells the byte order of all that follows.
///
///     file header, 24 bytes                            before each frame, 16 bytes
///     | magic: a1b2c3d4 (us) or a1b23c4d (ns) (4) |    | seconds since 1970 (4)              |
///     | version 2 (2) | 4 (2)                     |    | microseconds or nanoseconds (4)     |
///     | reserved (8)                              |    | bytes of the frame in the file (4)  |
///     | snapshot length (4)                       |    | bytes of the frame on the wire (4)  |
///     | FCS length, 0, link type (4)              |    | the frame ...                       |
struct PcapHeader {
  static constexpr std::size_t bytes = 24;
  static constexpr std::size_t frame_header_bytes = 16;

  LinkType link_type = LinkType::ethernet;
  std::uint32_t snap_bytes = snap_bytes_max;
  bool nanoseconds = false;
  ByteOrder order = ByteOrder::little;
};

/// Little-endian, whatever `order` says.
void append_pcap_header(const PcapHeader& header, Buffer& out);

/// A frame longer than the header's snap_bytes is cut to it. A time before 1970 or after 2106 becomes the nearest that
/// the format can hold; what is below its resolution is dropped.
void append_pcap_frame(const PcapHeader& header, const CapturedFrame& frame, Buffer& out);

/// Reads the header from the first bytes of a file; nothing if fewer than PcapHeader::bytes have been read yet.
/// faults   not_a_capture, unsupported_version
Result<std::optional<PcapHeader>, FileFault> parse_pcap_header(Bytes input);

struct PcapFrame {
  CapturedFrame frame{};       // a view of the input
  std::size_t size_bytes = 0;  // of frame and frame header: where the next one starts
};
/// Reads the frame at the start of `input`; nothing if its end has not been read yet.
/// faults   frame_too_large, whatever the file's own snapshot length
Result<std::optional<PcapFrame>, FileFault> parse_pcap_frame(const PcapHeader& header, Bytes input);

}  // namespace labnet::packet
