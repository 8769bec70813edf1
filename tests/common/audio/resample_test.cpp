// Tests of resampling.
#include "common/audio/resample.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "common/audio/tone.hpp"

namespace labnet::audio {
namespace {

SampleBuffer sine(double frequency_hz, std::uint32_t rate_hz, std::size_t count) {
  SampleBuffer samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = to_sample(10000 * std::sin(2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz));
  }
  return samples;
}

TEST(Resampled, KeepsWhatATelephoneCarries) {
  for (const std::uint32_t rate_hz : {16000, 44100, 48000}) {
    for (const double frequency_hz : {300.0, 1000.0, 3000.0}) {
      const auto samples = resampled(sine(frequency_hz, rate_hz, rate_hz), rate_hz, 8000);
      ASSERT_EQ(samples.size(), 8000u);
      const auto tone = tone_level(Samples{samples}.subspan(400, 7200), frequency_hz);
      EXPECT_NEAR(tone.level_db, 20 * std::log10(10000 / full_scale), 0.3) << rate_hz << " " << frequency_hz;
      EXPECT_GT(tone.share, 0.999);
    }
  }
}

TEST(Resampled, TakesAwayWhatItDoesNot) {
  for (const std::uint32_t rate_hz : {16000, 44100, 48000}) {
    for (const double frequency_hz : {4600.0, 6000.0, 7500.0}) {
      const auto samples = resampled(sine(frequency_hz, rate_hz, rate_hz), rate_hz, 8000);
      EXPECT_LT(level_db_of(Samples{samples}.subspan(400, 7200)), -50) << rate_hz << " " << frequency_hz;
    }
  }
}

TEST(Resampled, StaysInPlace) {
  SampleBuffer click(4800);
  click[2400] = 30000;
  const auto samples = resampled(click, 48000, 8000);
  std::size_t loudest = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i] > samples[loudest]) loudest = i;
  }
  EXPECT_EQ(loudest, 400u);
}

TEST(Resampled, GoesUpToo) {
  const auto samples = resampled(sine(1000, 8000, 8000), 8000, 48000);
  ASSERT_EQ(samples.size(), 48000u);
  const auto expected = sine(1000, 48000, 48000);
  for (std::size_t i = 1000; i < 47000; ++i) ASSERT_NEAR(samples[i], expected[i], 100) << i;
}

TEST(Resampled, IsTheSameAtTheSameRateAndNothingAtImpossibleOnes) {
  EXPECT_EQ(resampled(SampleBuffer{1, 2}, 8000, 8000), (SampleBuffer{1, 2}));
  EXPECT_TRUE(resampled(SampleBuffer{}, 16000, 8000).empty());
  EXPECT_TRUE(resampled(SampleBuffer{1, 2}, 0, 8000).empty());
  EXPECT_TRUE(resampled(SampleBuffer{1, 2}, 8000, 192001).empty());
}

}  // namespace
}  // namespace labnet::audio
