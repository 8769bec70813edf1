// Cross-correlation, delay by delay.
#include "common/audio/match.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "common/audio/limits.hpp"

namespace labnet::audio {
namespace {

std::vector<float> as_floats(Samples samples) {
  return {samples.begin(), samples.end()};
}

/// Several sums side by side: a compiler may not reorder one.
double product_sum(const float* a, const float* b, std::size_t count) {
  constexpr std::size_t lanes = 16;
  std::array<float, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  double sum = 0;
  for (const auto each : sums) sum += each;
  for (; i < count; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double squared(Sample sample) {
  return static_cast<double>(sample) * sample;
}

double energy_of(Samples samples) {
  double sum = 0;
  for (const auto sample : samples) sum += squared(sample);
  return sum;
}

}  // namespace

std::optional<Match> find_match(Samples played, Samples heard, std::size_t delay_max) {
  const auto wanted = played.first(std::min(played.size(), matched_samples_max));
  if (wanted.empty() || heard.size() < wanted.size()) return std::nullopt;
  const auto last_delay = std::min({delay_max, match_delays_max, heard.size() - wanted.size()});
  const auto a = as_floats(wanted), b = as_floats(heard.first(wanted.size() + last_delay));
  const auto wanted_energy = energy_of(wanted);
  auto heard_energy = energy_of(heard.first(wanted.size()));
  std::optional<Match> best;
  for (std::size_t delay = 0; delay <= last_delay; ++delay) {
    if (wanted_energy > 0 && heard_energy > 0) {
      const auto product = product_sum(a.data(), b.data() + delay, a.size());
      const auto similarity = std::clamp(product / std::sqrt(wanted_energy * heard_energy), -1.0, 1.0);
      if (!best || similarity > best->similarity) best = Match{delay, similarity};
    }
    if (delay < last_delay) heard_energy += squared(heard[delay + wanted.size()]) - squared(heard[delay]);
  }
  return best;
}

}  // namespace labnet::audio
