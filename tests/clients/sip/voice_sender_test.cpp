#include "clients/sip/voice_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rtp/packet.hpp"

namespace labnet::sip_client {
namespace {

sdp::Agreement agreement(std::string codec = "PCMA", std::uint8_t payload_type = 8) {
  return {.sending = {{.payload_type = payload_type, .name = codec}},
          .receiving = {{.payload_type = payload_type, .name = codec}},
          .sending_events = sdp::Codec{.payload_type = 96, .name = "telephone-event"},
          .remote = sdp::Connection{.address = "127.0.0.1"},
          .remote_port = 20000};
}

VoiceSender sender_of(audio::SampleBuffer samples, bool suppresses_silence = false) {
  return {source_of(std::move(samples)), {.ssrc = 0x1234, .sequence = 0xffff, .timestamp = 1000}, suppresses_silence};
}

rtp::Packet next_packet(VoiceSender& sender) {
  const auto bytes = sender.next();
  EXPECT_TRUE(bytes);
  return bytes ? *rtp::parse_packet(*bytes) : rtp::Packet{};
}

TEST(VoiceSender, OpensThePathWithOneByteOfATypeThatNobodyHas) {
  auto sender = sender_of({});
  const auto bytes = sender.opening_packet();
  EXPECT_EQ(bytes.size(), 13u);  // 55 bytes on Ethernet
  const auto packet = *rtp::parse_packet(bytes);
  EXPECT_EQ(packet.header.payload_type, opening_type);
  EXPECT_EQ(packet.header.sequence, 0xfffe);
  EXPECT_EQ(packet.header.ssrc, 0x1234u);
}

TEST(VoiceSender, SendsTwentyMillisecondsAtATimeWithAMarkerOnTheFirst) {
  auto sender = sender_of(audio::SampleBuffer(320, 1000));
  sender.agree(agreement());
  const auto first = next_packet(sender);
  EXPECT_EQ(first.header,
            (rtp::Header{.payload_type = 8, .marker = true, .sequence = 0xffff, .timestamp = 1000, .ssrc = 0x1234}));
  EXPECT_EQ(first.payload.size(), 160u);  // 214 bytes on Ethernet
  EXPECT_EQ(first.payload[0], std::byte{audio::encode(audio::Law::a, 1000)});
  const auto second = next_packet(sender);
  EXPECT_EQ(second.header, (rtp::Header{.payload_type = 8, .sequence = 0, .timestamp = 1160, .ssrc = 0x1234}));
  EXPECT_EQ(next_packet(sender).payload[0], std::byte{audio::silence_of(audio::Law::a)});
  EXPECT_EQ(sender.packets(), 3u);
  EXPECT_EQ(sender.payload_bytes(), 480u);
}

TEST(VoiceSender, UsesTheLawAndThePayloadTypeOfTheOtherSide) {
  auto sender = sender_of(audio::SampleBuffer(320, 1000));
  sender.agree(agreement("pcmu", 99));
  const auto packet = next_packet(sender);
  EXPECT_EQ(packet.header.payload_type, 99);
  EXPECT_EQ(packet.payload[0], std::byte{audio::encode(audio::Law::mu, 1000)});
}

TEST(VoiceSender, SendsNothingUntilThereIsAnAgreementAndOnHold) {
  auto sender = sender_of(audio::SampleBuffer(480, 1000));
  EXPECT_FALSE(sender.next());
  auto held = agreement();
  held.direction = sdp::Direction::recvonly;
  sender.agree(held);
  EXPECT_FALSE(sender.next());
  sender.agree(agreement());
  const auto packet = next_packet(sender);
  EXPECT_TRUE(packet.header.marker);
  EXPECT_EQ(packet.header.sequence, 0xffff);                                    // no gap
  EXPECT_EQ(packet.header.timestamp, 1320u);                                    // the time went on
  EXPECT_EQ(packet.payload[0], std::byte{audio::encode(audio::Law::a, 1000)});  // the source has waited
}

TEST(VoiceSender, SendsNothingWithoutAnAddressOrAnEncodingOfItsOwn) {
  auto sender = sender_of({});
  auto held = agreement();
  held.remote.reset();
  sender.agree(held);
  EXPECT_FALSE(sender.next());
  sender.agree(agreement("opus", 96));
  EXPECT_FALSE(sender.next());
}

TEST(VoiceSender, LeavesPausesOutIfItIsToAndMarksWhatFollowsThem) {
  auto sender = sender_of(audio::SampleBuffer(160, 1000), true);
  sender.agree(agreement());
  EXPECT_TRUE(next_packet(sender).header.marker);
  EXPECT_FALSE(sender.next());
  ASSERT_TRUE(sender.press('1'));
  EXPECT_TRUE(next_packet(sender).header.marker);
}

TEST(VoiceSender, AKeyIsOneEventWithOneTimestampAndItsEndThreeTimes) {
  auto sender = sender_of(audio::SampleBuffer(16000, 1000));
  sender.agree(agreement());
  next_packet(sender);
  ASSERT_TRUE(sender.press('5'));
  std::vector<rtp::TelephoneEvent> events;
  int markers = 0;
  for (;;) {
    const auto packet = next_packet(sender);
    if (packet.header.payload_type != 96) {
      // The audio goes on where the time is now.
      EXPECT_EQ(packet.header.timestamp, 1000 + 160 * (1 + events.size()));
      break;
    }
    EXPECT_EQ(packet.header.timestamp, 1160u);
    markers += packet.header.marker ? 1 : 0;
    events.push_back(*rtp::parse_telephone_event(packet.payload));
    ASSERT_LT(events.size(), 100u);
  }
  EXPECT_EQ(markers, 1);
  EXPECT_EQ(std::ranges::count(events, true, &rtp::TelephoneEvent::is_end), 3);
  EXPECT_EQ(events.back().event, 5);
  EXPECT_EQ(events.back().duration_ticks, key_ticks);
  EXPECT_FALSE(sender.has_keys());
}

TEST(VoiceSender, BetweenTwoKeysThereIsAPause) {
  auto sender = sender_of(audio::SampleBuffer(16000, 1000));
  sender.agree(agreement());
  sender.press('1');
  sender.press('2');
  std::string types;
  for (int i = 0; i < 30; ++i) types += next_packet(sender).header.payload_type == 96 ? 'k' : 'a';
  EXPECT_THAT(types, testing::MatchesRegex("k+a{4,6}k+a+"));
}

TEST(VoiceSender, TakesNoKeysThatNobodyHearsAndNotTooMany) {
  auto sender = sender_of({});
  auto deaf = agreement();
  deaf.sending_events.reset();
  sender.agree(deaf);
  EXPECT_FALSE(sender.press('1'));
  sender.agree(agreement());
  EXPECT_FALSE(sender.press('x'));
  for (std::size_t i = 0; i < keys_waiting_max; ++i) EXPECT_TRUE(sender.press('1'));
  EXPECT_FALSE(sender.press('1'));
}

}  // namespace
}  // namespace labnet::sip_client
