// Reads RTCP.
#include <utility>

#include "common/rtp/limits.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/rtcp.hpp"
#include "common/rtp/rtcp_layout.hpp"

namespace labnet::rtp {
namespace {

/// One packet of a compound, without its padding.
struct RawRtcp {
  std::uint8_t type = 0;
  std::uint8_t count = 0;
  Bytes body{};
};

Result<RawRtcp, RtcpFault> take_rtcp(ByteReader& from) {
  const auto head = from.u32();
  if (!head) return RtcpFault::truncated;
  if (*head >> 30 != version) return RtcpFault::bad_version;
  auto body = from.take((*head & 0xffff) * rtcp_layout::word_bytes);
  if (!body) return RtcpFault::truncated;
  if (((*head >> 24) & rtcp_layout::padding_bit) != 0) {
    const std::size_t padding = body->empty() ? 0 : std::to_integer<std::size_t>(body->back());
    const bool is_possible = padding != 0 && padding <= body->size() && padding % rtcp_layout::word_bytes == 0;
    if (!is_possible || !from.at_end()) return RtcpFault::bad_padding;
    body = body->first(body->size() - padding);
  }
  return RawRtcp{static_cast<std::uint8_t>(*head >> 16),
                 static_cast<std::uint8_t>((*head >> 24) & rtcp_layout::count_mask), *body};
}

std::int32_t sign_extended(std::uint32_t lost) {
  return static_cast<std::int32_t>(lost << 8) >> 8;
}

ReportBlock read_block(ByteReader& from) {
  ReportBlock block{.ssrc = *from.u32()};
  const auto lost = *from.u32();
  block.fraction_lost = static_cast<std::uint8_t>(lost >> 24);
  block.cumulative_lost = sign_extended(lost);
  block.extended_highest_sequence = *from.u32();
  block.jitter_ticks = *from.u32();
  block.last_sender_report = *from.u32();
  block.delay_since_sender_report = *from.u32();
  return block;
}

std::vector<ReportBlock> read_blocks(ByteReader& from, std::uint8_t count) {
  std::vector<ReportBlock> blocks;
  for (int i = 0; i < count; ++i) blocks.push_back(read_block(from));
  return blocks;
}

Result<RtcpPacket, RtcpFault> read_sender_report(const RawRtcp& raw) {
  constexpr std::size_t fixed_bytes = 24;
  ByteReader from{raw.body};
  if (from.remaining() < fixed_bytes + raw.count * rtcp_layout::block_bytes) return RtcpFault::truncated;
  SenderReport report;
  report.ssrc = *from.u32();
  report.ntp_time.seconds = *from.u32();
  report.ntp_time.fraction = *from.u32();
  report.rtp_timestamp = *from.u32();
  report.packets = *from.u32();
  report.octets = *from.u32();
  report.blocks = read_blocks(from, raw.count);
  return report;
}

Result<RtcpPacket, RtcpFault> read_receiver_report(const RawRtcp& raw) {
  constexpr std::size_t fixed_bytes = 4;
  ByteReader from{raw.body};
  if (from.remaining() < fixed_bytes + raw.count * rtcp_layout::block_bytes) return RtcpFault::truncated;
  ReceiverReport report;
  report.ssrc = *from.u32();
  report.blocks = read_blocks(from, raw.count);
  return report;
}

std::optional<std::string> read_short_text(ByteReader& from) {
  const auto length = from.u8();
  const auto text = length ? from.take(*length) : std::nullopt;
  if (!text) return std::nullopt;
  return std::string{as_text(*text)};
}

/// A source's items end with a zero octet, and its chunk with the word that this stands in.
Result<DescribedSource, RtcpFault> read_chunk(ByteReader& from) {
  const auto ssrc = from.u32();
  if (!ssrc) return RtcpFault::truncated;
  DescribedSource source{.ssrc = *ssrc};
  while (const auto type = from.u8()) {
    if (*type == 0) {
      const auto rest = (rtcp_layout::word_bytes - from.position() % rtcp_layout::word_bytes) % rtcp_layout::word_bytes;
      if (!from.take(rest)) return RtcpFault::bad_description;
      return source;
    }
    if (source.items.size() == description_items_max) return RtcpFault::too_many_items;
    auto text = read_short_text(from);
    if (!text) return RtcpFault::bad_description;
    source.items.push_back({*type, std::move(*text)});
  }
  return RtcpFault::bad_description;
}

Result<RtcpPacket, RtcpFault> read_description(const RawRtcp& raw) {
  ByteReader from{raw.body};
  SourceDescription description;
  for (int i = 0; i < raw.count; ++i) {
    auto source = read_chunk(from);
    if (!source) return source.error();
    description.sources.push_back(std::move(*source));
  }
  return description;
}

Result<RtcpPacket, RtcpFault> read_bye(const RawRtcp& raw) {
  ByteReader from{raw.body};
  Bye bye;
  for (int i = 0; i < raw.count; ++i) {
    const auto ssrc = from.u32();
    if (!ssrc) return RtcpFault::truncated;
    bye.ssrcs.push_back(*ssrc);
  }
  if (from.at_end()) return bye;
  auto reason = read_short_text(from);
  if (!reason) return RtcpFault::truncated;
  bye.reason = std::move(*reason);
  return bye;
}

Result<RtcpPacket, RtcpFault> read_rtcp(const RawRtcp& raw) {
  switch (raw.type) {
    case rtcp_layout::sender_report:
      return read_sender_report(raw);
    case rtcp_layout::receiver_report:
      return read_receiver_report(raw);
    case rtcp_layout::source_description:
      return read_description(raw);
    case rtcp_layout::goodbye:
      return read_bye(raw);
    default:
      return OtherRtcp{raw.type, raw.count, Buffer{raw.body.begin(), raw.body.end()}};
  }
}

bool is_report(const RtcpPacket& packet) {
  return std::holds_alternative<SenderReport>(packet) || std::holds_alternative<ReceiverReport>(packet);
}

}  // namespace

std::string_view describe(RtcpFault fault) {
  switch (fault) {
    case RtcpFault::truncated:
      return "something is shorter than it announces";
    case RtcpFault::bad_version:
      return "not version 2";
    case RtcpFault::not_a_report:
      return "the first packet is no report";
    case RtcpFault::bad_padding:
      return "padding where there can be none, or of no possible length";
    case RtcpFault::bad_description:
      return "an item of a description runs out of its packet";
    case RtcpFault::too_many_packets:
      return "too many packets in one datagram";
    case RtcpFault::too_many_items:
      return "too many items about one source";
  }
  return {};
}

Result<std::vector<RtcpPacket>, RtcpFault> parse_compound(Bytes input) {
  ByteReader from{input};
  std::vector<RtcpPacket> packets;
  while (packets.empty() || !from.at_end()) {
    if (packets.size() == rtcp_packets_max) return RtcpFault::too_many_packets;
    const auto raw = take_rtcp(from);
    if (!raw) return raw.error();
    auto packet = read_rtcp(*raw);
    if (!packet) return packet.error();
    if (packets.empty() && !is_report(*packet)) return RtcpFault::not_a_report;
    packets.push_back(std::move(*packet));
  }
  return packets;
}

}  // namespace labnet::rtp
