// When messages of a recording are due; the time is made up.
#include "servers/rtmp/pace.hpp"

#include <gtest/gtest.h>

#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

using namespace std::chrono_literals;

class RtmpPace : public testing::Test {
 protected:
  /// After the beginning.
  std::chrono::milliseconds due(std::uint32_t timestamp) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(pace_.due(timestamp) - begin_);
  }
  void give(std::uint32_t from, std::uint32_t to) {
    for (auto time = from; time <= to; time += 40) pace_.sent(time);
  }

  const Pace::TimePoint begin_ = Pace::TimePoint{} + 1h;
  Pace pace_;
};

TEST_F(RtmpPace, AsMuchAsTheBufferHoldsIsDueAtOnceAndTheRestAsItIsPlayed) {
  pace_.set_buffer(3s);
  pace_.begin(begin_, 60'000);
  EXPECT_LE(due(60'000), 0ms);
  give(60'000, 63'000);
  EXPECT_EQ(due(63'000), 0ms);
  EXPECT_EQ(due(63'040), 40ms);
  EXPECT_EQ(pace_.last(), 63'000u);
  pace_.set_buffer(1s);
  EXPECT_EQ(due(63'040), 2'040ms);
}

TEST_F(RtmpPace, APauseMovesAllThatFollows) {
  pace_.begin(begin_, 0);
  give(0, 1'000);
  pace_.pause(begin_ + 1s);
  pace_.pause(begin_ + 2s);  // is the same one
  pace_.resume(begin_ + 11s);
  pace_.resume(begin_ + 20s);
  EXPECT_EQ(due(1'040), 11'040ms);
}

TEST_F(RtmpPace, APauseThatLastsOverALeapCountsFromThere) {
  pace_.begin(begin_, 0);
  pace_.pause(begin_ + 1s);
  pace_.begin(begin_ + 5s, 30'000);
  pace_.resume(begin_ + 7s);
  EXPECT_EQ(due(30'040), 7'040ms);
}

TEST_F(RtmpPace, AGapIsWaitedForAndALongerOneIsCut) {
  const auto gap = static_cast<std::uint32_t>(file_gap_max.count());
  pace_.begin(begin_, 0);
  EXPECT_EQ(due(gap), file_gap_max);
  EXPECT_EQ(due(gap + 1), file_gap_max);
  pace_.sent(gap + 3'600'000);
  EXPECT_EQ(due(gap + 3'600'040), file_gap_max + 40ms);
}

TEST_F(RtmpPace, TimeThatGoesBackOrBeginsAnewHoldsUpNobody) {
  pace_.begin(begin_, 0xffffffd8);
  pace_.sent(0xffffffd8);
  pace_.sent(0);
  EXPECT_EQ(due(40), 80ms);
  pace_.sent(20);
  pace_.sent(10);
  EXPECT_EQ(due(60), 100ms);
  pace_.sent(3'600'000);
  pace_.sent(0);  // two recordings, one behind the other
  EXPECT_EQ(due(40), 90ms);
}

}  // namespace
}  // namespace labnet::rtmp_server
