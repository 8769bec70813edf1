// Tests of what is made up for lost frames.
#include "common/audio/concealment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/common/audio/sounds.hpp"

namespace labnet::audio {
namespace {

constexpr std::size_t frame_samples = 160;

/// Plays frames of a sound, but for those that are lost.
class Concealed : public testing::Test {
 protected:
  void play(std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) concealer.play(next_frame());
  }
  void lose(std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) concealer.conceal(next_frame());
  }
  std::span<Sample> next_frame() { return std::span{sound}.subspan(frame_samples * frame++, frame_samples); }
  Samples frame_at(std::size_t i) const { return Samples{sound}.subspan(frame_samples * i, frame_samples); }
  int steepest(std::size_t from, std::size_t to) const {
    int steepest = 0;
    for (auto i = from; i < to; ++i) steepest = std::max(steepest, std::abs(sound[i] - sound[i - 1]));
    return steepest;
  }

  static constexpr double voice_hz = 8000.0 / 90;  // a whole number of samples a period, but not of periods a frame
  SampleBuffer sound = tone_of(voice_hz, frame_samples * 50);
  SampleBuffer original = sound;
  std::size_t frame = 0;
  LossConcealer concealer;
};

TEST_F(Concealed, LeavesWhatComesAsItIs) {
  play(50);
  EXPECT_EQ(sound, original);
}

TEST_F(Concealed, GoesOnWithAVoiceForOneFrame) {
  play(5);
  lose(1);
  for (std::size_t i = 5 * frame_samples; i < 5 * frame_samples + 80; ++i) ASSERT_NEAR(sound[i], original[i], 50) << i;
  EXPECT_NEAR(level_db_of(frame_at(5)), -12, 2);
}

TEST_F(Concealed, FadesAwayWithinSixtyMilliseconds) {
  play(5);
  lose(5);
  double last = level_db_of(frame_at(4)) + 0.5;
  for (std::size_t i = 5; i < 8; ++i) {
    EXPECT_LT(level_db_of(frame_at(i)), last);
    last = level_db_of(frame_at(i));
  }
  EXPECT_EQ(level_db_of(frame_at(8)), silence_db);
  EXPECT_EQ(level_db_of(frame_at(9)), silence_db);
}

TEST_F(Concealed, DoesNotClick) {
  play(5);
  const auto usual = steepest(1, 5 * frame_samples);
  for (int i = 0; i < 5; ++i) {
    lose(2);
    play(5);
  }
  EXPECT_LT(steepest(1, frame * frame_samples), usual * 3);
}

TEST_F(Concealed, DoesNotClickWhereThereIsNoPeriodEither) {
  constexpr int rise = 25;
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] = static_cast<Sample>(-12000 + rise * static_cast<int>(i % 960));
  play(5);
  lose(2);
  // The shortest period is of 40 samples: without joints there were steps of 1000.
  EXPECT_LT(steepest(5 * frame_samples, 7 * frame_samples), 300);
}

TEST_F(Concealed, IsSilentBeforeAnythingCame) {
  lose(2);
  EXPECT_EQ(level_db_of(frame_at(0)), silence_db);
  play(1);
  EXPECT_GT(level_db_of(frame_at(2)), -20);
}

TEST(Concealment, IsBetterThanSilence) {
  auto original = speech_of(3, frame_samples * 500);
  auto made_up = original, silent = original;
  LossConcealer concealer;
  for (std::size_t i = 0; i < 500; ++i) {
    const auto frame = std::span{made_up}.subspan(i * frame_samples, frame_samples);
    const bool is_lost = i % 10 == 7;
    is_lost ? concealer.conceal(frame) : concealer.play(frame);
    if (is_lost) std::fill_n(silent.begin() + static_cast<std::ptrdiff_t>(i * frame_samples), frame_samples, Sample{0});
  }
  double error_made_up = 0, error_silent = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    error_made_up += std::pow(original[i] - made_up[i], 2);
    error_silent += std::pow(original[i] - silent[i], 2);
  }
  EXPECT_LT(error_made_up, error_silent);
}

}  // namespace
}  // namespace labnet::audio
