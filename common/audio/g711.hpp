// G.711: a sample in eight bits, in steps that grow with its size; A-law as in Europe, mu-law as in America.
//
//   |S| segment (3) | step (4) |   S: 1 is positive. On the wire A-law has every other bit inverted, mu-law all of them
#pragma once

#include <cstdint>
#include <span>

#include "common/audio/samples.hpp"
#include "common/base/bytes.hpp"

namespace labnet::audio {

enum class Law { a, mu };

/// The smallest positive value: what a silent line sends.
constexpr std::uint8_t silence_of(Law law) {
  return law == Law::a ? 0xd5 : 0xff;
}

Sample decode(Law law, std::uint8_t code);
std::uint8_t encode(Law law, Sample sample);

/// A byte for each sample, as many as both hold.
void decode(Law law, Bytes codes, std::span<Sample> out);
void encode(Law law, Samples samples, std::span<std::byte> out);

/// The same into a buffer of their own.
SampleBuffer decoded(Law law, Bytes codes);
Buffer encoded(Law law, Samples samples);

}  // namespace labnet::audio
