// Whether what was heard is what was played.
#include "clients/sip/heard_sound.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/audio/g711.hpp"
#include "common/audio/wav.hpp"
#include "tests/support/child.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;

constexpr std::size_t second = audio::telephone_rate_hz;

SourceName speaker(std::uint32_t number) {
  return {.kind = SourceName::Kind::speech, .speaker = number};
}

/// What a speaker says, as a telephone carries it.
audio::SampleBuffer said_by(std::uint32_t number, std::size_t samples = 5 * second) {
  audio::SampleBuffer said(samples);
  (*make_source(speaker(number), 0))->fill(said);
  Buffer codes(said.size());
  audio::encode(audio::Law::a, said, codes);
  audio::decode(audio::Law::a, codes, said);
  return said;
}

TEST(HeardSound, IsKnownFromAnotherSpeaker) {
  const auto heard = said_by(101);
  const auto right = find_sound(speaker(101), heard);
  ASSERT_TRUE(right);
  EXPECT_EQ(right->name, "speech:101");
  EXPECT_GT(right->similarity, 0.99);
  EXPECT_EQ(right->begins_at, 0ms);
  EXPECT_TRUE(has_sound(*right));
  const auto wrong = find_sound(speaker(102), heard);
  ASSERT_TRUE(wrong);
  EXPECT_LT(wrong->similarity, 0.5);
  EXPECT_FALSE(has_sound(*wrong));
}

TEST(HeardSound, IsFoundWhereItBegins) {
  auto late = audio::SampleBuffer(second / 10);
  const auto said = said_by(7);
  late.insert(late.end(), said.begin(), said.end());
  EXPECT_EQ(find_sound(speaker(7), late)->begins_at, 100ms);
  const auto cut = audio::Samples{said}.subspan(second / 4);
  const auto found = find_sound(speaker(7), cut);
  EXPECT_EQ(found->begins_at, -250ms);
  EXPECT_TRUE(has_sound(*found));
}

TEST(HeardSound, SurvivesAGapInOneOfItsPieces) {
  auto heard = said_by(7);
  std::fill_n(heard.begin() + static_cast<std::ptrdiff_t>(second / 5), second, audio::Sample{0});
  EXPECT_TRUE(has_sound(*find_sound(speaker(7), heard)));
}

TEST(HeardSound, SurvivesAJitterBufferThatMovesWhenever) {
  for (std::size_t at = 0; at < 4 * second; at += second / 4) {
    auto heard = said_by(202, 4 * second);
    heard.insert(heard.begin() + static_cast<std::ptrdiff_t>(at), second / 50, audio::Sample{0});
    const auto found = find_sound(speaker(202), heard);
    EXPECT_TRUE(has_sound(*found)) << "at " << at << ": " << found->similarity;
  }
}

TEST(HeardSound, IsNeverAnotherSpeakers) {
  for (std::uint32_t number = 100; number < 104; ++number) {
    const auto found = find_sound(speaker(number), said_by(number + 1));
    EXPECT_LT(found->similarity, 0.6) << number;
  }
}

TEST(HeardSound, IsNotInSilenceNorInNothing) {
  EXPECT_FALSE(has_sound(*find_sound(speaker(7), audio::SampleBuffer(5 * second))));
  EXPECT_FALSE(has_sound(*find_sound(speaker(7), {})));
}

TEST(HeardSound, MayBeAFile) {
  const test::TemporaryFolder folder;
  const auto said = said_by(9, second);
  const auto path = folder.write("said.wav", std::string{as_text(audio::wav_of(said, audio::WavCoding::pcm16))});
  const SourceName file{.kind = SourceName::Kind::file, .path = path};
  const auto found = find_sound(file, said_by(9));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, path);
  EXPECT_TRUE(has_sound(*found));
  EXPECT_FALSE(has_sound(*find_sound(file, said_by(10))));
  EXPECT_FALSE(find_sound({.kind = SourceName::Kind::file, .path = folder.path() + "/none.wav"}, said));
}

}  // namespace
}  // namespace labnet::sip_client
