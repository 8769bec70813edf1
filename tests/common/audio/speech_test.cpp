// Tests of made speech.
#include "common/audio/speech.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

TEST(Speech, IsTheSameForTheSameSeed) {
  EXPECT_EQ(speech_of(7, 8000), speech_of(7, 8000));
  EXPECT_NE(speech_of(7, 8000), speech_of(8, 8000));
}

TEST(Speech, IsTheSameInPieces) {
  const auto whole = speech_of(7, 16000);
  SampleBuffer pieces(16000);
  SpeechGenerator generator{7};
  for (std::size_t i = 0; i < 16000; i += 160) generator.fill(std::span{pieces}.subspan(i, 160));
  EXPECT_EQ(pieces, whole);
}

TEST(Speech, HasTalkSpurtsAndSilentPauses) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    SpeechGenerator generator{seed};
    SampleBuffer frame(160);
    int spurts = 0, talking = 0;
    bool talked = false;
    constexpr int frames = 1000;  // 20 s
    for (int i = 0; i < frames; ++i) {
      generator.fill(frame);
      const bool talks = generator.is_talking();
      spurts += talks && !talked ? 1 : 0;
      talking += talks ? 1 : 0;
      if (!talks && !talked && i > 0) {
        EXPECT_EQ(level_db_of(frame), silence_db);
      }
      talked = talks;
    }
    EXPECT_GE(spurts, 6);
    EXPECT_LE(spurts, 25);
    EXPECT_GT(talking, frames / 2);
    EXPECT_LT(talking, frames * 9 / 10);
  }
}

/// How like itself a sound is after a period of a voice of 80 to 220 Hz: 1 is the same.
double likeness_after_a_period(Samples sound) {
  double best = 0;
  for (std::size_t period = telephone_rate_hz / 220; period <= telephone_rate_hz / 80; ++period) {
    double product = 0, power = 1, shifted_power = 1;
    for (std::size_t i = period; i < sound.size(); ++i) {
      product += static_cast<double>(sound[i]) * sound[i - period];
      power += static_cast<double>(sound[i]) * sound[i];
      shifted_power += static_cast<double>(sound[i - period]) * sound[i - period];
    }
    best = std::max(best, product / std::sqrt(power * shifted_power));
  }
  return best;
}

TEST(Speech, HasAVoice) {
  const auto sound = speech_of(1, 80000);
  double sum = 0;
  int frames = 0;
  for (std::size_t i = 0; i + 320 <= sound.size(); i += 320) {
    const auto frame = Samples{sound}.subspan(i, 320);
    if (level_db_of(frame) < -40) continue;
    sum += likeness_after_a_period(frame);
    ++frames;
  }
  ASSERT_GT(frames, 50);
  EXPECT_GT(sum / frames, 0.8) << "of all";
}

TEST(Speech, HasTheLevelOfSpeechAndIsNotCut) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    const auto sound = speech_of(seed, 160000);
    const auto level = level_db_of(sound);
    EXPECT_GT(level, -35) << seed;
    EXPECT_LT(level, -8) << seed;
    int cut = 0;
    for (const auto sample : sound) cut += sample == 32767 || sample == -32768 ? 1 : 0;
    EXPECT_LT(cut, 160) << seed;
  }
}

}  // namespace
}  // namespace labnet::audio
