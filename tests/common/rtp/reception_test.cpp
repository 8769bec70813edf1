// Tests of what is counted of a stream.
#include "common/rtp/reception.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/common/rtp/times.hpp"

namespace labnet::rtp {
namespace {

constexpr std::uint32_t rate_hz = 8000, step_ticks = 160;

Header packet(std::uint16_t sequence, std::uint32_t ssrc = 1) {
  return {.payload_type = 8, .sequence = sequence, .timestamp = sequence * step_ticks, .ssrc = ssrc};
}

ReceptionCounts counts_of(std::initializer_list<int> sequences) {
  Reception reception{rate_hz};
  for (const auto sequence : sequences) reception.receive(packet(static_cast<std::uint16_t>(sequence)), at_ms(0));
  return reception.total();
}

TEST(Reception, CountsWhatIsMissing) {
  const auto counts = counts_of({10, 11, 14, 15});
  EXPECT_EQ(counts.received, 4u);
  EXPECT_EQ(counts.expected, 6u);
  EXPECT_EQ(counts.lost(), 2);
  EXPECT_EQ(counts.gaps, 1u);
  EXPECT_DOUBLE_EQ(counts.loss_ratio(), 2.0 / 6);
}

TEST(Reception, KnowsLateFromDoubledOnes) {
  const auto counts = counts_of({10, 12, 11, 12, 11, 13});
  EXPECT_EQ(counts.late, 1u);
  EXPECT_EQ(counts.duplicates, 2u);
  EXPECT_EQ(counts.expected, 4u);
  EXPECT_EQ(counts.lost(), -2) << "as RFC 3550, 6.4.1, has it";
  EXPECT_EQ(counts.loss_ratio(), 0);
}

TEST(Reception, DuplicatesDoNotHideLoss) {
  const auto counts = counts_of({10, 10, 10, 13});
  EXPECT_EQ(counts.lost(), 0);
  EXPECT_DOUBLE_EQ(counts.loss_ratio(), 0.5);
}

TEST(Reception, TakesAFirstPacketThatWasOvertaken) {
  const auto counts = counts_of({11, 10, 12});
  EXPECT_EQ(counts.expected, 3u);
  EXPECT_EQ(counts.lost(), 0);
}

TEST(Reception, GoesOnBeyondTheLastSequenceNumber) {
  Reception reception{rate_hz};
  for (int sequence = 65000; sequence < 65536 + 100; ++sequence) {
    reception.receive(packet(static_cast<std::uint16_t>(sequence)), at_ms(0));
  }
  EXPECT_EQ(reception.total().lost(), 0);
  EXPECT_EQ(reception.report().extended_highest_sequence, 65536u + 99);
}

TEST(Reception, CountsTheFirstNumberLessOneThatIsOvertakenAsWell) {
  const auto counts = counts_of({0, 65535, 1});
  EXPECT_EQ(counts.expected, 3u);
  EXPECT_EQ(counts.late, 1u);
}

TEST(Reception, ForgetsWhatIsTooOldToBeADuplicate) {
  Reception reception{rate_hz};
  reception.receive(packet(0), at_ms(0));
  reception.receive(packet(duplicate_span - 1), at_ms(0));
  EXPECT_EQ(reception.receive(packet(0), at_ms(0)), Arrival::duplicate);
  reception.receive(packet(duplicate_span), at_ms(0));
  EXPECT_EQ(reception.receive(packet(0), at_ms(0)), Arrival::late);
}

TEST(Reception, SuspectsAJumpUntilItGoesOn) {
  Reception reception{rate_hz};
  EXPECT_EQ(reception.receive(packet(100), at_ms(0)), Arrival::first);
  EXPECT_EQ(reception.receive(packet(20000), at_ms(0)), Arrival::suspect);
  EXPECT_EQ(reception.receive(packet(101), at_ms(0)), Arrival::in_order);
  EXPECT_EQ(reception.total().received, 2u);
  EXPECT_EQ(reception.receive(packet(30000), at_ms(0)), Arrival::suspect);
  EXPECT_EQ(reception.receive(packet(30001), at_ms(0)), Arrival::restart);
  EXPECT_EQ(reception.receive(packet(30002), at_ms(0)), Arrival::in_order);
  EXPECT_EQ(reception.total().received, 5u);
  EXPECT_EQ(reception.total().lost(), 0);
  EXPECT_EQ(reception.total().restarts, 1u);
  EXPECT_EQ(reception.receive(packet(30000), at_ms(0)), Arrival::duplicate) << "the one that was suspect counts";
}

TEST(Reception, TakesStepsUpToItsLimitsAsLossOrLateness) {
  for (const int beyond : {0, 1}) {
    Reception ahead{rate_hz}, behind{rate_hz};
    ahead.receive(packet(1000), at_ms(0));
    behind.receive(packet(1000), at_ms(0));
    const auto far = static_cast<std::uint16_t>(1000 + dropout_max + beyond);
    const auto back = static_cast<std::uint16_t>(1000 - misorder_max - beyond);
    EXPECT_EQ(ahead.receive(packet(far), at_ms(0)), beyond == 0 ? Arrival::in_order : Arrival::suspect);
    EXPECT_EQ(behind.receive(packet(back), at_ms(0)), beyond == 0 ? Arrival::late : Arrival::suspect);
  }
}

TEST(Reception, CountsAnotherSourceAnewAndKeepsTheTotal) {
  Reception reception{rate_hz};
  for (const auto sequence : {1, 2, 4}) reception.receive(packet(static_cast<std::uint16_t>(sequence)), at_ms(0));
  EXPECT_EQ(reception.receive(packet(50000, 2), at_ms(0)), Arrival::new_ssrc);
  EXPECT_EQ(reception.ssrc(), 2u);
  EXPECT_EQ(reception.report().cumulative_lost, 0);
  EXPECT_EQ(reception.report().extended_highest_sequence, 50000u);
  EXPECT_EQ(reception.total().received, 4u);
  EXPECT_EQ(reception.total().lost(), 1);
  EXPECT_EQ(reception.total().sources, 2u);
}

TEST(Report, TellsTheLossSinceTheOneBefore) {
  Reception reception{rate_hz};
  EXPECT_EQ(reception.report().fraction_lost, 0) << "before the first packet";
  for (const auto sequence : {1, 2, 4}) reception.receive(packet(static_cast<std::uint16_t>(sequence)), at_ms(0));
  const auto first = reception.report();
  EXPECT_EQ(first.fraction_lost, 64);
  EXPECT_EQ(first.cumulative_lost, 1);
  EXPECT_EQ(first.ssrc, 1u);
  for (const auto sequence : {5, 6, 8, 3}) reception.receive(packet(static_cast<std::uint16_t>(sequence)), at_ms(0));
  const auto second = reception.report();
  EXPECT_EQ(second.fraction_lost, 0) << "four were expected, four came";
  EXPECT_EQ(second.cumulative_lost, 1);
}

TEST(Report, HoldsAtMostWhatItsFieldsDo) {
  Reception reception{rate_hz};
  std::uint16_t sequence = 0;
  for (int i = 0; i < 3000; ++i, sequence = static_cast<std::uint16_t>(sequence + dropout_max)) {
    reception.receive(packet(sequence), at_ms(0));
  }
  EXPECT_EQ(reception.report().fraction_lost, 255);
  EXPECT_EQ(reception.report().cumulative_lost, 0x7fffff);
}

TEST(Jitter, IsNoneWherePacketsComeEvenly) {
  Reception reception{rate_hz};
  for (int i = 0; i < 100; ++i) reception.receive(packet(static_cast<std::uint16_t>(i)), at_ms(20L * i));
  EXPECT_EQ(reception.jitter_ms(), 0);
}

TEST(Jitter, IsASixteenthOfEachDifference) {
  Reception reception{rate_hz};
  reception.receive(packet(0), at_ms(0));
  reception.receive(packet(1), at_ms(36));  // 16 ms late
  EXPECT_DOUBLE_EQ(reception.jitter_ms(), 1);
  reception.receive(packet(2), at_ms(40));  // in time again: 16 ms less
  EXPECT_DOUBLE_EQ(reception.jitter_ms(), 1 + 15.0 / 16);
  EXPECT_EQ(reception.report().jitter_ticks, 15u);
  EXPECT_DOUBLE_EQ(reception.highest_jitter_ms(), reception.jitter_ms());
}

TEST(Jitter, IsNotWhatAJumpOfTheTimestampsMakes) {
  Reception reception{rate_hz};
  reception.receive(packet(0), at_ms(0));
  auto jumped = packet(1);
  jumped.timestamp += 1'000'000'000;
  reception.receive(jumped, at_ms(20));
  EXPECT_EQ(reception.jitter_ms(), 0);
}

TEST(Jitter, LeavesOutWhatHasNoTimeOfItsOwn) {
  Reception reception{rate_hz};
  reception.receive(packet(0), at_ms(0));
  auto event = packet(1);
  event.timestamp = 0;
  EXPECT_EQ(reception.receive_untimed(event), Arrival::in_order);
  reception.receive(packet(2), at_ms(40));
  EXPECT_EQ(reception.jitter_ms(), 0);
  EXPECT_EQ(reception.total().received, 3u);
}

}  // namespace
}  // namespace labnet::rtp
