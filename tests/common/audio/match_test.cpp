// Tests of finding one sound in another.
#include "common/audio/match.hpp"

#include <gtest/gtest.h>

#include "common/audio/g711.hpp"
#include "common/audio/limits.hpp"
#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

SampleBuffer delayed(Samples sound, std::size_t by) {
  SampleBuffer late(by);
  late.insert(late.end(), sound.begin(), sound.end());
  return late;
}

TEST(Match, FindsTheDelay) {
  const auto played = speech_of(1, 16000);
  for (const std::size_t delay : {0, 1, 777, 3999}) {
    const auto match = find_match(played, delayed(played, delay), 4000);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->delay_samples, delay);
    EXPECT_NEAR(match->similarity, 1, 1e-4);
  }
}

TEST(Match, FindsWhatIsQuieterAndCoded) {
  const auto played = speech_of(1, 16000);
  auto heard = delayed(decoded(Law::a, encoded(Law::a, played)), 500);
  for (auto& sample : heard) sample = static_cast<Sample>(sample / 4);
  const auto match = find_match(played, heard, 4000);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->delay_samples, 500u);
  EXPECT_GT(match->similarity, 0.99);
}

TEST(Match, IsPoorForAnotherSound) {
  const auto match = find_match(speech_of(1, 16000), speech_of(2, 20000), 4000);
  ASSERT_TRUE(match);
  EXPECT_LT(match->similarity, 0.5);
}

TEST(Match, LooksNoFurtherThanItMay) {
  const auto played = speech_of(1, 16000);
  EXPECT_LE(find_match(played, delayed(played, 777), 100)->delay_samples, 100u);
  const auto late = delayed(speech_of(1, matched_samples_max), match_delays_max);
  EXPECT_EQ(find_match(played, late, match_delays_max)->delay_samples, match_delays_max);
  const auto later = delayed(speech_of(1, matched_samples_max), match_delays_max + 1);
  EXPECT_LE(find_match(played, later, match_delays_max + 1)->delay_samples, match_delays_max);
}

TEST(Match, IsUnknownForSilence) {
  const auto played = speech_of(1, 1600);
  EXPECT_FALSE(find_match(SampleBuffer(1600), played, 100));
  EXPECT_FALSE(find_match(played, SampleBuffer(1600), 100));
  EXPECT_FALSE(find_match(played, Samples{played}.first(1599), 100));
  EXPECT_FALSE(find_match({}, played, 100));
}

}  // namespace
}  // namespace labnet::audio
