// Tests of samples and levels.
#include "common/audio/samples.hpp"

#include <gtest/gtest.h>

#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

TEST(Sample, IsRoundedAndHeldWithinItsBits) {
  EXPECT_EQ(to_sample(1.5), 2);
  EXPECT_EQ(to_sample(-1.4), -1);
  EXPECT_EQ(to_sample(1e9), 32767);
  EXPECT_EQ(to_sample(-1e9), -32768);
}

TEST(Level, IsThatOfASine) {
  EXPECT_NEAR(level_db_of(tone_of(1000, 8000, 0)), 0, 0.01);
  EXPECT_NEAR(level_db_of(tone_of(440, 8000, -20)), -20, 0.01);
  EXPECT_EQ(level_db_of(SampleBuffer(100)), silence_db);
  EXPECT_EQ(level_db_of({}), silence_db);
  EXPECT_NEAR(amplitude_of(-20), 3276.7, 0.01);
}

}  // namespace
}  // namespace labnet::audio
