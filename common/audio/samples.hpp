// What audio is here: linear samples of 16 bits, of one channel, 8000 a second unless something else is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace labnet::audio {

using Sample = std::int16_t;
using Samples = std::span<const Sample>;
using SampleBuffer = std::vector<Sample>;

inline constexpr std::uint32_t telephone_rate_hz = 8000;
inline constexpr std::size_t samples_per_ms = telephone_rate_hz / 1000;
inline constexpr double full_scale = 32767;  // the peak of a sine of 0 dB: levels are relative to that

/// Rounded; beyond what 16 bits hold the nearest that they do.
Sample to_sample(double value);

/// Root of the mean square as a level: a sine of full scale has 0 dB, silence has silence_db.
double level_db_of(Samples samples);
inline constexpr double silence_db = -100;

/// Peak of a sine of that level.
double amplitude_of(double level_db);

}  // namespace labnet::audio
