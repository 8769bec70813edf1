// Finds what was played in what was heard: how much later, and how much like it.
#pragma once

#include <cstddef>
#include <optional>

#include "common/audio/samples.hpp"

namespace labnet::audio {

struct Match {
  std::size_t delay_samples = 0;
  double similarity = 0;  // -1 to 1: 1 is the same but for its level; about 0 is something else

  bool operator==(const Match&) const = default;
};

/// The delay at which `heard` is most like `played` (by normalized cross-correlation).
///
/// played     of it the first matched_samples_max are looked for; there should be a pause or two in them, since of an
///            even tone any period is as good as another
/// delay_max  how late it may be, in samples; match_delays_max at most
/// returns    nothing if one of them is silent, or `heard` shorter than what is looked for
std::optional<Match> find_match(Samples played, Samples heard, std::size_t delay_max);

}  // namespace labnet::audio
