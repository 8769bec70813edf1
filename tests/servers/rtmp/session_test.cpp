// The dialogue with each client, in its own order, and what a session makes of what no client should send.
#include "servers/rtmp/session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/base/text.hpp"
#include "servers/rtmp/limits.hpp"
#include "tests/servers/rtmp/played_client.hpp"

namespace labnet::rtmp_server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::vector<std::string> connect_answers{"Window Acknowledgement Size 5000000",
                                               "Set Peer Bandwidth 5000000, dynamic", "Set Chunk Size 4096",
                                               "_result(1) NetConnection.Connect.Success"};

/// OBS says all of these in one burst, and waits for createStream alone.
void say_as_obs(PlayedClient& client) {
  client.say(rtmp::stream_command("releaseStream", 2, "1234"));
  client.say(rtmp::stream_command("FCPublish", 3, "1234"));
  client.say(rtmp::stream_command("createStream", 4));
}

TEST(RtmpSession, ObsPublishes) {
  PlayedSession played;
  played.exchange();
  EXPECT_TRUE(played.client.is_done_with_handshake());
  EXPECT_EQ(played.session.handshake_kind(), rtmp::HandshakeKind::simple);
  played.client.say(rtmp::SetChunkSize{4096});
  played.client.say(connect_command());
  played.exchange();
  EXPECT_EQ(played.take_answers(), connect_answers);
  EXPECT_EQ(played.session.client_name(), "FMLE/3.0 (compatible; FMSc/1.0)");
  say_as_obs(played.client);
  played.exchange();
  EXPECT_THAT(played.take_answers(), ElementsAre("_result(2)", "_result(3)", "_result(4, null, 1)"));
  played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 5), 1);
  played.exchange();
  EXPECT_THAT(played.take_answers(), ElementsAre("Stream Begin 1", "1: onStatus NetStream.Publish.Start"));
  for (const auto& message : {metadata_message(), audio_header(), video_header(), video_message(40, true)}) {
    played.client.say(message);
  }
  played.client.say(rtmp::stream_command("FCUnpublish", 6, "1234"));
  played.client.say(rtmp::delete_stream_command(1, 7));
  played.exchange();
  EXPECT_THAT(played.take_answers(), ElementsAre("_result(6)"));
  EXPECT_THAT(played.events, ElementsAre("connect live", "publish live/1234", "1: onMetaData", "1: Audio Data 0",
                                         "1: Video Data 0", "1: Video Data 40", "publish ends"));
  EXPECT_FALSE(played.session.is_closing());
}

TEST(RtmpSession, TheSameComesOfSingleOctets) {
  PlayedSession at_once, singly;
  for (auto* const played : {&at_once, &singly}) {
    const auto piece = played == &singly ? std::size_t{1} : SIZE_MAX;
    played->exchange(piece);
    played->client.say(connect_command());
    say_as_obs(played->client);
    played->client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 5), 1);
    played->client.say(video_message(0, true, 9'000));
    played->client.say(rtmp::delete_stream_command(1, 7));
    played->exchange(piece);
  }
  EXPECT_EQ(singly.answers, at_once.answers);
  EXPECT_EQ(singly.events, at_once.events);
  EXPECT_EQ(at_once.events.size(), 4u);
}

TEST(RtmpSession, FfmpegPublishesWithADigest) {
  PlayedSession played{{}, rtmp::HandshakeKind::digest_schema_0};
  played.exchange();
  ASSERT_TRUE(played.client.is_done_with_handshake());
  EXPECT_EQ(played.client.handshake_kind(), rtmp::HandshakeKind::digest_schema_0);
  played.client.say(connect_command());
  played.exchange();
  EXPECT_EQ(played.take_answers(), connect_answers);
  played.client.say(rtmp::SetChunkSize{4096});  // what it was told, back
  say_as_obs(played.client);
  played.client.say(rtmp::stream_command("_checkbw", 0));
  played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 5), 1);
  played.client.say(video_message(0, true, 20'000));
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("_result(2)", "_result(3)", "_result(4, null, 1)", "Stream Begin 1",
                                          "1: onStatus NetStream.Publish.Start"));
  EXPECT_EQ(played.events.back(), "1: Video Data 0");
}

TEST(RtmpSession, FfplayPlays) {
  PlayedSession played;
  played.exchange();
  played.client.say(rtmp::to_command(rtmp::Connect{.app = "live",
                                                   .flash_version = "LNX 9,0,124,2",
                                                   .fpad = false,
                                                   .capabilities = 15,
                                                   .audio_codecs = 4071,
                                                   .video_codecs = 252,
                                                   .video_function = 1}));
  played.exchange();
  EXPECT_EQ(played.take_answers(), connect_answers);
  played.client.say(rtmp::WindowAcknowledgementSize{2'500'000});
  played.client.say(rtmp::stream_command("createStream", 2));
  played.client.say(rtmp::stream_command("FCSubscribe", 3, "1234"));
  played.client.say(rtmp::stream_command("getStreamLength", 4, "1234"));
  played.client.say(rtmp::to_command(rtmp::Play{.name = "1234", .start = -2000}, 5), 1);
  played.client.say(rtmp::UserControl{rtmp::UserEvent::set_buffer_length, 1, 3000});
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("_result(2, null, 1)", "_result(3)", "_result(4, null, 0)", "Stream Begin 1",
                                          "1: onStatus NetStream.Play.Reset", "1: onStatus NetStream.Play.Start",
                                          "1: |RtmpSampleAccess"));
  EXPECT_THAT(played.events, ElementsAre("connect live", "play live/1234", "buffer 3000"));
  EXPECT_EQ(played.session.play_stream_id(), 1u);
}

/// The strictest: a number that is not 0 from createStream, and every status on the stream it belongs to.
TEST(RtmpSession, GstreamerPublishesOnItsSecondStream) {
  PlayedSession played;
  played.connect();
  played.client.say(rtmp::stream_command("createStream", 2));
  played.client.say(rtmp::stream_command("createStream", 3));
  played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 0), 2);
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("_result(2, null, 1)", "_result(3, null, 2)", "Stream Begin 2",
                                          "2: onStatus NetStream.Publish.Start"));
}

TEST(RtmpSession, AnswersThatNobodyWantsAreNotSent) {
  PlayedSession played;
  played.connect();
  played.client.say(rtmp::stream_command("releaseStream", 0, "1234"));
  played.client.say(rtmp::stream_command("_checkbw", 0));
  played.client.say(rtmp::stream_command("_result", 9));
  played.exchange();
  EXPECT_THAT(played.answers, IsEmpty());
  played.client.say(rtmp::stream_command("whatever", 8));
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("_result(8)"));
}

TEST(RtmpSession, APlayerMayPauseSeekAndChoose) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 3), 1);
  played.exchange();
  played.take_answers();
  played.events.clear();
  played.client.say(rtmp::to_command(rtmp::Pause{.is_paused = true, .at_ms = 10}, 4), 1);
  played.client.say(rtmp::to_command(rtmp::Pause{.is_paused = false, .at_ms = 10}, 5), 1);
  played.client.say(rtmp::Command{"pauseRaw", 0, {}, {true, 10}}, 1);
  played.client.say(rtmp::seek_command(1000, 6), 1);
  played.client.say(rtmp::Command{"receiveVideo", 0, {}, {false}}, 1);
  played.client.say(rtmp::Command{"receiveAudio", 0, {}, {false}}, 1);
  played.client.say(rtmp::Command{"closeStream", 0, {}, {}}, 1);
  played.exchange();
  EXPECT_THAT(played.answers,
              ElementsAre("1: onStatus NetStream.Pause.Notify", "1: onStatus NetStream.Unpause.Notify",
                          "1: onStatus NetStream.Pause.Notify", "Stream Is Recorded 1", "Stream Begin 1",
                          "1: onStatus NetStream.Seek.Notify", "1: onStatus NetStream.Play.Start"));
  EXPECT_THAT(played.events, ElementsAre("pause", "unpause", "pause", "seek 1000", "receive video false",
                                         "receive audio false", "play ends"));
}

TEST(RtmpSession, WhereNothingIsPlayedThereIsNowhereToSeek) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::seek_command(1000, 6), 1);
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("1: onStatus NetStream.Seek.Failed"));
  EXPECT_THAT(played.events, IsEmpty());
}

TEST(RtmpSession, APlayOfAFileMayBeAnsweredLaterAndIsToldOfItsEnd) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::to_command(rtmp::Play{.name = "lecture", .start = 0}, 3), 1);
  played.exchange();
  played.take_answers();
  played.session.accept_play(Session::Source::recorded);
  played.session.notify_of_complete(2.5, 1000);
  played.session.break_play(error_status(rtmp::status_code::play_file_structure_invalid, ""));
  played.client.say(rtmp::stream_command("whatever", 9));
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("Stream Is Recorded 1", "Stream Begin 1", "1: onStatus NetStream.Play.Reset",
                                          "1: onStatus NetStream.Play.Start", "1: |RtmpSampleAccess", "1: onPlayStatus",
                                          "Stream EOF 1", "1: onStatus NetStream.Play.Stop", "Stream EOF 1",
                                          "1: onStatus NetStream.Play.FileStructureInvalid", "_result(9)"));
  EXPECT_FALSE(played.session.is_playing());
}

TEST(RtmpSession, Play2GoesOnWithAnotherStream) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::to_command(rtmp::Play{.name = "low"}, 3), 1);
  rtmp::AmfObject switched;
  switched.with("streamName", "high").with("oldStreamName", "low").with("transition", "switch");
  played.client.say(rtmp::Command{"play2", 4, {}, {switched}}, 1);
  played.exchange();
  EXPECT_THAT(played.events, ElementsAre("play live/low", "switch live/high"));
}

TEST(RtmpSession, PlayersAreToldOfBeginningAndEnd) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 3), 1);
  played.exchange();
  played.take_answers();
  played.session.notify_of_begin();
  played.session.notify_of_end();
  played.session.ping(77);
  played.client.say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  played.exchange();
  EXPECT_THAT(played.answers, ElementsAre("Stream Begin 1", "1: onStatus NetStream.Play.PublishNotify", "Stream EOF 1",
                                          "1: onStatus NetStream.Play.UnpublishNotify", StartsWith("Ping Request 77"),
                                          StartsWith("Ping Response 5")));
}

TEST(RtmpSession, NamesAreTheSameWhereverAClientCutsThem) {
  for (const auto& [app, name] : std::vector<std::pair<std::string, std::string>>{
           {"live", "1234"}, {"live/", "1234"}, {"/live", "/1234"}, {"", "live/1234"}, {"live?a=b", "1234?token=x"}}) {
    PlayedSession played;
    played.exchange();
    played.client.say(connect_command(app));
    played.client.say(rtmp::stream_command("createStream", 2));
    played.client.say(rtmp::to_command(rtmp::Publish{.name = name}, 3), 1);
    played.exchange();
    EXPECT_EQ(played.events.back(), "publish live/1234") << app << " and " << name;
  }
  PlayedSession deeper;
  deeper.exchange();
  deeper.client.say(connect_command("live/room"));
  deeper.client.say(rtmp::stream_command("createStream", 2));
  deeper.client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 3), 1);
  deeper.exchange();
  EXPECT_THAT(deeper.events, ElementsAre("connect live", "play live/room/1234"));
}

// What is refused

TEST(RtmpSession, WhoIsRefusedIsToldAndSentAway) {
  PlayedSession unknown;
  unknown.accepts = false;
  unknown.exchange();
  unknown.client.say(connect_command("other"));
  unknown.exchange();
  EXPECT_THAT(unknown.answers, ElementsAre("_error(1) NetConnection.Connect.InvalidApp"));
  EXPECT_TRUE(unknown.session.is_closing());

  PlayedSession stranger;
  stranger.connect();
  stranger.create_stream();
  stranger.accepts = false;
  stranger.client.say(rtmp::to_command(rtmp::Publish{.name = "guessed"}, 3), 1);
  stranger.exchange();
  EXPECT_THAT(stranger.answers, ElementsAre("1: onStatus NetStream.Publish.Denied"));
  EXPECT_TRUE(stranger.session.is_closing());
}

TEST(RtmpSession, WhoAsksForAStreamThatIsNotThereMayAskForAnother) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.accepts = false;
  played.client.say(rtmp::to_command(rtmp::Play{.name = "none"}, 3), 1);
  played.exchange();
  played.accepts = true;
  played.client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 4), 1);
  played.exchange();
  EXPECT_EQ(played.answers.front(), "1: onStatus NetStream.Play.StreamNotFound");
  EXPECT_TRUE(played.session.is_playing());
}

TEST(RtmpSession, AStreamDoesOneThing) {
  PlayedSession twice;
  twice.connect();
  twice.create_stream();
  for (int i = 0; i < 2; ++i) twice.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 3), 1);
  twice.exchange();
  EXPECT_EQ(twice.answers.back(), "1: onStatus NetStream.Publish.BadName");
  EXPECT_TRUE(twice.session.is_closing());

  PlayedSession nowhere;
  nowhere.connect();
  nowhere.client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 3), 5);
  nowhere.exchange();
  EXPECT_THAT(nowhere.answers, ElementsAre("5: onStatus NetStream.Play.Failed"));
  EXPECT_THAT(nowhere.events, IsEmpty());
}

TEST(RtmpSession, OneStreamMoreThanThereMayBeIsRefused) {
  PlayedSession played;
  played.connect();
  for (std::size_t i = 0; i <= message_streams_max; ++i) {
    played.client.say(rtmp::stream_command("createStream", static_cast<double>(2 + i)));
  }
  played.exchange();
  EXPECT_EQ(played.answers[message_streams_max - 1], "_result(17, null, 16)");
  EXPECT_EQ(played.answers.back(), "_error(18) NetConnection.Call.Failed");
  played.client.say(rtmp::delete_stream_command(3, 0));
  played.client.say(rtmp::stream_command("createStream", 30));
  played.exchange();
  EXPECT_EQ(played.answers.back(), "_result(30, null, 3)");
}

// What is broken

std::string fault_after_handshake(const std::function<void(PlayedSession&)>& say) {
  PlayedSession played;
  played.exchange();
  say(played);
  played.exchange();
  return played.fault ? describe(*played.fault) : "none";
}

TEST(RtmpSession, WhatCannotGoOnIsNamed) {
  PlayedSession version, tls, http;
  version.feed(as_bytes("\x07 whatever"));
  ASSERT_TRUE(version.fault);
  EXPECT_THAT(describe(*version.fault), HasSubstr("there is no handshake"));
  tls.feed(as_bytes("\x16\x03\x01"));
  ASSERT_TRUE(tls.fault);
  EXPECT_THAT(describe(*tls.fault), HasSubstr("TLS"));
  http.feed(as_bytes("GET / HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(http.fault);
  EXPECT_THAT(describe(*http.fault), HasSubstr("HTTP"));

  const auto say = [](auto what) { return [what](PlayedSession& played) { played.client.say(what); }; };
  EXPECT_EQ(fault_after_handshake(say(rtmp::stream_command("createStream", 2))), "createStream comes before connect");
  EXPECT_EQ(fault_after_handshake(say(video_message(0, true))), "Video Data comes before connect");
  EXPECT_EQ(fault_after_handshake([](PlayedSession& played) {
              played.client.say(connect_command());
              played.client.say(connect_command());
            }),
            "connect comes twice");
  EXPECT_THAT(fault_after_handshake([](PlayedSession& played) { played.feed(as_bytes("\xc3")); }),
              HasSubstr("chunks are broken: "));
  // 16 MB - 1 are announced, and the limit is 8 MiB.
  EXPECT_THAT(fault_after_handshake([](PlayedSession& played) {
                const std::string header{"\x03\0\0\0\xff\xff\xff\x14\0\0\0\0", 12};
                played.feed(as_bytes(header));
              }),
              HasSubstr("chunks are broken: "));
  EXPECT_THAT(fault_after_handshake([](PlayedSession& played) {
                auto message = rtmp::to_message(connect_command());
                message.payload = message.payload.part(0, message.payload.size() - 5);
                played.client.say(message);
              }),
              HasSubstr("a command cannot be read: "));
}

TEST(RtmpSession, ChunksOfOneOctetAndOfTheLargestSizeAreTaken) {
  for (const std::uint32_t bytes : {1U, rtmp::chunk_bytes_max}) {
    PlayedSession played;
    played.connect();
    played.create_stream();
    played.client.say(rtmp::SetChunkSize{bytes});
    played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 3), 1);
    played.client.say(video_message(7, true, 70'000));
    played.exchange();
    EXPECT_EQ(played.events.back(), "1: Video Data 7") << bytes;
  }
  EXPECT_THAT(fault_after_handshake([](PlayedSession& played) { played.client.say(rtmp::SetChunkSize{0}); }),
              HasSubstr("chunks are broken: "));
}

TEST(RtmpSession, AnAggregateIsTheMessagesInIt) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 3), 1);
  // Two messages as FLV tags: audio at 5, video at 25; the aggregate itself is at 1000.
  const std::string tags{
      "\x08\0\0\2\0\0\5\0\0\0\0\xaf\1\0\0\0\x0d"
      "\x09\0\0\5\0\0\x19\0\0\0\0\x17\1\0\0\0\0\0\0\x10",
      37};
  played.client.say(
      rtmp::Message{{.type = rtmp::MessageType::aggregate, .timestamp = 1000, .stream_id = 1, .chunk_stream_id = 4},
                    rtmp::SharedBytes::copy_of(as_bytes(tags))});
  played.client.say(audio_message(1040));
  played.exchange();
  EXPECT_THAT(played.events,
              ElementsAre("publish live/1234", "1: Audio Data 1000", "1: Video Data 1020", "1: Audio Data 1040"));
}

TEST(RtmpSession, AcknowledgesWhatHasFilledTheWindow) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(rtmp::WindowAcknowledgementSize{10'000});
  played.client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 3), 1);
  played.client.say(video_message(0, true, 9'000));
  played.exchange();
  EXPECT_EQ(played.answers.size(), 2u);
  played.client.say(video_message(40, false, 2'000));
  played.exchange();
  EXPECT_THAT(played.answers.back(), StartsWith("Acknowledgement "));
}

TEST(RtmpSession, MediaOfNobodysStreamAreLeftAlone) {
  PlayedSession played;
  played.connect();
  played.create_stream();
  played.client.say(video_message(0, true));
  played.client.say(metadata_message());
  played.exchange();
  EXPECT_THAT(played.events, IsEmpty());
  EXPECT_FALSE(played.fault);
}

// Changed at random

std::size_t mutations() {
  const auto* const asked = std::getenv("LABNET_RTMP_MUTATIONS");
  return asked ? parse_integer<std::size_t>(asked).value_or(0) : 3'000;
}

/// A whole dialogue, with one to four octets of it changed, left out or doubled: a session takes it or names a fault,
/// keeps no more than its limits, and sends no more than it was asked for.
TEST(RtmpSession, ChangedDialoguesHarmNobody) {
  PlayedClient client;
  auto handshake = client.take_output();
  handshake.resize(handshake.size() + rtmp::handshake_bytes);
  client.say(connect_command());
  say_as_obs(client);
  client.say(rtmp::to_command(rtmp::Publish{.name = "1234"}, 5), 1);
  for (const auto& message : {metadata_message(), audio_header(), video_header(), video_message(0, true, 900),
                              audio_message(23), video_message(40, false, 300)}) {
    client.say(message);
  }
  client.say(rtmp::stream_command("createStream", 6));
  client.say(rtmp::to_command(rtmp::Play{.name = "1234"}, 7), 2);
  client.say(rtmp::delete_stream_command(1, 8));
  const auto chunks = client.take_output();

  std::uint64_t state = 1;
  const auto below = [&state](std::size_t end) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33U) % end;
  };
  std::size_t faults = 0;
  for (std::size_t round = 0; round < mutations(); ++round) {
    auto changed = chunks;
    for (auto left = 1 + below(4); left > 0; --left) {
      const auto at = changed.begin() + static_cast<std::ptrdiff_t>(below(changed.size()));
      if (const auto how = below(4); how == 0) {
        changed.erase(at);
      } else if (how == 1) {
        changed.insert(at, *at);
      } else {
        *at = static_cast<std::byte>(below(256));
      }
    }
    PlayedSession played;
    played.accepts = below(8) != 0;
    played.feed(handshake);
    ASSERT_FALSE(played.fault) << round;
    played.feed(changed, 1 + below(600));
    if (played.fault) {
      ++faults;
      EXPECT_FALSE(describe(*played.fault).empty());
    }
    EXPECT_LE(played.events.size(), chunks.size()) << round;
  }
  EXPECT_GT(faults, mutations() / 10) << "nothing was broken by that";
}

}  // namespace
}  // namespace labnet::rtmp_server
