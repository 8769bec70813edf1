// Tests of G.711 against the decision values of the recommendation, for all samples and all codes.
#include "common/audio/g711.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace labnet::audio {
namespace {

/// So many intervals of such a size: the first columns of tables 1a and 2a.
struct Segment {
  int intervals;
  int size;
};
constexpr std::array<Segment, 7> a_segments{{{32, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}}};
constexpr std::array<Segment, 9> mu_segments{
    {{1, 1}, {15, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}, {16, 256}}};

/// Decision values x(1), x(2) ... in units of the table.
template <class Segments>
std::vector<int> decision_values(const Segments& segments) {
  std::vector<int> values{0};
  for (const auto& segment : segments) {
    for (int i = 0; i < segment.intervals; ++i) values.push_back(values.back() + segment.size);
  }
  return values;
}

/// In which interval a value is: 0 to 127, the last one for all above.
unsigned interval_of(const std::vector<int>& decisions, double value) {
  const auto above = std::upper_bound(decisions.begin(), decisions.end(), value);
  return static_cast<unsigned>(std::min<std::ptrdiff_t>(above - decisions.begin() - 1, 127));
}

TEST(ALaw, HasTheDecisionValuesOfTheRecommendation) {
  const auto decisions = decision_values(a_segments);
  ASSERT_EQ(decisions.size(), 129u);
  ASSERT_EQ(decisions.back(), 4096);
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto magnitude = (sample < 0 ? ~sample : sample) / 8.0;  // 4096 is the full scale of the table
    const auto character = interval_of(decisions, magnitude) | (sample < 0 ? 0U : 0x80U);
    ASSERT_EQ(encode(Law::a, static_cast<Sample>(sample)), character ^ 0x55) << sample;
  }
}

TEST(ALaw, DecodesToTheMiddleOfEachInterval) {
  const auto decisions = decision_values(a_segments);
  for (unsigned code = 0; code < 256; ++code) {
    const auto n = (code ^ 0x55) & 0x7f;
    const auto middle = (decisions[n] + decisions[n + 1]) * 8 / 2;
    ASSERT_EQ(decode(Law::a, static_cast<std::uint8_t>(code)), (code & 0x80) != 0 ? middle : -middle) << code;
  }
}

TEST(MuLaw, HasTheDecisionValuesOfTheRecommendation) {
  const auto decisions = decision_values(mu_segments);
  ASSERT_EQ(decisions.size(), 129u);
  ASSERT_EQ(decisions.back(), 8159);
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto magnitude = (sample < 0 ? ~sample : sample) / 4;  // of 14 bits: its own steps are below the first one
    const auto interval = interval_of(decisions, magnitude);
    const auto character = (interval ^ 0x7fU) | (sample < 0 ? 0U : 0x80U);
    ASSERT_EQ(encode(Law::mu, static_cast<Sample>(sample)), character) << sample;
  }
}

TEST(MuLaw, DecodesToTheMiddleOfEachInterval) {
  const auto decisions = decision_values(mu_segments);
  for (unsigned code = 0; code < 256; ++code) {
    const auto n = ~code & 0x7f;
    const auto middle = n == 0 ? 0 : (decisions[n] + decisions[n + 1]) * 4 / 2;
    ASSERT_EQ(decode(Law::mu, static_cast<std::uint8_t>(code)), (code & 0x80) != 0 ? middle : -middle) << code;
  }
}

TEST(BothLaws, KeepACodeThroughItsSample) {
  for (unsigned code = 0; code < 256; ++code) {
    const auto octet = static_cast<std::uint8_t>(code);
    ASSERT_EQ(encode(Law::a, decode(Law::a, octet)), octet);
    // Mu-law has two zeros, of which one is encoded.
    ASSERT_EQ(encode(Law::mu, decode(Law::mu, octet)), octet == 0x7f ? 0xff : octet);
  }
}

TEST(BothLaws, AreSilentAtTheSmallestPositiveCode) {
  EXPECT_EQ(encode(Law::a, 0), silence_of(Law::a));
  EXPECT_EQ(encode(Law::mu, 0), silence_of(Law::mu));
  EXPECT_EQ(decode(Law::a, 0xd5), 8);
  EXPECT_EQ(decode(Law::mu, 0xff), 0);
}

TEST(BothLaws, TakeAsMuchAsBothHold) {
  const SampleBuffer samples{100, -100, 5000};
  Buffer codes(2);
  encode(Law::a, samples, codes);
  EXPECT_EQ(codes, (Buffer{std::byte{encode(Law::a, 100)}, std::byte{encode(Law::a, -100)}}));
  EXPECT_EQ(encoded(Law::mu, samples).size(), 3u);
  EXPECT_EQ(decoded(Law::a, codes), (SampleBuffer{decode(Law::a, 0xd5 ^ 6), decode(Law::a, 0x55 ^ 6)}));
}

}  // namespace
}  // namespace labnet::audio
