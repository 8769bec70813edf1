#include "clients/sip/audio_source.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"
#include "tests/support/child.hpp"

namespace labnet::sip_client {
namespace {

TEST(SourceName, IsSpeechSilenceAToneOrAFile) {
  EXPECT_EQ(*parse_source_name("speech"), SourceName{.kind = SourceName::Kind::speech});
  EXPECT_EQ(*parse_source_name("speech:7"), (SourceName{.kind = SourceName::Kind::speech, .speaker = 7}));
  EXPECT_EQ(*parse_source_name("silence"), SourceName{.kind = SourceName::Kind::silence});
  EXPECT_EQ(*parse_source_name("tone:440"), (SourceName{.kind = SourceName::Kind::tone, .frequency_hz = 440}));
  EXPECT_EQ(*parse_source_name("hello.wav"), (SourceName{.kind = SourceName::Kind::file, .path = "hello.wav"}));
}

TEST(SourceName, RefusesAToneThatNoTelephoneCarries) {
  for (const auto* const text : {"tone:", "tone:x", "tone:440x", "tone:49", "tone:3801", "tone:nan", "tone:-1"}) {
    EXPECT_FALSE(parse_source_name(text)) << text;
  }
  EXPECT_TRUE(parse_source_name("tone:50"));
  EXPECT_TRUE(parse_source_name("tone:3800"));
}

TEST(SourceName, RefusesASpeakerThatIsNoNumber) {
  for (const auto* const text : {"speech:", "speech:x", "speech:-1", "speech:4294967296"}) {
    EXPECT_FALSE(parse_source_name(text)) << text;
  }
  EXPECT_TRUE(parse_source_name("speech:4294967295"));
}

TEST(AudioSource, ASpeakerSaysTheSameEachTime) {
  const auto said_by = [](std::string_view name, std::uint32_t seed) {
    audio::SampleBuffer samples(8000);
    (*make_source(*parse_source_name(name), seed))->fill(samples);
    return samples;
  };
  EXPECT_EQ(said_by("speech:7", 1), said_by("speech:7", 2));
  EXPECT_NE(said_by("speech:7", 1), said_by("speech:8", 1));
  EXPECT_NE(said_by("speech", 1), said_by("speech", 2));
}

TEST(AudioSource, SaysItsSamplesOnceAndThenNothing) {
  const auto source = source_of({1, 2, 3, 4, 5});
  std::array<audio::Sample, 4> frame{};
  EXPECT_TRUE(source->fill(frame));
  EXPECT_EQ(frame, (std::array<audio::Sample, 4>{1, 2, 3, 4}));
  EXPECT_FALSE(source->has_ended());
  EXPECT_TRUE(source->fill(frame));
  EXPECT_EQ(frame, (std::array<audio::Sample, 4>{5, 0, 0, 0}));
  EXPECT_TRUE(source->has_ended());
  EXPECT_FALSE(source->fill(frame));
  EXPECT_EQ(frame, (std::array<audio::Sample, 4>{}));
}

TEST(AudioSource, AToneIsThatTone) {
  const auto source = *make_source(*parse_source_name("tone:440"), 1);
  audio::SampleBuffer samples(800);
  EXPECT_TRUE(source->fill(samples));
  EXPECT_GT(audio::tone_level(samples, 440).share, 0.95);
}

TEST(AudioSource, SpeechHasPausesThatAreToldAsSuch) {
  const auto source = *make_source({}, 7);
  audio::SampleBuffer frame(160);
  int talking = 0, silent = 0;
  for (int i = 0; i < 1000; ++i) {
    const bool is_heard = source->fill(frame);
    EXPECT_TRUE(is_heard || audio::level_db_of(frame) == audio::silence_db);
    ++(is_heard ? talking : silent);
  }
  EXPECT_GT(talking, 300);
  EXPECT_GT(silent, 50);
}

TEST(AudioSource, ReadsAWavFileAndSaysWhatIsWrongWithAnother) {
  const test::TemporaryFolder folder;
  const audio::SampleBuffer samples(320, 1000);
  const auto bytes = audio::wav_of(samples, audio::WavCoding::pcm16);
  const auto good = folder.write("good.wav", std::string{as_text(bytes)});
  const auto source = make_source({.kind = SourceName::Kind::file, .path = good}, 0);
  ASSERT_TRUE(source) << source.error().message;
  audio::SampleBuffer frame(160);
  EXPECT_TRUE((*source)->fill(frame));
  EXPECT_EQ(frame, audio::SampleBuffer(160, 1000));

  const auto bad = folder.write("bad.wav", "hello");
  EXPECT_FALSE(make_source({.kind = SourceName::Kind::file, .path = bad}, 0));
  EXPECT_FALSE(make_source({.kind = SourceName::Kind::file, .path = folder.path() + "/none.wav"}, 0));
}

}  // namespace
}  // namespace labnet::sip_client
