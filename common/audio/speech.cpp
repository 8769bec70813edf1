// Pulses and noise through three resonators, as in the simplest synthesizers of formants.
#include "common/audio/speech.hpp"

#include <cmath>
#include <numbers>

namespace labnet::audio {
namespace {

constexpr double loudest = 6000;  // so that speech with its pauses has about -26 dB, as that of test signals

/// The first three formants of some vowels, in Hz.
constexpr std::array<std::array<double, 3>, 6> vowels{{
    {730, 1090, 2440},  // a
    {530, 1840, 2480},  // e
    {270, 2290, 3010},  // i
    {570, 840, 2410},   // o
    {300, 870, 2240},   // u
    {490, 1350, 1690},  // er
}};
constexpr std::array<double, 3> formant_widths_hz{80, 100, 140};
constexpr std::array<double, 3> formant_strengths{1.0, 0.5, 0.25};

std::size_t to_samples(double seconds) {
  return static_cast<std::size_t>(seconds * telephone_rate_hz);
}

}  // namespace

void SpeechGenerator::Resonator::tune(double frequency_hz, double width_hz) {
  const auto radius = std::exp(-std::numbers::pi * width_hz / telephone_rate_hz);
  near = 2 * radius * std::cos(2 * std::numbers::pi * frequency_hz / telephone_rate_hz);
  far = -radius * radius;
  gain = 1 - radius;
}

double SpeechGenerator::Resonator::pass(double value) {
  const auto now = gain * value + near * last + far * before;
  before = last;
  return last = now;
}

SpeechGenerator::SpeechGenerator(std::uint32_t seed) : state_{seed ^ 0x9e3779b9U} {
  pitch_hz_ = random_between(90, 180);
}

/// Numerical Recipes' generator; its upper bits are random enough.
std::uint32_t SpeechGenerator::random() {
  state_ = state_ * 1664525U + 1013904223U;
  return state_ >> 8;
}

double SpeechGenerator::random_between(double least, double most) {
  constexpr double values = 1 << 24;
  return least + (most - least) * random() / values;
}

void SpeechGenerator::fill(std::span<Sample> out) {
  for (auto& sample : out) {
    if (left_in_part_ == 0) begin_spurt_or_pause();
    --left_in_part_;
    sample = is_talking_ ? to_sample(next_voice()) : Sample{0};
  }
}

void SpeechGenerator::begin_spurt_or_pause() {
  is_talking_ = !is_talking_;
  left_in_part_ = to_samples(is_talking_ ? random_between(0.5, 2) : random_between(0.3, 1));
  left_in_syllable_ = 0;
}

void SpeechGenerator::begin_syllable() {
  const auto& vowel = vowels[random() % vowels.size()];
  for (std::size_t i = 0; i < formants_.size(); ++i) formants_[i].tune(vowel[i], formant_widths_hz[i]);
  syllable_samples_ = left_in_syllable_ = to_samples(random_between(0.1, 0.25));
  breath_ = random_between(0.02, 0.2);
  pitch_hz_ *= random_between(0.93, 1.07);
  if (pitch_hz_ < 80 || pitch_hz_ > 220) pitch_hz_ = random_between(90, 180);
}

/// Soft at both ends of a syllable.
double SpeechGenerator::loudness() const {
  const auto done = 1 - static_cast<double>(left_in_syllable_) / static_cast<double>(syllable_samples_);
  return std::sin(std::numbers::pi * done);
}

double SpeechGenerator::next_voice() {
  if (left_in_syllable_ == 0) begin_syllable();
  const auto strength = loudness();
  --left_in_syllable_;
  phase_ += pitch_hz_ / telephone_rate_hz;
  double source = breath_ * random_between(-1, 1);
  if (phase_ >= 1) {
    phase_ -= 1;
    source += telephone_rate_hz / pitch_hz_ / 8;
  }
  double voice = 0;
  for (std::size_t i = 0; i < formants_.size(); ++i) voice += formant_strengths[i] * formants_[i].pass(source);
  return voice * strength * loudest;
}

}  // namespace labnet::audio
