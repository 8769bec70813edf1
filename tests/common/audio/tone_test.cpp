// Tests of tones.
#include "common/audio/tone.hpp"

#include <gtest/gtest.h>

#include "common/audio/g711.hpp"
#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

TEST(ToneGenerator, GoesOnWithoutABreak) {
  const auto whole = tone_of(440, 1000);
  SampleBuffer pieces(1000);
  ToneGenerator generator{Tone{440, -12}};
  for (std::size_t i = 0; i < 1000; i += 160) {
    generator.fill(std::span{pieces}.subspan(i, std::min<std::size_t>(160, 1000 - i)));
  }
  EXPECT_EQ(pieces, whole);
}

TEST(ToneLevel, IsThatOfTheTone) {
  const auto level = tone_level(tone_of(440, 4000, -18), 440);
  EXPECT_NEAR(level.level_db, -18, 0.1);
  EXPECT_GT(level.share, 0.99);
}

TEST(ToneLevel, IsLittleAtAnotherFrequency) {
  const auto level = tone_level(tone_of(440, 400, -18), 880);
  EXPECT_LT(level.level_db, -50);
  EXPECT_LT(level.share, 0.01);
}

TEST(ToneLevel, TellsTwoTonesApart) {
  SampleBuffer samples(800);
  ToneGenerator{{{697, -12}, {1209, -18}}}.fill(samples);
  EXPECT_NEAR(tone_level(samples, 697).level_db, -12, 0.2);
  EXPECT_NEAR(tone_level(samples, 1209).level_db, -18, 0.2);
  EXPECT_NEAR(tone_level(samples, 697).share, 0.8, 0.02);
}

TEST(ToneLevel, IsNothingOfSilence) {
  EXPECT_EQ(tone_level(SampleBuffer(160), 440).level_db, silence_db);
  EXPECT_EQ(tone_level({}, 440).share, 0);
}

TEST(ToneLevel, SurvivesG711) {
  for (const auto law : {Law::a, Law::mu}) {
    const auto heard = decoded(law, encoded(law, tone_of(440, 4000)));
    EXPECT_NEAR(tone_level(heard, 440).level_db, -12, 0.2);
    EXPECT_GT(tone_level(heard, 440).share, 0.99);
  }
}

TEST(ToneDetector, HearsItsToneAndNoOther) {
  ToneDetector own{440}, other{880};
  for (int i = 0; i < 50; ++i) {
    SampleBuffer frame(160);
    const auto whole = tone_of(440, 8000);
    std::copy_n(whole.begin() + i * 160, 160, frame.begin());
    own.hear(frame);
    other.hear(frame);
  }
  EXPECT_EQ(own.heard_ms(), 1000u);
  EXPECT_EQ(own.present_ms(), 1000u);
  EXPECT_TRUE(own.is_present());
  EXPECT_EQ(other.present_ms(), 0u);
}

TEST(ToneDetector, HearsNothingInSpeechSilenceAndWhispers) {
  for (const auto& sound : {speech_of(1, 40000), SampleBuffer(40000), tone_of(440, 40000, -45)}) {
    ToneDetector detector{440};
    detector.hear(sound);
    EXPECT_LT(detector.present_ms(), detector.heard_ms() / 20);
  }
}

}  // namespace
}  // namespace labnet::audio
