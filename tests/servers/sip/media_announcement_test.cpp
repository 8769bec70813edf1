// What a side hears of the server's own.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "common/audio/limits.hpp"
#include "common/audio/match.hpp"
#include "common/audio/speech.hpp"
#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"
#include "tests/servers/sip/media_phone.hpp"
#include "tests/support/child.hpp"

namespace labnet::sip_server {
namespace {

/// A call to the server itself: there is no callee.
struct OwnCall {
  explicit OwnCall(RunningRelay& running, const AgreedWith& agreed = {})
      : bridge{running.relay().open(phones_host, std::nullopt)} {
    caller.call(*bridge, Side::caller);
    bridge->connect(Side::caller, agreement_with(caller, agreed));
  }
  MediaPhone caller{0x1111};
  std::unique_ptr<MediaBridge> bridge;
};

TEST(MediaAnnouncement, EchoesWhatTheCallerSendsInAStreamOfItsOwn) {
  RunningRelay running;
  OwnCall call{running, {.sending_events = 96, .receiving_events = 101}};
  call.bridge->play(Side::caller, Announcement::echo);
  running.settle();
  audio::ToneGenerator tone{audio::Tone{.frequency_hz = 700}};
  audio::SampleBuffer heard;
  std::optional<rtp::Header> before;
  for (int i = 0; i < 25; ++i) {
    audio::SampleBuffer frame(160);
    tone.fill(frame);
    call.caller.send(call.caller.next, audio::encoded(audio::Law::a, frame));
    ++call.caller.next.sequence;
    call.caller.next.timestamp += 160;
    const auto packet = call.caller.hear();
    ASSERT_TRUE(packet);
    const auto parsed = *rtp::parse_packet(*packet);
    EXPECT_NE(parsed.header.ssrc, call.caller.next.ssrc);
    if (before) {
      EXPECT_EQ(parsed.header.ssrc, before->ssrc);
      EXPECT_EQ(parsed.header.sequence, static_cast<std::uint16_t>(before->sequence + 1));
      EXPECT_EQ(parsed.header.timestamp, before->timestamp + 160);
    }
    before = parsed.header;
    const auto sound = audio::decoded(audio::Law::a, parsed.payload);
    heard.insert(heard.end(), sound.begin(), sound.end());
  }
  EXPECT_GT(audio::tone_level(heard, 700).share, 0.99);
  call.caller.send(101);
  const auto event = call.caller.hear();
  ASSERT_TRUE(event);
  EXPECT_EQ(rtp::payload_type_of(*event), 96) << "keys come back as the caller wants them";
}

TEST(MediaAnnouncement, EchoesToTheCallerAndStillRelaysToTheCallee) {
  RunningRelay running;
  RelayedCall call{running};
  call.bridge->play(Side::caller, Announcement::echo);
  running.settle();
  for (int i = 0; i < 3; ++i) {
    const auto sent = call.caller.send();
    const auto back = call.caller.hear();
    const auto onward = call.callee.hear();
    ASSERT_TRUE(back && onward);
    EXPECT_EQ(rtp::parse_packet(*back)->payload.front(), static_cast<std::byte>(sent.sequence));
    EXPECT_EQ(rtp::parse_packet(*onward)->payload.front(), static_cast<std::byte>(sent.sequence));
    EXPECT_NE(rtp::ssrc_of(*back), rtp::ssrc_of(*onward));
  }
  call.callee.send();
  EXPECT_TRUE(call.caller.hears_nothing()) << "the echo is in place of the callee";
}

struct ToneCase {
  sdp::Codec codec;
  audio::Law law;
  double frequency_hz;
};
class MediaTone : public testing::TestWithParam<ToneCase> {};

TEST_P(MediaTone, IsPlayedInTheLawAgreedOnEvery20Ms) {
  const auto& [codec, law, frequency_hz] = GetParam();
  RunningRelay running;
  OwnCall call{running, {.sending = {codec}, .receiving = {codec}}};
  call.bridge->play(Side::caller, Announcement::tone);
  const auto first = call.caller.hear();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 172u);
  const auto header = rtp::header_of(*first);
  EXPECT_TRUE(header.marker);
  EXPECT_EQ(header.payload_type, codec.payload_type);
  const auto begin = std::chrono::steady_clock::now();
  constexpr std::size_t packets = 60;  // beyond the end of a round
  const auto heard = call.caller.hear_sound(packets, law);
  const auto time = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(heard.size(), packets * 160);
  const auto level = audio::tone_level(heard, frequency_hz);
  EXPECT_GT(level.share, 0.99);
  EXPECT_NEAR(level.level_db, -12, 1);
  EXPECT_GE(time, std::chrono::milliseconds{packets * 20 - 100});
  EXPECT_LE(time, std::chrono::milliseconds{packets * 20 + 1000});
  const auto last = call.caller.hear();
  ASSERT_TRUE(last);
  EXPECT_EQ(rtp::header_of(*last).sequence, static_cast<std::uint16_t>(header.sequence + packets + 1));
  EXPECT_EQ(rtp::header_of(*last).timestamp, header.timestamp + 160 * (packets + 1));
  EXPECT_FALSE(rtp::header_of(*last).marker);
}
INSTANTIATE_TEST_SUITE_P(Laws, MediaTone,
                         testing::Values(ToneCase{pcma_codec, audio::Law::a, 400},
                                         ToneCase{pcmu_codec, audio::Law::mu, 1004}),
                         [](const auto& one) { return one.param.codec.name; });

TEST(MediaAnnouncement, RingsForASecondAndIsSilentThen) {
  RunningRelay running;
  OwnCall call{running};
  call.bridge->play(Side::caller, Announcement::ringing);
  const auto ringing = call.caller.hear_sound(50, audio::Law::a);
  EXPECT_GT(audio::tone_level(ringing, 425).share, 0.99);
  const auto pause = call.caller.hear_sound(20, audio::Law::a);
  EXPECT_EQ(pause.size(), 20u * 160);
  EXPECT_LT(audio::level_db_of(pause), -60);
}

TEST(MediaAnnouncement, GivesWayToTheOtherSideWithoutAStepBack) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.bridge->play(Side::caller, Announcement::ringing);
  std::optional<Buffer> last;
  for (int i = 0; i < 5; ++i) last = call.caller.hear();
  call.callee.send();
  EXPECT_TRUE(comes_true([&] { return call.bridge->counts(Side::callee).packets == 2; }));
  call.bridge->play(Side::caller, Announcement::none);
  running.settle();
  while (auto packet = call.caller.hear(wait_for_nothing)) last = std::move(packet);
  ASSERT_TRUE(last);
  const auto before = rtp::header_of(*last);
  call.callee.send();
  const auto packet = call.caller.hear();
  ASSERT_TRUE(packet);
  const auto after = rtp::header_of(*packet);
  EXPECT_EQ(after.ssrc, before.ssrc);
  EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1));
  EXPECT_TRUE(after.marker);
  EXPECT_LT(after.timestamp - before.timestamp, 8u * 5000);
}

TEST(MediaAnnouncement, PlaysAFileAgainAndAgain) {
  const auto path = std::filesystem::path{testing::TempDir()} / "media_recording.wav";
  audio::SampleBuffer samples(1700);  // not whole frames
  audio::ToneGenerator{audio::Tone{.frequency_hz = 600, .level_db = -6}}.fill(samples);
  const auto wav = audio::wav_of(samples, audio::WavCoding::pcm16);
  std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(wav.data()),
                                              static_cast<std::streamsize>(wav.size()));
  auto config = RunningRelay::test_config();
  config.speech = path;
  RunningRelay running{config};
  OwnCall call{running};
  call.bridge->play(Side::caller, Announcement::speech);
  EXPECT_GT(audio::tone_level(call.caller.hear_sound(10, audio::Law::a), 600).share, 0.99);
  const auto rest = call.caller.hear_sound(60, audio::Law::a);  // its end, a pause of a second, its beginning
  EXPECT_GT(audio::tone_level(audio::Samples{rest}.last(5 * 160), 600).share, 0.9);
  EXPECT_LT(audio::level_db_of(audio::Samples{rest}.subspan(2 * 160, 40 * 160)), -60);
  std::filesystem::remove(path);
}

TEST(MediaAnnouncement, WithoutAFileIsSpeechThatAnybodyCanMakeAgain) {
  RunningRelay running;
  OwnCall call{running};
  call.bridge->play(Side::caller, Announcement::speech);
  const auto heard = call.caller.hear_sound(100, audio::Law::a);
  audio::SampleBuffer said(heard.size() - audio::telephone_rate_hz / 2);
  audio::SpeechGenerator{own_speech_seed}.fill(said);
  const auto match = audio::find_match(said, heard, heard.size() - said.size());
  ASSERT_TRUE(match);
  EXPECT_GT(match->similarity, 0.95);
}

TEST(MediaAnnouncement, TellsAFileThatCannotBePlayed) {
  net::Runtime runtime;
  auto config = RunningRelay::test_config();
  const auto fault_of = [&](const std::string& path) {
    config.speech = path;
    const auto made = MediaRelay::make(runtime.workers(), config);
    return made ? "" : made.error().message;
  };
  EXPECT_EQ(fault_of("/nowhere/hello.wav"), "there is no file /nowhere/hello.wav");
  EXPECT_EQ(fault_of("/dev/zero"), "there is no file /dev/zero");
  EXPECT_EQ(fault_of("/proc/self/status"), "cannot read /proc/self/status");
  const test::TemporaryFolder folder;
  const auto other = folder.write("other.wav", "RIFX");
  EXPECT_EQ(fault_of(other), fmt::format("cannot play {}: it is no WAV file", other));
  const auto longest = folder.write("long.wav", "");
  std::filesystem::resize_file(longest, audio::wav_bytes_max + 1);
  EXPECT_EQ(fault_of(longest), longest + " is too long to be played");
}

TEST(MediaAnnouncement, IsNotPlayedToASideOnHoldNorWithoutASharedCodec) {
  RunningRelay running;
  OwnCall held{running, {.direction = sdp::Direction::recvonly}};
  held.bridge->play(Side::caller, Announcement::tone);
  const sdp::Codec g729{.payload_type = 18, .name = "G729"};
  OwnCall other{running, {.sending = {g729}, .receiving = {g729}}};
  other.bridge->play(Side::caller, Announcement::tone);
  running.settle();
  EXPECT_TRUE(held.caller.hears_nothing());
  EXPECT_TRUE(other.caller.hears_nothing());
}

}  // namespace
}  // namespace labnet::sip_server
