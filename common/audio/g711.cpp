// G.711's two laws, as the tables 1a to 2b of the recommendation give them.
#include "common/audio/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace labnet::audio {
namespace {

constexpr unsigned alternate_bits = 0x55, all_bits = 0xff, sign_bit = 0x80, magnitude_bits = 0x7f, step_bits = 0x0f;
constexpr unsigned step_count = 16;
constexpr int mu_bias = 33, mu_magnitude_max = 0x1fff;  // of 14 bits

constexpr Sample decode_a(unsigned code) {
  const auto magnitude = (code ^ alternate_bits) & magnitude_bits;
  const auto segment = magnitude >> 4;
  int value = static_cast<int>(magnitude & step_bits);
  if (segment > 0) value += static_cast<int>(step_count);
  value = (value << 4) + 8;  // the middle of the step
  if (segment > 1) value <<= segment - 1;
  return static_cast<Sample>((code & sign_bit) != 0 ? value : -value);
}

constexpr Sample decode_mu(unsigned code) {
  const auto magnitude = ~code & magnitude_bits;
  const auto segment = magnitude >> 4;
  const auto step = static_cast<int>(magnitude & step_bits);
  const auto value = (((2 * step + mu_bias) << segment) - mu_bias) * 4;
  return static_cast<Sample>((code & sign_bit) != 0 ? value : -value);
}

constexpr std::uint8_t encode_a(Sample sample) {
  const auto magnitude = static_cast<unsigned>(sample < 0 ? ~sample : sample) >> 4;
  const auto sign = sample < 0 ? 0 : sign_bit;
  const auto bits = static_cast<unsigned>(std::bit_width(magnitude));
  constexpr unsigned linear_bits = 5;  // the first two segments have steps of one size
  if (bits <= linear_bits) return static_cast<std::uint8_t>((magnitude | sign) ^ alternate_bits);
  const auto segment = bits - linear_bits + 1;
  const auto step = (magnitude >> (segment - 1)) & step_bits;
  return static_cast<std::uint8_t>((segment << 4 | step | sign) ^ alternate_bits);
}

constexpr std::uint8_t encode_mu(Sample sample) {
  const auto magnitude = std::min(((sample < 0 ? ~sample : sample) >> 2) + mu_bias, mu_magnitude_max);
  const auto sign = sample < 0 ? 0 : sign_bit;
  constexpr unsigned bits_of_first = 6;
  const auto segment = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(magnitude))) - bits_of_first;
  const auto step = (static_cast<unsigned>(magnitude) >> (segment + 1)) & step_bits;
  return static_cast<std::uint8_t>(((segment << 4 | step) ^ magnitude_bits) | sign);
}

constexpr auto decoding_table(Sample (*decode_code)(unsigned)) {
  std::array<Sample, all_bits + 1> table{};
  for (unsigned code = 0; code <= all_bits; ++code) table[code] = decode_code(code);
  return table;
}
constexpr auto a_table = decoding_table(decode_a);
constexpr auto mu_table = decoding_table(decode_mu);

}  // namespace

Sample decode(Law law, std::uint8_t code) {
  return law == Law::a ? a_table[code] : mu_table[code];
}

std::uint8_t encode(Law law, Sample sample) {
  return law == Law::a ? encode_a(sample) : encode_mu(sample);
}

void decode(Law law, Bytes codes, std::span<Sample> out) {
  const auto& table = law == Law::a ? a_table : mu_table;
  const auto count = std::min(codes.size(), out.size());
  for (std::size_t i = 0; i < count; ++i) out[i] = table[std::to_integer<std::uint8_t>(codes[i])];
}

void encode(Law law, Samples samples, std::span<std::byte> out) {
  const auto count = std::min(samples.size(), out.size());
  for (std::size_t i = 0; i < count; ++i) out[i] = std::byte{encode(law, samples[i])};
}

SampleBuffer decoded(Law law, Bytes codes) {
  SampleBuffer samples(codes.size());
  decode(law, codes, samples);
  return samples;
}

Buffer encoded(Law law, Samples samples) {
  Buffer codes(samples.size());
  encode(law, samples, codes);
  return codes;
}

}  // namespace labnet::audio
