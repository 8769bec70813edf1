// The table of RTP streams that a capture shows.
#include "clients/scenario/rtp_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rtp/rtcp.hpp"
#include "tests/clients/scenario/datagrams.hpp"

namespace labnet::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DatagramEnds from_phone{{0xac140a01}, {0xac140a0c}, 8000, 20'000};
constexpr packet::Timestamp capture_begin{1'795'486'919s};

/// Packets every 20 ms.
class RtpCapture {
 public:
  bool add(const DatagramEnds& ends, Bytes payload, std::chrono::milliseconds late = 0ms) {
    const auto frame = datagram_frame(ends, payload);
    time_ += 20ms;
    return builder.add(++number_, time_ + late, static_cast<std::uint32_t>(frame.size()), packet::parse_frame(frame));
  }
  bool add(rtp::Header header, std::size_t payload_bytes = 160) {
    return add(from_phone, rtp_packet(header, payload_bytes));
  }
  /// So many packets of A-law from that number on, the first with the marker.
  void talk(std::uint16_t first, int count, std::uint32_t ssrc = 7) {
    for (int i = 0; i < count; ++i) {
      add({.payload_type = 8,
           .marker = i == 0,
           .sequence = static_cast<std::uint16_t>(first + i),
           .timestamp = static_cast<std::uint32_t>(160 * (first + i)),
           .ssrc = ssrc});
    }
  }
  RtpTableBuilder builder;

 private:
  std::uint64_t number_ = 0;
  packet::Timestamp time_ = capture_begin;
};

TEST(RtpTable, CountsThePacketsOfAStream) {
  RtpCapture capture;
  capture.add({.payload_type = 20, .sequence = 65'534, .ssrc = 7}, 1);
  capture.talk(65'535, 50);  // the numbers wrap
  const auto streams = capture.builder.streams();
  ASSERT_EQ(streams.size(), 1u);
  const auto& stream = streams[0];
  EXPECT_EQ(to_string(stream.source), "172.20.10.1");
  EXPECT_EQ(stream.destination_port, 20'000);
  EXPECT_EQ(stream.ssrc, 7u);
  EXPECT_EQ(stream.number, 2u);
  EXPECT_EQ(stream.packets, 50u);
  EXPECT_EQ(stream.lost, 0u);
  EXPECT_EQ(stream.markers, 1u);
  EXPECT_TRUE(stream.begins_with_marker);
  EXPECT_NEAR(stream.jitter_ms, 0, 0.01);
  ASSERT_EQ(stream.payloads.size(), 1u);
  EXPECT_EQ(stream.payloads[0].type, 8);
  EXPECT_EQ(stream.payloads[0].frame_bytes_min, 214u);
  EXPECT_EQ(stream.payloads[0].frame_bytes_max, 214u);
  ASSERT_TRUE(stream.is_opened_first());
  EXPECT_EQ(stream.opening->number, 1u);
  EXPECT_EQ(stream.opening->type, 20);
  EXPECT_EQ(stream.opening->frame_bytes, 55u);
  EXPECT_EQ(capture.builder.frames_of_streams().count, 51u);
  EXPECT_EQ(capture.builder.frames_of_streams().first, 1u);
  EXPECT_EQ(capture.builder.frames_of_others().count, 0u);
}

TEST(RtpTable, SeesWhatIsMissingAndWhatCameTwice) {
  RtpCapture capture;
  capture.talk(100, 10);
  capture.talk(113, 10);
  capture.talk(122, 1);
  const auto streams = capture.builder.streams();
  ASSERT_EQ(streams.size(), 1u);
  EXPECT_EQ(streams[0].packets, 21u);
  EXPECT_EQ(streams[0].duplicates, 1u);
  EXPECT_EQ(streams[0].lost, 2u);  // as RFC 3550 counts: three are missing, and one came twice
}

TEST(RtpTable, AnOpeningPacketBehindTheFirstOneIsNone) {
  RtpCapture capture;
  capture.talk(1, 3);
  capture.add({.payload_type = 20, .sequence = 4, .ssrc = 7}, 1);
  EXPECT_FALSE(capture.builder.streams().at(0).is_opened_first());
}

TEST(RtpTable, ASourceOfItsOwnIsAStreamOfItsOwn) {
  RtpCapture capture;
  capture.talk(1, 5, 7);
  capture.talk(1, 5, 8);
  const auto streams = capture.builder.streams();
  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(streams[0].ssrc, 7u);
  EXPECT_EQ(streams[1].ssrc, 8u);
}

TEST(RtpTable, KeysBesideTheAudioAreNoJitter) {
  RtpCapture capture;
  capture.talk(1, 5);
  for (std::uint16_t i = 6; i < 11; ++i) {
    capture.add({.payload_type = 101, .sequence = i, .timestamp = 960, .ssrc = 7}, 4);
  }
  const auto streams = capture.builder.streams();
  ASSERT_EQ(streams.size(), 1u);
  ASSERT_EQ(streams[0].payloads.size(), 2u);
  EXPECT_EQ(streams[0].payloads[1].type, 101);
  EXPECT_EQ(streams[0].payloads[1].packets, 5u);
  EXPECT_NEAR(streams[0].jitter_ms, 0, 0.01);
}

TEST(RtpTable, OnePacketAloneIsNoStream) {
  RtpCapture capture;
  EXPECT_TRUE(capture.add({.payload_type = 8, .sequence = 1, .ssrc = 7}));
  capture.add({.payload_type = 8, .sequence = 9, .ssrc = 7});
  EXPECT_TRUE(capture.builder.streams().empty());
  EXPECT_EQ(capture.builder.frames_of_streams().count, 0u);
  EXPECT_EQ(capture.builder.frames_of_others().count, 2u);
  EXPECT_EQ(capture.builder.frames_of_others().first, 1u);
}

TEST(RtpTable, WhatHasNotItsFormIsPassedOver) {
  RtpCapture capture;
  EXPECT_FALSE(capture.add(from_phone, as_bytes(std::string_view{"hello, I am a text"})));
  auto privileged = from_phone;
  privileged.destination_port = 53;
  EXPECT_FALSE(capture.add(privileged, rtp_packet({.payload_type = 8, .sequence = 1})));
  const auto whole = rtp_packet({.payload_type = 8, .sequence = 1});
  EXPECT_FALSE(capture.add(from_phone, Bytes{whole}.first(11)));
  EXPECT_EQ(capture.builder.frames_of_others().count, 0u);
}

TEST(RtpTable, KnowsRtcpByItsWholeForm) {
  Buffer report;
  ByteWriter writer{report};
  rtp::write_compound({rtp::ReceiverReport{.ssrc = 7}, rtp::Bye{.ssrcs = {7}}}, writer);
  const auto is_rtcp = [](Bytes payload) {
    const auto frame = datagram_frame(from_phone, payload);
    return RtpTableBuilder::is_rtcp(packet::parse_frame(frame));
  };
  EXPECT_TRUE(is_rtcp(report));
  EXPECT_FALSE(is_rtcp(Bytes{report}.first(report.size() - 1)));
  EXPECT_FALSE(is_rtcp(rtp_packet({.payload_type = 8, .sequence = 1})));
}

TEST(RtpTable, KeepsNoMoreStreamsThanItsLimit) {
  RtpTableBuilder builder;
  const auto add = [&](std::uint32_t ssrc) {
    const auto frame = datagram_frame(from_phone, rtp_packet({.payload_type = 8, .ssrc = ssrc}, 0));
    return builder.add(1, {}, 54, packet::parse_frame(frame));
  };
  for (std::uint32_t ssrc = 0; ssrc < RtpTableBuilder::streams_max; ++ssrc) ASSERT_TRUE(add(ssrc));
  EXPECT_FALSE(add(RtpTableBuilder::streams_max));
  EXPECT_TRUE(add(0));
}

}  // namespace
}  // namespace labnet::scenario
