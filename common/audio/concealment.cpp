// Periods found in what was heard last, and repeated.
#include "common/audio/concealment.hpp"

#include <algorithm>
#include <cmath>

namespace labnet::audio {
namespace {

constexpr std::size_t period_min = 40, period_max = 120;  // 200 Hz to 66 Hz
constexpr std::size_t compared_samples = 160;
constexpr std::size_t full_samples = 10 * samples_per_ms, silent_samples = 60 * samples_per_ms;
constexpr std::size_t join_divisor = 4;  // a quarter of a period fades over

double faded_over(double from, double to, std::size_t i, std::size_t count) {
  const auto share = static_cast<double>(i + 1) / static_cast<double>(count + 1);
  return from * (1 - share) + to * share;
}

}  // namespace

void LossConcealer::remember(Samples samples) {
  const auto kept = samples.last(std::min(samples.size(), history_samples));
  const auto rest = static_cast<std::ptrdiff_t>(kept.size());
  std::shift_left(history_.begin(), history_.end(), rest);
  std::ranges::copy(kept, history_.end() - rest);
}

void LossConcealer::play(std::span<Sample> frame) {
  if (lost_samples_ > 0) {
    const auto count = std::min(frame.size(), period_samples_ / join_divisor);
    for (std::size_t i = 0; i < count; ++i) frame[i] = to_sample(faded_over(next_made_up(), frame[i], i, count));
    lost_samples_ = 0;
  }
  remember(frame);
}

void LossConcealer::conceal(std::span<Sample> frame) {
  if (lost_samples_ == 0) begin_loss();
  for (auto& sample : frame) sample = next_made_up();
  remember(frame);
}

/// The shift at which the last samples are most like those before them.
std::size_t LossConcealer::find_period() const {
  const auto* const recent = history_.data() + history_samples - compared_samples;
  std::size_t best = period_min;
  double best_likeness = -1;
  for (auto period = period_min; period <= period_max; ++period) {
    double product = 0, power = 1;
    for (std::size_t i = 0; i < compared_samples; ++i) {
      const double before = *(recent + i - period);
      product += recent[i] * before;
      power += before * before;
    }
    const auto likeness = product / std::sqrt(power);
    if (likeness > best_likeness) best_likeness = likeness, best = period;
  }
  return best;
}

/// Its end fades into what stood in front of its beginning, so that it can follow itself.
void LossConcealer::begin_loss() {
  period_samples_ = find_period();
  const auto period = static_cast<std::ptrdiff_t>(period_samples_);
  cycle_.assign(history_.end() - period, history_.end());
  step_ = history_.back() - history_[history_samples - 1 - period_samples_];
  const auto count = period_samples_ / join_divisor;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = period_samples_ - count + i;
    const double before = history_[history_samples - 2 * period_samples_ + at];
    cycle_[at] = to_sample(faded_over(cycle_[at], before, i, count));
  }
}

double LossConcealer::strength() const {
  if (lost_samples_ <= full_samples) return 1;
  if (lost_samples_ >= silent_samples) return 0;
  return static_cast<double>(silent_samples - lost_samples_) / (silent_samples - full_samples);
}

Sample LossConcealer::next_made_up() {
  const auto joined = period_samples_ / join_divisor;
  const auto rest_of_step = lost_samples_ < joined ? faded_over(step_, 0, lost_samples_, joined) : 0;
  const auto sample = cycle_[lost_samples_ % period_samples_] + rest_of_step;
  const auto faded = to_sample(sample * strength());
  ++lost_samples_;
  return faded;
}

}  // namespace labnet::audio
