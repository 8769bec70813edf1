// Tests of keys as events.
#include "common/rtp/telephone_event.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/common/rtp/times.hpp"

namespace labnet::rtp {
namespace {

TEST(TelephoneEvent, HasTheBytesOfRfc4733) {
  const TelephoneEvent event{.event = 11, .is_end = true, .volume = 10, .duration_ticks = 0x0320};
  const auto bytes = to_bytes(event);
  EXPECT_EQ(as_text(bytes), (std::string_view{"\x0b\x8a\x03\x20", 4}));
  EXPECT_EQ(parse_telephone_event(bytes), event);
  EXPECT_FALSE(parse_telephone_event(Bytes{bytes}.first(3)));
}

TEST(TelephoneEvent, OverlooksTheReservedBit) {
  const auto event = parse_telephone_event(as_bytes(std::string_view{"\x01\x4a\0\xa0", 4}));
  ASSERT_TRUE(event);
  EXPECT_FALSE(event->is_end);
  EXPECT_EQ(event->volume, 10);
}

TEST(Keys, AreEventsZeroToFifteen) {
  EXPECT_EQ(event_of_key('0'), 0);
  EXPECT_EQ(event_of_key('9'), 9);
  EXPECT_EQ(event_of_key('*'), 10);
  EXPECT_EQ(event_of_key('#'), 11);
  EXPECT_EQ(event_of_key('D'), 15);
  EXPECT_EQ(event_of_key('a'), 12);
  EXPECT_FALSE(event_of_key('e'));
  EXPECT_FALSE(event_of_key('\0'));
  EXPECT_EQ(key_of_event(11), '#');
  EXPECT_FALSE(key_of_event(16));
}

std::vector<EventSender::Packet> all_of(EventSender sender) {
  std::vector<EventSender::Packet> packets;
  while (const auto packet = sender.next()) packets.push_back(*packet);
  return packets;
}

TEST(EventSender, GrowsAndEndsThreeTimes) {
  const auto packets = all_of({5, 1000, 400, 160});
  ASSERT_EQ(packets.size(), 5u);
  EXPECT_TRUE(packets[0].marker);
  EXPECT_EQ(packets[0].event.duration_ticks, 160);
  EXPECT_EQ(packets[1].event.duration_ticks, 320);
  EXPECT_FALSE(packets[1].marker);
  EXPECT_FALSE(packets[1].event.is_end);
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(packets[i].event.duration_ticks, 400);
    EXPECT_TRUE(packets[i].event.is_end);
    EXPECT_EQ(packets[i].event.event, 5);
  }
}

TEST(EventSender, HasOneStepAtLeastAndNoMoreThanItsFieldHolds) {
  EXPECT_EQ(all_of({5, 0, 0, 160}).size(), 3u);
  EXPECT_EQ((EventSender{5, 0, 0, 160}.duration_ticks()), 160u);
  EXPECT_EQ((EventSender{5, 0, 65536, 160}.duration_ticks()), 65535u);
  EXPECT_EQ(all_of({5, 0, 100000, 160}).back().event.duration_ticks, 65535);
  EXPECT_EQ(all_of({5, 0, 0, 0}).size(), 3u) << "a step of nothing ends, too";
}

TEST(EventReceiver, HearsAKeyOnceAndItsEndOnce) {
  EventReceiver receiver;
  int begun = 0, ended = 0;
  for (const auto& packet : all_of({5, 1000, 400, 160})) {
    const auto heard = receiver.receive(1000, packet.event, at_ms(0));
    if (!heard) continue;
    EXPECT_EQ(heard->event, 5);
    begun += heard->begins ? 1 : 0;
    ended += heard->ends ? 1 : 0;
    if (heard->ends) {
      EXPECT_EQ(heard->duration_ticks, 400u);
    }
  }
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(ended, 1);
}

TEST(EventReceiver, HearsTheSameKeyTwiceByItsTimestamp) {
  EventReceiver receiver;
  const TelephoneEvent event{.event = 1, .is_end = true, .duration_ticks = 160};
  EXPECT_TRUE(receiver.receive(1000, event, at_ms(0)));
  EXPECT_FALSE(receiver.receive(1000, event, at_ms(20)));
  const auto again = receiver.receive(2000, event, at_ms(200));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->begins && again->ends);
}

TEST(EventReceiver, HearsAKeyOfWhichOnlyAnEndHasCome) {
  EventReceiver receiver;
  const auto heard = receiver.receive(1000, {.event = 1, .is_end = true, .duration_ticks = 800}, at_ms(0));
  ASSERT_TRUE(heard);
  EXPECT_TRUE(heard->begins && heard->ends);
}

TEST(EventReceiver, OverlooksALatePacketOfTheKeyBefore) {
  EventReceiver receiver;
  receiver.receive(1000, {.event = 1, .is_end = true}, at_ms(0));
  receiver.receive(2000, {.event = 2}, at_ms(100));
  EXPECT_FALSE(receiver.receive(1000, {.event = 1, .is_end = true}, at_ms(110)));
  EXPECT_TRUE(receiver.receive(2000, {.event = 2, .is_end = true}, at_ms(200))->ends);
}

TEST(EventReceiver, IsNotDeafAfterTheTimestampsStepBack) {
  EventReceiver receiver;
  receiver.receive(1'000'000, {.event = 1, .is_end = true}, at_ms(0));
  EXPECT_TRUE(receiver.receive(160, {.event = 2}, at_ms(2000)));
  receiver.reset();
  EXPECT_TRUE(receiver.receive(0, {.event = 3}, at_ms(2010)));
}

TEST(EventReceiver, GivesUpAKeyWhoseEndIsLost) {
  EventReceiver receiver;
  EXPECT_FALSE(receiver.expire(at_ms(0)));
  receiver.receive(1000, {.event = 1, .duration_ticks = 320}, at_ms(0));
  EXPECT_FALSE(receiver.expire(at_ms(199)));
  const auto end = receiver.expire(at_ms(200));
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->ends);
  EXPECT_EQ(end->duration_ticks, 320u);
  EXPECT_FALSE(receiver.expire(at_ms(400)));
}

}  // namespace
}  // namespace labnet::rtp
