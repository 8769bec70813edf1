// Tones.
#include "common/audio/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace labnet::audio {
namespace {

constexpr double cycle = 2 * std::numbers::pi;

double power_of(Samples samples) {
  double sum = 0;
  for (const auto sample : samples) sum += static_cast<double>(sample) * sample;
  return sum / static_cast<double>(samples.size());
}

/// Power of a sine of that frequency in the samples.
double goertzel_power(Samples samples, double frequency_hz) {
  const auto coefficient = 2 * std::cos(cycle * frequency_hz / telephone_rate_hz);
  double last = 0, before = 0;
  for (const auto sample : samples) {
    const auto now = sample + coefficient * last - before;
    before = std::exchange(last, now);
  }
  const auto magnitude_squared = last * last + before * before - coefficient * last * before;
  const auto count = static_cast<double>(samples.size());
  return 2 * std::max(magnitude_squared, 0.0) / (count * count);
}

}  // namespace

void ToneGenerator::fill(std::span<Sample> out) {
  for (auto& sample : out) {
    const auto seconds = static_cast<double>(position_++) / telephone_rate_hz;
    double value = 0;
    for (const auto& tone : tones_) {
      value += amplitude_of(tone.level_db) * std::sin(cycle * std::fmod(seconds * tone.frequency_hz, 1));
    }
    sample = to_sample(value);
  }
}

ToneLevel tone_level(Samples samples, double frequency_hz) {
  if (samples.empty()) return {};
  const auto all = power_of(samples);
  const auto tone = goertzel_power(samples, frequency_hz);
  if (all == 0 || tone == 0) return {};
  constexpr double db_of_power = 10;
  const auto level_db = db_of_power * std::log10(2 * tone / (full_scale * full_scale));
  return {.level_db = std::max(level_db, silence_db), .share = std::min(tone / all, 1.0)};
}

void ToneDetector::hear(Samples samples) {
  for (const auto sample : samples) {
    block_.push_back(sample);
    if (block_.size() >= rules_.block_samples) judge_block();
  }
}

void ToneDetector::judge_block() {
  last_ = tone_level(block_, frequency_hz_);
  is_present_ = last_.share >= rules_.share_min && last_.level_db >= rules_.level_min_db;
  block_.clear();
  ++blocks_;
  if (is_present_) ++blocks_with_tone_;
}

std::size_t ToneDetector::present_ms() const {
  return blocks_with_tone_ * rules_.block_samples / samples_per_ms;
}

std::size_t ToneDetector::heard_ms() const {
  return blocks_ * rules_.block_samples / samples_per_ms;
}

}  // namespace labnet::audio
