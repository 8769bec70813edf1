// The same audio at another sample rate.
#pragma once

#include <cstdint>

#include "common/audio/samples.hpp"

namespace labnet::audio {

/// Through a low-pass filter (a windowed sinc) that takes away what the lower of both rates cannot carry. Both rates
/// are from 1000 to 192000 Hz; of other ones nothing is made.
SampleBuffer resampled(Samples samples, std::uint32_t from_hz, std::uint32_t to_hz);

}  // namespace labnet::audio
