// Resampling by a filter for each phase that an output sample can have between two input samples.
#include "common/audio/resample.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace labnet::audio {
namespace {

constexpr std::uint32_t rate_min_hz = 1000, rate_max_hz = 192000;
constexpr double kept_share = 0.92;  // of half the lower rate
constexpr double half_width = 16;    // of the filter, in samples of the lower rate

/// Half a cosine that lets the sinc end: 1 in the middle, 0 at `x` = 1.
double window_at(double x) {
  return std::abs(x) >= 1 ? 0 : 0.5 + 0.5 * std::cos(std::numbers::pi * x);
}

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// An output sample n stands at the input's n * step / phases.
struct PhaseFilters {
  PhaseFilters(std::uint32_t from_hz, std::uint32_t to_hz)
      : phases{to_hz / std::gcd(from_hz, to_hz)}, step{from_hz / std::gcd(from_hz, to_hz)} {
    const auto cutoff = std::min(1.0, static_cast<double>(to_hz) / from_hz) * kept_share;  // of half the input's rate
    const auto reach = half_width * std::max(1.0, static_cast<double>(from_hz) / to_hz);   // in input samples
    taps_each_side = static_cast<std::ptrdiff_t>(std::ceil(reach));
    for (std::uint32_t phase = 0; phase < phases; ++phase) add_phase(phase, cutoff, reach);
  }

  void add_phase(std::uint32_t phase, double cutoff, double reach) {
    const auto begin = taps.size();
    const auto fraction = static_cast<double>(phase) / phases;
    double sum = 0;
    for (auto i = -taps_each_side; i <= taps_each_side; ++i) {
      const auto distance = static_cast<double>(i) - fraction;
      taps.push_back(sinc(distance * cutoff) * window_at(distance / reach));
      sum += taps.back();
    }
    for (auto i = begin; i < taps.size(); ++i) taps[i] /= sum;  // what does not change stays as it is
  }

  std::size_t taps_of_phase() const { return static_cast<std::size_t>(2 * taps_each_side + 1); }

  std::uint32_t phases;
  std::uint32_t step;
  std::ptrdiff_t taps_each_side = 0;
  std::vector<double> taps;  // of one phase after the other
};

double filtered(Samples samples, std::ptrdiff_t middle, const double* taps, std::ptrdiff_t each_side) {
  const auto first = std::max<std::ptrdiff_t>(middle - each_side, 0);
  const auto last = std::min<std::ptrdiff_t>(middle + each_side, std::ssize(samples) - 1);
  double sum = 0;
  for (auto i = first; i <= last; ++i) sum += samples[static_cast<std::size_t>(i)] * taps[i - middle + each_side];
  return sum;
}

bool is_rate(std::uint32_t rate_hz) {
  return rate_hz >= rate_min_hz && rate_hz <= rate_max_hz;
}

}  // namespace

SampleBuffer resampled(Samples samples, std::uint32_t from_hz, std::uint32_t to_hz) {
  if (!is_rate(from_hz) || !is_rate(to_hz)) return {};
  if (from_hz == to_hz) return {samples.begin(), samples.end()};
  const PhaseFilters filters{from_hz, to_hz};
  SampleBuffer out(static_cast<std::size_t>(std::uint64_t{samples.size()} * to_hz / from_hz));
  std::uint64_t position = 0;  // in input samples, times phases
  for (auto& sample : out) {
    const auto* const taps = &filters.taps[position % filters.phases * filters.taps_of_phase()];
    const auto middle = static_cast<std::ptrdiff_t>(position / filters.phases);
    sample = to_sample(filtered(samples, middle, taps, filters.taps_each_side));
    position += filters.step;
  }
  return out;
}

}  // namespace labnet::audio
