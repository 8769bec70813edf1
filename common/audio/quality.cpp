// The E-model.
#include "common/audio/quality.hpp"

#include <algorithm>
#include <array>

namespace labnet::audio {
namespace {

constexpr double r_default = 93.2;
constexpr double equipment_max = 95;                                   // that Ie,eff can become; Ie of G.711 is 0
constexpr double robustness_plain = 4.3, robustness_concealed = 25.1;  // Bpl: G.113, Appendix I
constexpr double percent = 100;

double delay_impairment(double delay_ms) {
  constexpr double noticed_from_ms = 177.3, slope = 0.024, steeper = 0.11;
  return slope * delay_ms + steeper * std::max(delay_ms - noticed_from_ms, 0.0);
}

double loss_impairment(const CallMeasures& measures) {
  const auto loss_percent = std::clamp(*measures.loss_ratio, 0.0, 1.0) * percent;
  const auto robustness = measures.is_concealed ? robustness_concealed : robustness_plain;
  return equipment_max * loss_percent / (loss_percent / std::max(measures.burst_ratio, 1.0) + robustness);
}

struct Satisfaction {
  double r_min;
  std::string_view words;
};
constexpr std::array<Satisfaction, 6> satisfactions{{
    {90, "very satisfied"},
    {80, "satisfied"},
    {70, "some users dissatisfied"},
    {60, "many users dissatisfied"},
    {50, "nearly all users dissatisfied"},
    {0, "not recommended"},
}};

}  // namespace

std::optional<Quality> quality_of(const CallMeasures& measures) {
  if (!measures.loss_ratio) return std::nullopt;
  const auto delay_ms = std::max(measures.delay_ms.value_or(0), 0.0);
  const auto r = std::clamp(r_default - delay_impairment(delay_ms) - loss_impairment(measures), 0.0, r_default);
  return Quality{.r = r, .mos = mos_of(r), .has_delay = measures.delay_ms.has_value()};
}

double mos_of(double r) {
  constexpr double best = 4.5;
  if (r <= 0) return 1;
  if (r >= percent) return best;
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (percent - r) * 7e-6);
}

std::string_view satisfaction_at(double r) {
  const auto* const found =
      std::ranges::find_if(satisfactions, [&](const Satisfaction& each) { return r >= each.r_min; });
  return found == satisfactions.end() ? satisfactions.back().words : found->words;
}

}  // namespace labnet::audio
