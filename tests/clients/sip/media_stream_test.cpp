// Two ends of a call's media, and between them a wire that the test plays.
#include "clients/sip/media_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/rtp/packet.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;

sdp::Agreement both_ways() {
  const sdp::Codec pcma{.payload_type = 8, .name = "PCMA"};
  const sdp::Codec events{.payload_type = 101, .name = "telephone-event"};
  return {.sending = {pcma},
          .receiving = {pcma},
          .sending_events = events,
          .receiving_events = events,
          .remote = sdp::Connection{.address = "127.0.0.1"},
          .remote_port = 20000};
}

struct MediaOfACall : testing::Test {
  static std::unique_ptr<AudioSource> tone(double frequency_hz) {
    return *make_source({.kind = SourceName::Kind::tone, .frequency_hz = frequency_hz}, 0);
  }
  void SetUp() override {
    here.agree(both_ways());
    there.agree(both_ways());
  }
  /// 20 ms after 20 ms; RTCP, too, with 10 ms on the way.
  void run(int frames) {
    for (int i = 0; i < frames; ++i, ++frame_number, now += 20ms, wall += 20ms) {
      if (const auto packet = here.next(now); packet && !loses(frame_number)) there.receive(*packet, now);
      if (const auto packet = there.next(now)) here.receive(*packet, now);
      if (const auto report = here.next_report(now, wall)) there.receive_rtcp(*report, now + 10ms, wall + 10ms);
      if (const auto report = there.next_report(now, wall)) here.receive_rtcp(*report, now + 10ms, wall + 10ms);
    }
  }
  std::uint32_t random_number = 100;
  std::function<std::uint32_t()> random = [this] { return random_number += 0x9e3779b9; };
  rtp::Time now{std::chrono::hours{1}};
  rtp::WallTime wall{std::chrono::seconds{1'700'000'000}};
  int frame_number = 0;
  std::function<bool(int)> loses = [](int) { return false; };
  MediaStream here{tone(440), {.records = true, .expected_tone_hz = 880}, random};
  MediaStream there{tone(880), {.records = true, .expected_tone_hz = 440}, random};
};

TEST_F(MediaOfACall, WhatIsSaidIsHeardOnTheOtherSideAndNothingElse) {
  run(200);
  const auto report = here.report();
  EXPECT_EQ(report.codec, "PCMA");
  EXPECT_EQ(report.packets_sent, 200u);
  EXPECT_EQ(report.packets_received, 200u);
  EXPECT_EQ(report.loss_ratio, 0.0);
  ASSERT_TRUE(report.tone);
  EXPECT_TRUE(has_tone(*report.tone)) << report.tone->present_ms;
  EXPECT_TRUE(has_tone(*there.report().tone));
  EXPECT_LT(audio::tone_level(there.recording(), 880).share, 0.01);
  EXPECT_GE(there.recording().size(), 190u * 160);
}

TEST_F(MediaOfACall, NothingIsKnownBeforeSomethingHasCome) {
  MediaStream alone{tone(440), {.records = true, .expected_tone_hz = 880}, random};
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(alone.next(now + i * 20ms));
  const auto report = alone.report();
  EXPECT_FALSE(report.loss_ratio);
  EXPECT_FALSE(report.jitter_ms);
  EXPECT_FALSE(report.quality);
  EXPECT_FALSE(report.round_trip);
  EXPECT_FALSE(has_tone(*report.tone));
  EXPECT_TRUE(alone.recording().empty());
  EXPECT_THAT(to_text(report), testing::HasSubstr("MOS unknown"));
}

TEST_F(MediaOfACall, LossIsMeasuredAndMadeUpForAndLowersTheMark) {
  loses = [](int frame) { return frame % 10 == 5; };
  run(200);
  const auto report = there.report();
  EXPECT_NEAR(*report.loss_ratio, 0.1, 0.01);
  EXPECT_GE(report.concealed, 15u);
  ASSERT_TRUE(report.quality && here.report().quality);
  EXPECT_LT(report.quality->mos, here.report().quality->mos - 0.2);
  EXPECT_TRUE(has_tone(*report.tone));
}

TEST_F(MediaOfACall, ReportsMeasureTheRoundTripAndTheOtherSidesLoss) {
  loses = [](int frame) { return frame % 4 == 1; };
  run(1000);  // 20 s
  const auto report = here.report();
  ASSERT_TRUE(report.round_trip);
  EXPECT_NEAR(static_cast<double>(report.round_trip->count()), 20'000, 200);
  ASSERT_TRUE(report.remote_loss_ratio);
  EXPECT_NEAR(*report.remote_loss_ratio, 0.25, 0.06);
  EXPECT_TRUE(report.quality->has_delay);
}

TEST_F(MediaOfACall, KeysArriveOnceEachAndInOrder) {
  loses = [](int frame) { return frame % 5 == 0; };
  for (const auto key : {'1', '2', '#', '1'}) ASSERT_TRUE(here.press(key));
  run(100);
  EXPECT_EQ(there.report().keys, "12#1");
  EXPECT_FALSE(here.has_keys());
}

TEST_F(MediaOfACall, TheLastReportSaysGoodbye) {
  run(10);
  const auto packets = *rtp::parse_compound(here.last_report(now, wall));
  ASSERT_EQ(packets.size(), 3u);
  const auto& report = std::get<rtp::SenderReport>(packets[0]);
  EXPECT_EQ(report.packets, 10u);
  EXPECT_EQ(report.octets, 1600u);
  ASSERT_EQ(report.blocks.size(), 1u);
  EXPECT_EQ(report.blocks[0].cumulative_lost, 0);
  EXPECT_EQ(std::get<rtp::SourceDescription>(packets[1]).sources.at(0).items.at(0).type, rtp::cname_item);
  EXPECT_EQ(std::get<rtp::Bye>(packets[2]).ssrcs.at(0), report.ssrc);
}

TEST_F(MediaOfACall, WhoSendsNothingReportsAsAReceiver) {
  auto held = both_ways();
  held.direction = sdp::Direction::recvonly;
  MediaStream silent{tone(440), {}, random};
  silent.agree(held);
  const auto packets = *rtp::parse_compound(silent.last_report(now, wall));
  EXPECT_TRUE(std::holds_alternative<rtp::ReceiverReport>(packets[0]));
}

TEST_F(MediaOfACall, APacketOfATypeThatWasNotAgreedOnIsPassedOver) {
  there.receive(here.opening_packet(), now);
  EXPECT_EQ(there.report().packets_received, 0u);
  EXPECT_FALSE(there.is_agreed(opening_type));
}

TEST(MediaStream, PacketsOfThirtyMillisecondsAreHeardAtTheirOwnPace) {
  MediaStream stream{source_of({}), {.records = true}, [] { return 1u; }};
  stream.agree(both_ways());
  rtp::Time now{std::chrono::hours{1}};
  const Buffer payload(240, std::byte{0x12});
  std::uint16_t sequence = 0;
  for (int ms = 0; ms < 3000; ms += 10, now += 10ms) {
    if (ms % 30 == 0) {
      Buffer bytes;
      ByteWriter writer{bytes};
      rtp::write({.payload_type = 8, .sequence = sequence, .timestamp = sequence * 240u, .ssrc = 5}, writer);
      writer.bytes(payload);
      ++sequence;
      stream.receive(bytes, now);
    }
    if (ms % 20 == 0) stream.next(now);
  }
  EXPECT_NEAR(static_cast<double>(stream.recording().size()), 24000, 480);
  const auto report = stream.report();
  EXPECT_EQ(report.late, 0u);
  EXPECT_EQ(report.concealed, 0u);
}

TEST(MediaStream, ARecordingEndsAfterAnHour) {
  MediaStream stream{source_of({}), {.records = true}, [] { return 1u; }};
  stream.agree(both_ways());
  rtp::Time now{std::chrono::hours{1}};
  Buffer bytes;
  ByteWriter writer{bytes};
  rtp::write({.payload_type = 8, .ssrc = 5}, writer);
  writer.bytes(Buffer(160));
  stream.receive(bytes, now);
  for (std::size_t i = 0; i < recorded_samples_max / 160 + 10; ++i) stream.next(now += 20ms);
  EXPECT_EQ(stream.recording().size(), recorded_samples_max);
}

}  // namespace
}  // namespace labnet::sip_client
