// Tests of the jitter buffer: what is played, turn by turn.
#include "common/rtp/jitter_buffer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace labnet::rtp {
namespace {

/// Packets are single letters; what is played is a text with "." for a concealed and "_" for a silent turn.
class Buffered : public testing::Test {
 protected:
  void push(int sequence, std::string_view payload, std::uint32_t ssrc = 1) {
    buffer.push({.payload_type = 8, .sequence = static_cast<std::uint16_t>(sequence), .ssrc = ssrc}, as_bytes(payload));
  }
  std::string pull(int turns) {
    std::string played;
    for (int i = 0; i < turns; ++i) {
      const auto pulled = buffer.pull();
      if (pulled.turn == Turn::play) played += as_text(pulled.payload);
      if (pulled.turn == Turn::conceal) played += '.';
      if (pulled.turn == Turn::silence) played += '_';
    }
    return played;
  }

  JitterBuffer buffer{{.depth_min = 1, .depth_start = 2, .depth_max = 5, .conceal_max = 3, .calm_pulls = 10}};
};

TEST_F(Buffered, IsSilentBeforeAnythingComes) {
  EXPECT_EQ(pull(3), "___");
}

TEST_F(Buffered, WaitsUntilItIsAsDeepAsItShouldBe) {
  push(1, "a");
  EXPECT_EQ(pull(1), "_");
  push(2, "b");
  EXPECT_EQ(pull(1), "a");
  push(3, "c");
  EXPECT_EQ(pull(2), "bc");
}

TEST_F(Buffered, PlaysTheLittleThatCame) {
  push(1, "a");
  EXPECT_EQ(pull(3), "__a");
}

TEST_F(Buffered, PutsPacketsInOrder) {
  push(65535, "a");
  push(1, "c");
  push(0, "b");
  push(2, "d");
  EXPECT_EQ(pull(4), "abcd");
}

TEST_F(Buffered, TakesAFirstOneThatWasOvertaken) {
  push(2, "b");
  push(1, "a");
  EXPECT_EQ(pull(2), "ab");
  EXPECT_EQ(buffer.counts().late, 0u);
}

TEST_F(Buffered, MakesUpWhatIsLost) {
  push(1, "a");
  push(2, "b");
  push(4, "d");
  EXPECT_EQ(pull(4), "ab.d");
  EXPECT_EQ(buffer.counts().concealed, 1u);
}

TEST_F(Buffered, MakesUpNoMoreThanSoMuch) {
  push(1, "a");
  push(6, "f");
  EXPECT_EQ(buffer.waiting(), 1) << "it is deeper than may be: the first is left out";
  push(7, "g");
  EXPECT_EQ(pull(2), "fg");
  EXPECT_EQ(pull(5), "...__");
  push(8, "h");
  push(9, "i");
  EXPECT_EQ(pull(2), "hi");
}

TEST_F(Buffered, WaitsForWhatIsLateAndIsDeeperThen) {
  push(1, "a");
  push(2, "b");
  EXPECT_EQ(pull(4), "ab..");
  EXPECT_EQ(buffer.depth_target(), 2);
  push(3, "c");
  EXPECT_EQ(buffer.depth_target(), 3);
  push(4, "d");
  EXPECT_EQ(pull(2), "cd");
}

TEST_F(Buffered, CountsWhatComesAfterItsTurn) {
  push(1, "a");
  push(3, "c");
  EXPECT_EQ(pull(3), "a.c");
  push(2, "b");
  EXPECT_EQ(buffer.counts().late, 1u);
  EXPECT_EQ(buffer.depth_target(), 3);
}

TEST_F(Buffered, KeepsTheFirstOfTwo) {
  push(1, "a");
  push(1, "x");
  push(2, "b");
  EXPECT_EQ(pull(2), "ab");
  EXPECT_EQ(buffer.counts().duplicates, 1u);
}

TEST_F(Buffered, IsNoDeeperForWhatComesAgainAfterItsTurn) {
  push(1, "a");
  push(2, "b");
  EXPECT_EQ(pull(2), "ab");
  push(1, "a");
  EXPECT_EQ(buffer.counts().duplicates, 1u);
  EXPECT_EQ(buffer.counts().late, 0u);
  EXPECT_EQ(buffer.depth_target(), 2);
}

TEST_F(Buffered, BeginsAnewWithAnotherSource) {
  push(1, "a");
  push(2, "b");
  push(3, "x", 2);
  push(4, "y", 2);
  EXPECT_EQ(pull(2), "xy");
  EXPECT_EQ(buffer.counts().flushes, 1u);
}

TEST_F(Buffered, BeginsAnewAfterAJump) {
  for (const int sequence : {1 + frames_max, 65536 - misorder_max}) {
    JitterBuffer fresh;
    buffer = fresh;
    push(1, "a");
    push(sequence, "x");
    EXPECT_EQ(buffer.counts().flushes, 1u) << sequence;
    EXPECT_EQ(buffer.waiting(), 1);
  }
}

TEST_F(Buffered, SkipsToItsDepthWhenTooMuchComesAtOnce) {
  for (int i = 0; i < 5; ++i) push(i, std::string(1, static_cast<char>('a' + i)));
  EXPECT_EQ(buffer.waiting(), 5);
  push(5, "f");
  EXPECT_EQ(buffer.waiting(), 2);
  EXPECT_EQ(pull(2), "ef");
  EXPECT_EQ(buffer.counts().skipped, 4u);
}

TEST_F(Buffered, MakesNothingUpForWhatWasLostInAPause) {
  push(1, "a");
  push(2, "b");
  EXPECT_EQ(pull(7), "ab...__");
  push(5, "e");
  push(6, "f");
  EXPECT_EQ(pull(2), "ef");
}

TEST_F(Buffered, TakesATurnForWhatIsNoAudio) {
  push(1, "a");
  push(2, "");
  push(3, "c");
  EXPECT_EQ(pull(3), "a_c");
}

TEST_F(Buffered, KeepsNoPayloadThatIsTooLong) {
  push(1, std::string(frame_bytes_max, 'x'));
  push(2, std::string(frame_bytes_max + 1, 'x'));
  EXPECT_EQ(pull(2), std::string(frame_bytes_max, 'x') + "_");
}

TEST_F(Buffered, BecomesShallowerWhileAllIsCalm) {
  std::string played;
  push(0, "a");
  for (int i = 1; i < 30; ++i) {
    push(i, "a");
    played += pull(1);
  }
  EXPECT_EQ(buffer.depth_target(), 1);
  EXPECT_EQ(buffer.counts().skipped, 1u);
  EXPECT_EQ(played, std::string(29, 'a'));
}

TEST_F(Buffered, IsTheMoreCarefulTheMoreWasLate) {
  push(0, "a");
  push(2, "c");
  pull(2);
  push(1, "b");
  EXPECT_EQ(buffer.depth_target(), 3);
  for (int i = 3; i < 6; ++i) push(i, "d");
  for (int i = 6; i < 25; ++i) {
    push(i, "e");
    pull(1);
  }
  EXPECT_EQ(buffer.depth_target(), 3) << "19 turns: the first time 10 would have been enough";
  push(25, "e");
  pull(1);
  EXPECT_EQ(buffer.depth_target(), 2);
}

TEST_F(Buffered, IsNeverDeeperThanMayBe) {
  push(0, "a");
  push(1, "a");
  for (int i = 1; i < 40; ++i) {
    pull(2);
    push(2 * i + 1, "b");
    push(2 * i, "late");
  }
  EXPECT_LE(buffer.depth_target(), 5);
}

}  // namespace
}  // namespace labnet::rtp
