// Tones, made and told: different ones in both directions of a call show what arrives where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "common/audio/samples.hpp"

namespace labnet::audio {

struct Tone {
  double frequency_hz = 440;
  double level_db = -12;

  bool operator==(const Tone&) const = default;
};

/// One sine or the sum of several, without a break from one call to the next.
class ToneGenerator {
 public:
  explicit ToneGenerator(Tone tone) : ToneGenerator{std::vector{tone}} {}
  explicit ToneGenerator(std::vector<Tone> tones) : tones_{std::move(tones)} {}

  void fill(std::span<Sample> out);

 private:
  std::vector<Tone> tones_;
  std::uint64_t position_ = 0;  // in samples
};

struct ToneLevel {
  double level_db = silence_db;  // of that frequency
  double share = 0;              // of all that is heard, by power: 0 to 1
};
/// By Goertzel's algorithm, as if all else were not there. The more samples, the narrower: n of them tell frequencies
/// apart that differ by 8000 / n Hz.
ToneLevel tone_level(Samples samples, double frequency_hz);

/// Hears whether a tone is there, block by block.
class ToneDetector {
 public:
  struct Rules {
    std::size_t block_samples = 400;  // 50 ms: 20 Hz wide
    double share_min = 0.5;
    double level_min_db = -40;
  };
  explicit ToneDetector(double frequency_hz) : ToneDetector{frequency_hz, Rules{}} {}
  ToneDetector(double frequency_hz, const Rules& rules) : frequency_hz_{frequency_hz}, rules_{rules} {}

  void hear(Samples samples);

  bool is_present() const { return is_present_; }  // in the last whole block
  ToneLevel last() const { return last_; }         // of that
  std::size_t present_ms() const;                  // all blocks in which it was
  std::size_t heard_ms() const;                    // all blocks

 private:
  void judge_block();

  double frequency_hz_;
  Rules rules_;
  SampleBuffer block_;
  ToneLevel last_;
  bool is_present_ = false;
  std::size_t blocks_ = 0;
  std::size_t blocks_with_tone_ = 0;
};

}  // namespace labnet::audio
