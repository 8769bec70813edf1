// Sounds for the tests.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/audio/speech.hpp"
#include "common/audio/tone.hpp"

namespace labnet::audio {

inline SampleBuffer tone_of(double frequency_hz, std::size_t count, double level_db = -12) {
  SampleBuffer samples(count);
  ToneGenerator{Tone{frequency_hz, level_db}}.fill(samples);
  return samples;
}

inline SampleBuffer speech_of(std::uint32_t seed, std::size_t count) {
  SampleBuffer samples(count);
  SpeechGenerator{seed}.fill(samples);
  return samples;
}

}  // namespace labnet::audio
