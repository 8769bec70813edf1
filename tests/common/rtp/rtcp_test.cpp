// Tests of RTCP.
#include "common/rtp/rtcp.hpp"

#include <gtest/gtest.h>

#include "common/rtp/limits.hpp"

namespace labnet::rtp {
namespace {

Buffer written(const std::vector<RtcpPacket>& packets) {
  Buffer buffer;
  ByteWriter out{buffer};
  write_compound(packets, out);
  return buffer;
}

SenderReport a_report() {
  return {.ssrc = 1,
          .ntp_time = {0x12345678, 0x9abcdef0},
          .rtp_timestamp = 160,
          .packets = 50,
          .octets = 8000,
          .blocks = {{.ssrc = 2,
                      .fraction_lost = 64,
                      .cumulative_lost = -3,
                      .extended_highest_sequence = 0x10002,
                      .jitter_ticks = 12,
                      .last_sender_report = 0xb7052000,
                      .delay_since_sender_report = 0x00054000}}};
}

std::vector<RtcpPacket> a_compound() {
  return {a_report(),
          ReceiverReport{.ssrc = 1},
          SourceDescription{{{1, {{cname_item, "101@sip.lab"}, {tool_item, "labnet"}}}, {2, {}}}},
          OtherRtcp{204, 3, Buffer(8, std::byte{7})},
          Bye{{1, 2}, "call ends"},
          Bye{{3}}};
}

TEST(Rtcp, IsReadAsItWasWritten) {
  const auto compound = a_compound();
  const auto read = parse_compound(written(compound));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, compound);
}

TEST(Rtcp, HasTheBytesOfRfc3550) {
  const auto bytes = written({ReceiverReport{.ssrc = 0x01020304, .blocks = a_report().blocks}});
  const std::string_view expected{
      "\x81\xc9\0\x07\1\2\3\4\0\0\0\2\x40\xff\xff\xfd\0\1\0\2\0\0\0\x0c\xb7\5\x20\0\0\5\x40\0", 32};
  EXPECT_EQ(as_text(bytes), expected);
  const auto description = written({SourceDescription{{{0x0a0b0c0d, {{cname_item, "ab"}}}}}});
  EXPECT_EQ(as_text(description), (std::string_view{"\x81\xca\0\3\x0a\x0b\x0c\x0d\1\2ab\0\0\0\0", 16}));
}

TEST(Rtcp, IsRefusedWhereverItIsCut) {
  const auto bytes = written(a_compound());
  std::size_t whole = 0;
  for (std::size_t n = 0; n < bytes.size(); ++n) whole += parse_compound(Bytes{bytes}.first(n)).has_value() ? 1 : 0;
  EXPECT_EQ(whole, a_compound().size() - 1) << "only a cut between two packets leaves what is in order";
}

TEST(Rtcp, BeginsWithAReport) {
  EXPECT_EQ(parse_compound(written({Bye{{1}}})).error(), RtcpFault::not_a_report);
  EXPECT_EQ(parse_compound({}).error(), RtcpFault::truncated);
}

TEST(Rtcp, IsOfVersionTwo) {
  auto bytes = written(a_compound());
  bytes[0] = std::byte{0x41};
  EXPECT_EQ(parse_compound(bytes).error(), RtcpFault::bad_version);
}

TEST(Rtcp, HasPaddingInTheLastPacketOnly) {
  const ReceiverReport empty{.ssrc = 1};
  auto bytes = written({empty, OtherRtcp{207, 0, Buffer(8, std::byte{4})}});
  bytes[8] |= std::byte{0x20};
  const auto read = parse_compound(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<OtherRtcp>(read->back()).body.size(), 4u);
  for (const int padding : {0, 3, 12}) {
    bytes.back() = static_cast<std::byte>(padding);
    EXPECT_EQ(parse_compound(bytes).error(), RtcpFault::bad_padding) << padding;
  }
  auto early = written({OtherRtcp{207, 0, Buffer(8, std::byte{4})}, empty});
  early[0] |= std::byte{0x20};
  EXPECT_EQ(parse_compound(early).error(), RtcpFault::bad_padding);
}

TEST(Rtcp, CountsNoMoreBlocksThanThereAre) {
  auto bytes = written({ReceiverReport{.ssrc = 1, .blocks = {ReportBlock{}}}});
  bytes[0] = std::byte{0x82};
  EXPECT_EQ(parse_compound(bytes).error(), RtcpFault::truncated);
}

TEST(Rtcp, RefusesADescriptionThatRunsOutOfItsPacket) {
  const ReceiverReport empty{.ssrc = 1};
  auto bytes = written({empty, SourceDescription{{{1, {{cname_item, "abcd"}}}}}});
  bytes[17] = std::byte{7};  // the item's length; 6 are left
  EXPECT_EQ(parse_compound(bytes).error(), RtcpFault::bad_description);
  bytes[17] = std::byte{6};
  EXPECT_EQ(parse_compound(bytes).error(), RtcpFault::bad_description) << "nothing ends the list";
}

TEST(Rtcp, TakesSoManyPacketsAndItemsAndNoMore) {
  std::vector<RtcpPacket> packets(rtcp_packets_max, ReceiverReport{.ssrc = 1});
  EXPECT_TRUE(parse_compound(written(packets)));
  packets.push_back(Bye{});
  EXPECT_EQ(parse_compound(written(packets)).error(), RtcpFault::too_many_packets);

  DescribedSource source{.ssrc = 1, .items = std::vector(description_items_max, DescriptionItem{cname_item, "a"})};
  const auto one = written({ReceiverReport{.ssrc = 1}, SourceDescription{{source}}});
  EXPECT_TRUE(parse_compound(one));
  // One more item, by hand: what is written is never too much.
  auto body = as_text(Bytes{one}.subspan(12));
  std::string chunk{body.substr(0, 4 + 3 * description_items_max)};
  chunk += std::string{"\1\1a\0", 4};
  chunk.resize((chunk.size() + 3) / 4 * 4, '\0');
  Buffer more{one.begin(), one.begin() + 8};
  ByteWriter out{more};
  out.u16(0x81ca);
  out.u16(static_cast<std::uint16_t>(chunk.size() / 4));
  out.text(chunk);
  EXPECT_EQ(parse_compound(more).error(), RtcpFault::too_many_items);
}

TEST(Rtcp, WritesNoMoreThanItsFieldsHold) {
  ReceiverReport report{.ssrc = 1, .blocks = std::vector<ReportBlock>(report_blocks_max + 1)};
  report.blocks[0].cumulative_lost = 1 << 24;
  report.blocks[1].cumulative_lost = -(1 << 24);
  const auto read = parse_compound(written({report, Bye{{1}, std::string(300, 'x')}}));
  ASSERT_TRUE(read);
  const auto& blocks = std::get<ReceiverReport>(read->front()).blocks;
  ASSERT_EQ(blocks.size(), report_blocks_max);
  EXPECT_EQ(blocks[0].cumulative_lost, 0x7fffff);
  EXPECT_EQ(blocks[1].cumulative_lost, -0x800000);
  EXPECT_EQ(std::get<Bye>(read->back()).reason.size(), description_bytes_max);
}

TEST(Rtcp, IsLeftOutWholeWhereThereIsNoRoom) {
  Buffer buffer;
  ByteWriter out{buffer, 10};
  write_compound(a_compound(), out);
  EXPECT_TRUE(out.overflowed());
  EXPECT_LE(buffer.size(), 10u);
}

}  // namespace
}  // namespace labnet::rtp
