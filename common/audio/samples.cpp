// Levels of samples.
#include "common/audio/samples.hpp"

#include <algorithm>
#include <cmath>

namespace labnet::audio {
namespace {

constexpr double db_per_decade = 20;  // of amplitude

}  // namespace

Sample to_sample(double value) {
  constexpr double lowest = -32768;
  return static_cast<Sample>(std::lround(std::clamp(value, lowest, full_scale)));
}

double level_db_of(Samples samples) {
  double sum = 0;
  for (const auto sample : samples) sum += static_cast<double>(sample) * sample;
  if (sum == 0) return silence_db;
  const auto peak = std::sqrt(2 * sum / static_cast<double>(samples.size()));
  return std::max(silence_db, db_per_decade * std::log10(peak / full_scale));
}

double amplitude_of(double level_db) {
  return full_scale * std::pow(10, level_db / db_per_decade);
}

}  // namespace labnet::audio
