// Something that sounds like speech in no language: syllables, and pauses between them, out of a number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/audio/samples.hpp"

namespace labnet::audio {

/// The same seed gives the same speech. Talk spurts of 0.5 to 2 s, with pauses of 0.3 to 1 s that are silent.
class SpeechGenerator {
 public:
  explicit SpeechGenerator(std::uint32_t seed);

  void fill(std::span<Sample> out);
  /// Whether the last sample belongs to a talk spurt.
  bool is_talking() const { return is_talking_; }

 private:
  /// Lets pass what is near its frequency, as mouth and throat do.
  struct Resonator {
    double near = 0, far = 0;  // coefficients of the last two outputs
    double gain = 0;
    double last = 0, before = 0;

    void tune(double frequency_hz, double width_hz);
    double pass(double value);
  };

  std::uint32_t random();
  double random_between(double least, double most);
  void begin_spurt_or_pause();
  void begin_syllable();
  double next_voice();
  double loudness() const;

  std::uint32_t state_;
  bool is_talking_ = false;
  std::size_t left_in_part_ = 0;      // samples of the spurt or the pause
  std::size_t left_in_syllable_ = 0;  // samples
  std::size_t syllable_samples_ = 0;
  double pitch_hz_ = 120;
  double phase_ = 0;   // of the voice, in periods
  double breath_ = 0;  // share of noise
  std::array<Resonator, 3> formants_;
};

}  // namespace labnet::audio
