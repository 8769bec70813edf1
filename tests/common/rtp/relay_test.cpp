// Tests of what a relay makes of a stream.
#include "common/rtp/relay.hpp"

#include <gtest/gtest.h>

#include "tests/common/rtp/times.hpp"

namespace labnet::rtp {
namespace {

constexpr std::uint8_t alaw = 8, events = 101;

/// Sends headers through a relay that begins at sequence 1000 and timestamp 5000.
class Relayed : public testing::Test {
 protected:
  Header relay(const Header& header, long now_ms) {
    Buffer packet;
    ByteWriter out{packet};
    write(header, out);
    rewriter.rewrite(packet, header.payload_type, at_ms(now_ms));
    return header_of(packet);
  }
  static Header source(std::uint16_t sequence, std::uint32_t timestamp, std::uint32_t ssrc = 7) {
    return {.payload_type = alaw, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc};
  }

  RelayRewriter rewriter{{.ssrc = 99, .sequence = 1000, .timestamp = 5000}};
};

TEST_F(Relayed, BeginsWithItsOwnNumbersAndTheMarker) {
  const auto header = relay(source(40000, 123456), 0);
  EXPECT_EQ(header.ssrc, 99u);
  EXPECT_EQ(header.sequence, 1000);
  EXPECT_EQ(header.timestamp, 5000u);
  EXPECT_TRUE(header.marker);
  EXPECT_EQ(rewriter.restarts(), 0u);
}

TEST_F(Relayed, KeepsTheDistances) {
  relay(source(65534, 0xffffff00), 0);
  for (std::uint16_t i = 1; i < 10; ++i) {
    const auto header = relay(source(static_cast<std::uint16_t>(65534 + i), 0xffffff00 + 160U * i), 20L * i);
    EXPECT_EQ(header.sequence, 1000 + i);
    EXPECT_EQ(header.timestamp, 5000u + 160U * i);
    EXPECT_FALSE(header.marker);
  }
}

TEST_F(Relayed, ShowsLossAndOrderAsTheyAre) {
  relay(source(1, 160), 0);
  EXPECT_EQ(relay(source(4, 640), 60).sequence, 1003);
  EXPECT_EQ(relay(source(3, 480), 61).sequence, 1002);
  EXPECT_EQ(relay(source(3, 480), 61).timestamp, 5320u);
  EXPECT_EQ(relay(source(5, 800), 80).sequence, 1004);
  EXPECT_EQ(rewriter.restarts(), 0u);
}

TEST_F(Relayed, GoesOnByTheClockWhenTheSourceChanges) {
  relay(source(1, 160), 0);
  relay(source(2, 320), 20);
  const auto header = relay(source(50000, 77, 8), 520);
  EXPECT_EQ(header.ssrc, 99u);
  EXPECT_EQ(header.sequence, 1002);
  EXPECT_EQ(header.timestamp, 5160u + 4000);
  EXPECT_TRUE(header.marker);
  EXPECT_EQ(relay(source(50001, 237, 8), 540).sequence, 1003);
  EXPECT_EQ(rewriter.restarts(), 1u);
}

TEST_F(Relayed, GoesOnByOnePacketAtLeast) {
  relay(source(1, 160), 0);
  relay(source(2, 320), 20);
  EXPECT_EQ(relay(source(50000, 77, 8), 20).timestamp, 5160u + 160);
  EXPECT_EQ(relay(source(3, 480), 10).timestamp, 5160u + 320) << "a clock that steps back moves nothing";
}

TEST_F(Relayed, DoesNotStepBackWithItsSource) {
  relay(source(1, 100000), 0);
  const auto header = relay(source(2, 160), 20);
  EXPECT_EQ(header.sequence, 1001);
  EXPECT_EQ(header.timestamp, 5160u);
  EXPECT_TRUE(header.marker);
  EXPECT_EQ(relay(source(3, 320), 40).timestamp, 5320u);
}

TEST_F(Relayed, PutsNoPacketOfBeforeAJumpAheadOfIt) {
  relay(source(1, 100000), 0);
  EXPECT_EQ(relay(source(3, 160), 40).timestamp, 5320u);
  const auto late = relay(source(2, 100160), 41);
  EXPECT_EQ(late.sequence, 1001);
  EXPECT_EQ(late.timestamp, 5320u);
}

TEST_F(Relayed, DoesNotJumpAheadWithItsSource) {
  relay(source(1, 160), 0);
  EXPECT_EQ(relay(source(2, 160 + 16161), 20).timestamp, 5160u) << "more than two seconds ahead of the clock";
  EXPECT_EQ(relay(source(3, 160 + 2 * 16161), 2040).timestamp, 5160u + 16161) << "a pause of two seconds";
}

TEST_F(Relayed, TakesAJumpOfSequenceNumbersForANewBeginning) {
  relay(source(1, 160), 0);
  EXPECT_EQ(relay(source(static_cast<std::uint16_t>(1 + dropout_max), 320), 20).sequence, 1000 + dropout_max);
  EXPECT_EQ(relay(source(static_cast<std::uint16_t>(2 + 2 * dropout_max), 480), 40).sequence, 1001 + dropout_max);
  EXPECT_EQ(rewriter.restarts(), 1u);
}

TEST_F(Relayed, LetsAnEventKeepItsTimestamp) {
  relay(source(1, 160), 0);
  auto event = source(2, 320);
  event.payload_type = events;
  event.marker = true;
  EXPECT_EQ(relay(event, 20).timestamp, 5160u);
  event.marker = false;
  for (std::uint16_t i = 3; i < 40; ++i) {
    event.sequence = i;
    const auto header = relay(event, 20L * i);
    EXPECT_EQ(header.timestamp, 5160u);
    EXPECT_EQ(header.payload_type, events);
    EXPECT_FALSE(header.marker);
  }
  const auto audio = relay(source(40, 320 + 38 * 160), 800);
  EXPECT_EQ(audio.timestamp, 5160u + 38 * 160);
  EXPECT_FALSE(audio.marker) << "there was no pause";
  EXPECT_EQ(rewriter.restarts(), 0u);
}

TEST_F(Relayed, LetsEventsGoBesideTheAudio) {
  rewriter.set_event_type(events);
  auto event = source(0, 320);
  event.payload_type = events;
  relay(source(1, 160), 0);
  std::uint16_t sequence = 2;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const auto now_ms = 20 + 20L * i;
    EXPECT_EQ(relay(source(sequence++, 320 + 160 * i), now_ms).timestamp, 5160u + 160 * i);
    event.sequence = sequence++;
    EXPECT_EQ(relay(event, now_ms).timestamp, 5160u);
  }
  EXPECT_EQ(rewriter.restarts(), 0u);
  event.sequence = sequence++;
  event.timestamp = 320 + 160 * 19 - 65536;
  EXPECT_EQ(relay(event, 420).timestamp, 5160u + 160 * 20) << "no event lasts so long: the source has jumped";
  EXPECT_EQ(rewriter.restarts(), 1u);
}

TEST_F(Relayed, MarksATalkSpurtThatItsSourceDoesNot) {
  relay(source(1, 160), 0);
  EXPECT_TRUE(relay(source(2, 160 + 8000), 1000).marker);
  EXPECT_FALSE(relay(source(3, 160 + 8160), 1020).marker);
  EXPECT_FALSE(relay(source(53, 160 + 16160), 2020).marker) << "49 packets are lost: no pause";
}

TEST_F(Relayed, NeverStepsBackWhateverComes) {
  std::uint32_t state = 1;
  const auto next = [&] { return state = state * 1664525 + 1013904223; };
  auto last = relay(source(0, 0), 0);
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0, ssrc = 7;
  long now_ms = 0;
  for (int i = 0; i < 100000; ++i) {
    const auto what = next() >> 24;
    if (what == 0) ++ssrc;
    if (what == 1) sequence = static_cast<std::uint16_t>(next() >> 16);
    if (what == 2) timestamp = next();
    now_ms += what == 3 ? 5000 : 20;
    const auto header = relay(source(++sequence, timestamp += 160, ssrc), now_ms);
    ASSERT_GT(static_cast<std::int16_t>(header.sequence - last.sequence), 0);
    ASSERT_GT(static_cast<std::int32_t>(header.timestamp - last.timestamp), 0);
    last = header;
  }
  EXPECT_GT(rewriter.restarts(), 100u);
}

TEST_F(Relayed, KnowsItsTimestampBetweenPackets) {
  EXPECT_EQ(rewriter.timestamp_at(at_ms(0)), 5000u);
  relay(source(1, 160), 0);
  EXPECT_EQ(rewriter.timestamp_at(at_ms(1000)), 5000u + 8000);
}

}  // namespace
}  // namespace labnet::rtp
