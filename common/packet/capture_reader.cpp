// Reads the frames of a capture file of either kind.
#include "common/packet/capture_reader.hpp"

#include "common/packet/pcapng_codes.hpp"

namespace labnet::packet {

void CaptureReader::feed(Bytes piece) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_bytes_));
  used_bytes_ = 0;
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
}

Result<std::optional<CapturedFrame>, FileFault> CaptureReader::next() {
  if (fault_) return *fault_;
  if (std::holds_alternative<std::monostate>(format_)) {
    const auto detected = detect();
    if (!detected) return *(fault_ = detected.error());
    if (!*detected) return std::nullopt;
  }
  const auto* const pcap = std::get_if<PcapHeader>(&format_);
  auto frame = pcap != nullptr ? next_of(*pcap) : next_of(std::get<PcapngReader>(format_));
  if (!frame) fault_ = frame.error();
  return frame;
}

/// False if too few bytes are there to tell.
Result<bool, FileFault> CaptureReader::detect() {
  const auto magic = ByteReader{unread()}.u32();
  if (!magic) return false;
  if (*magic == pcapng::section_header) {
    format_ = PcapngReader{};
    return true;
  }
  const auto header = parse_pcap_header(unread());
  if (!header) return header.error();
  if (!*header) return false;
  used_bytes_ += PcapHeader::bytes;
  link_type_ = (*header)->link_type;
  format_ = **header;
  return true;
}

Result<std::optional<CapturedFrame>, FileFault> CaptureReader::next_of(const PcapHeader& header) {
  const auto parsed = parse_pcap_frame(header, unread());
  if (!parsed) return parsed.error();
  if (!*parsed) return std::nullopt;
  used_bytes_ += (*parsed)->size_bytes;
  return (*parsed)->frame;
}

Result<std::optional<CapturedFrame>, FileFault> CaptureReader::next_of(PcapngReader& reader) {
  while (true) {
    const auto parsed = reader.next(unread());
    if (!parsed) return parsed.error();
    if (!*parsed) return std::nullopt;
    used_bytes_ += (*parsed)->size_bytes;
    if (const auto* const packet = std::get_if<Packet>(&(*parsed)->block)) {
      link_type_ = reader.interfaces()[packet->interface].link_type;
      return packet->frame;
    }
  }
}

}  // namespace labnet::packet
