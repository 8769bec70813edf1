// Makes up what is lost: the last period of a voice again and again, fading away (in the spirit of G.711, Appendix I).
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "common/audio/samples.hpp"

namespace labnet::audio {

/// Of one direction. Each frame is given to it in its turn, whether it came or not.
class LossConcealer {
 public:
  /// A frame that came. The first one after a loss is changed at its beginning, so that it begins where what was made
  /// up has ended.
  void play(std::span<Sample> frame);

  /// Fills a frame that is lost. The first 10 ms have the full level, after 60 ms there is silence.
  void conceal(std::span<Sample> frame);

 private:
  static constexpr std::size_t history_samples = 400;  // 50 ms: three periods of the lowest voice and some more

  void remember(Samples samples);
  void begin_loss();
  Sample next_made_up();
  std::size_t find_period() const;
  double strength() const;

  std::array<Sample, history_samples> history_{};  // the last ones, in order
  std::size_t period_samples_ = 0;
  std::size_t lost_samples_ = 0;  // in a row; 0: the last frame came
  SampleBuffer cycle_;            // one period, joined to itself
  double step_ = 0;               // from where it would have begun to where the last frame ended
};

}  // namespace labnet::audio
