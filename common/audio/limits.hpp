// How much audio is taken at once. What is above is refused, or not looked at.
#pragma once

#include <cstddef>

namespace labnet::audio {

inline constexpr std::size_t wav_bytes_max = 64 << 20;     // half an hour at 16000 Hz, 16 bits
inline constexpr std::size_t wav_chunks_max = 64;          // in front of the samples
inline constexpr std::size_t matched_samples_max = 16000;  // of a reference that is looked for: 2 s
inline constexpr std::size_t match_delays_max = 16000;     // at which it is looked for

}  // namespace labnet::audio
