// Writes RTCP.
#include <algorithm>

#include "common/rtp/limits.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/rtcp.hpp"
#include "common/rtp/rtcp_layout.hpp"

namespace labnet::rtp {
namespace {

constexpr std::int32_t lost_bits_max = 0x7fffff, lost_bits_min = -0x800000;

/// How many of them there may be where a count has five bits.
template <class List>
std::size_t counted(const List& list) {
  return std::min<std::size_t>(list.size(), rtcp_layout::count_mask);
}

/// Writes the head of a packet, and its length once that is known.
class RtcpWriter {
 public:
  RtcpWriter(ByteWriter& out, std::uint8_t type, std::size_t count) : out_{out}, begin_{out.size()} {
    out_.u8(static_cast<std::uint8_t>(version << 6 | count));
    out_.u8(type);
    out_.u16(0);
  }
  RtcpWriter(const RtcpWriter&) = delete;
  RtcpWriter& operator=(const RtcpWriter&) = delete;
  ~RtcpWriter() {
    fill_word();
    if (out_.overflowed()) return;
    const auto words = (out_.size() - begin_) / rtcp_layout::word_bytes;
    out_.patch_u16(begin_ + 2, static_cast<std::uint16_t>(words - 1));
  }
  void fill_word() {
    while (!out_.overflowed() && (out_.size() - begin_) % rtcp_layout::word_bytes != 0) out_.u8(0);
  }

 private:
  ByteWriter& out_;
  std::size_t begin_;
};

void write_block(const ReportBlock& block, ByteWriter& out) {
  const auto lost = static_cast<std::uint32_t>(std::clamp(block.cumulative_lost, lost_bits_min, lost_bits_max));
  out.u32(block.ssrc);
  out.u32(std::uint32_t{block.fraction_lost} << 24 | (lost & 0xffffff));
  out.u32(block.extended_highest_sequence);
  out.u32(block.jitter_ticks);
  out.u32(block.last_sender_report);
  out.u32(block.delay_since_sender_report);
}

void write_blocks(const std::vector<ReportBlock>& blocks, ByteWriter& out) {
  for (std::size_t i = 0; i < counted(blocks); ++i) write_block(blocks[i], out);
}

void write_short_text(std::string_view text, ByteWriter& out) {
  const auto written = text.substr(0, description_bytes_max);
  out.u8(static_cast<std::uint8_t>(written.size()));
  out.text(written);
}

void write_rtcp(const SenderReport& report, ByteWriter& out) {
  const RtcpWriter writer{out, rtcp_layout::sender_report, counted(report.blocks)};
  for (const auto value : {report.ssrc, report.ntp_time.seconds, report.ntp_time.fraction, report.rtp_timestamp,
                           report.packets, report.octets}) {
    out.u32(value);
  }
  write_blocks(report.blocks, out);
}

void write_rtcp(const ReceiverReport& report, ByteWriter& out) {
  const RtcpWriter writer{out, rtcp_layout::receiver_report, counted(report.blocks)};
  out.u32(report.ssrc);
  write_blocks(report.blocks, out);
}

void write_items(const std::vector<DescriptionItem>& items, ByteWriter& out) {
  for (std::size_t i = 0; i < std::min(items.size(), description_items_max); ++i) {
    if (items[i].type == 0) continue;  // would end the list
    out.u8(items[i].type);
    write_short_text(items[i].text, out);
  }
  out.u8(0);
}

void write_rtcp(const SourceDescription& description, ByteWriter& out) {
  RtcpWriter writer{out, rtcp_layout::source_description, counted(description.sources)};
  for (std::size_t i = 0; i < counted(description.sources); ++i) {
    out.u32(description.sources[i].ssrc);
    write_items(description.sources[i].items, out);
    writer.fill_word();
  }
}

void write_rtcp(const Bye& bye, ByteWriter& out) {
  const RtcpWriter writer{out, rtcp_layout::goodbye, counted(bye.ssrcs)};
  for (std::size_t i = 0; i < counted(bye.ssrcs); ++i) out.u32(bye.ssrcs[i]);
  if (!bye.reason.empty()) write_short_text(bye.reason, out);
}

void write_rtcp(const OtherRtcp& other, ByteWriter& out) {
  const RtcpWriter writer{out, other.type, other.count & std::size_t{rtcp_layout::count_mask}};
  out.bytes(other.body);
}

}  // namespace

void write_compound(const std::vector<RtcpPacket>& packets, ByteWriter& out) {
  for (const auto& packet : packets) {
    std::visit([&](const auto& each) { write_rtcp(each, out); }, packet);
  }
}

}  // namespace labnet::rtp
