// What phones of others say and hear, as WAV files.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/audio/samples.hpp"

namespace labnet::sip_server {

/// Something like speech of that many seconds, other for each seed.
audio::SampleBuffer speech(std::uint32_t seed, unsigned seconds);
audio::SampleBuffer tone(double frequency_hz, unsigned seconds);

std::string to_wav(audio::Samples samples);
/// Empty if it is no WAV file.
audio::SampleBuffer from_wav(const std::string& file);

/// How much what was heard is like what was said, 1 being the same: of so much of it, behind the first second.
double likeness(audio::Samples said, audio::Samples heard,
                std::chrono::milliseconds of_it = std::chrono::milliseconds{2000});
/// The share that the tone has of a second of what was heard, in its middle: 0 to 1.
double tone_share(audio::Samples heard, double frequency_hz);

}  // namespace labnet::sip_server
