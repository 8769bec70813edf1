// Files played by the service, with a client that a test has written down.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <thread>

#include "common/rtmp/command.hpp"
#include "servers/rtmp/limits.hpp"
#include "tests/servers/rtmp/flv_files.hpp"
#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::rtmp_server {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using Texts = std::vector<std::string>;

class RtmpRecordingPlay : public testing::Test {
 protected:
  /// vod has files; both has files and a key, 1234; live has the key alone.
  void serve(const std::string& limits = "{}") {
    const auto yaml = fmt::format(
        "apps:\n  vod: {{ files: {0} }}\n  both: {{ files: {0}, keys: {{ 1234: {{}} }} }}\n"
        "  live: {{ keys: {{ 1234: {{}} }} }}\nrecord: {0}\nlimits: {1}\n",
        files_.path(), limits);
    server_ = std::make_unique<test::RunningService>("rtmp", Texts{"-c", folder_.write("rtmp.yaml", yaml)});
    port_ = server_->port("rtmp");
  }
  std::unique_ptr<SocketClient> player(const rtmp::Play& play, const std::string& app = "vod") const {
    auto made = std::make_unique<SocketClient>(port_);
    made->connect(app);
    made->ask_to_play(play);
    return made;
  }
  /// What is said to this, up to the first message of the stream.
  Texts answers_to(const rtmp::Play& play, const std::string& app = "vod") const {
    const auto client = player(play, app);
    EXPECT_TRUE(client->wait_for("_result(2"));
    Texts answers;
    do answers.push_back(client->next());
    while (!answers.back().empty() && !answers.back().ends_with("Data 0") && !is_refusal(answers.back()));
    return answers;
  }
  static bool is_refusal(const std::string& answer) {
    return answer.find("NotFound") != answer.npos || answer.find("Failed") != answer.npos ||
           answer.find("Invalid") != answer.npos;
  }
  /// How the play of it ends that is asked for.
  std::string refusal_of(const std::string& name, double start = -2, const std::string& app = "vod") const {
    return answers_to({.name = name, .start = start}, app).back();
  }
  /// All media up to the end of the file.
  static Texts media_to_the_end(SocketClient& client) {
    Texts media;
    for (auto one = client.next(); !one.empty() && !one.ends_with("onPlayStatus"); one = client.next()) {
      if (rtmp::is_media(client.last().header.type) || one.ends_with("onMetaData")) media.push_back(one);
    }
    EXPECT_EQ(client.next(), "Stream EOF 1");
    EXPECT_EQ(client.next(), "1: onStatus NetStream.Play.Stop");
    return media;
  }
  static Texts as_told(const std::vector<rtmp::Message>& messages) {
    Texts all;
    for (const auto& message : messages) {
      const bool is_data = rtmp::is_data(message.header.type);
      all.push_back(is_data ? "1: onMetaData" : told(message));
    }
    return all;
  }

  test::TemporaryFolder folder_, files_;
  std::unique_ptr<test::RunningService> server_;
  std::uint16_t port_ = 0;
};

TEST_F(RtmpRecordingPlay, AFileIsPlayedFromItsBeginningToItsEnd) {
  files_.write("lecture.flv", flv_of(lecture(2)));
  serve();
  EXPECT_THAT(
      answers_to({.name = "lecture"}),
      ElementsAre("Stream Is Recorded 1", "Stream Begin 1", "1: onStatus NetStream.Play.Reset",
                  "1: onStatus NetStream.Play.Start", "1: |RtmpSampleAccess", "1: onMetaData", "1: Audio Data 0"));
  for (const auto* const name : {"lecture", "lecture.flv", "flv:lecture"}) {
    for (const double start : {-2.0, -2000.0, 0.0}) {
      const auto client = player({.name = name, .start = start});
      EXPECT_EQ(media_to_the_end(*client), as_told(lecture(2))) << name << " from " << start;
      // And another one on the same connection, and a live stream.
      client->ask_to_play({.name = "lecture", .start = 1'500});
      EXPECT_EQ(media_to_the_end(*client).size(), 3u + 50u);
    }
  }
}

TEST_F(RtmpRecordingPlay, TheEndTellsHowLongItWas) {
  files_.write("lecture.flv", flv_of(lecture(2)));
  serve();
  const auto client = player({.name = "lecture", .start = 1'000});
  ASSERT_TRUE(client->wait_for("onPlayStatus"));
  const auto data = rtmp::parse_data(client->last().header.type, client->last().bytes());
  ASSERT_TRUE(data);
  const auto* const told = data->values.at(0).object();
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(*told->find("code")->string(), "NetStream.Play.Complete");
  EXPECT_EQ(told->find("duration")->number(), 0.97);
}

TEST_F(RtmpRecordingPlay, APositionAndADurationArePlayedFromTheKeyFrameOn) {
  files_.write("lecture.flv", flv_of(lecture(4)));
  serve();
  const auto client = player({.name = "lecture", .start = 1'500, .duration = 600});
  auto media = media_to_the_end(*client);
  ASSERT_GE(media.size(), 5u);
  EXPECT_THAT(Texts(media.begin(), media.begin() + 5),
              ElementsAre("1: onMetaData", "1: Audio Data 0", "1: Video Data 0", "1: Video Data 0", "1: Audio Data 10"))
      << "time begins anew";
  EXPECT_EQ(media.back(), "1: Audio Data 1090");
  client->ask_to_play({.name = "lecture", .start = 1'030, .duration = 0});
  media = media_to_the_end(*client);
  EXPECT_THAT(Texts(media.begin() + 3, media.end()),
              ElementsAre("1: Video Data 0", "1: Audio Data 10", "1: Video Data 40"))
      << "one picture, and what it needs";
  client->ask_to_play({.name = "lecture", .start = 3'970});
  EXPECT_EQ(media_to_the_end(*client).size(), 3u + 50u);
  client->ask_to_play({.name = "lecture", .start = 3'971});
  EXPECT_TRUE(client->wait_for("NetStream.Play.Failed"));
}

TEST_F(RtmpRecordingPlay, NumbersThatAreNoneAreTakenForTheBeginning) {
  files_.write("lecture.flv", flv_of(lecture(1)));
  serve();
  for (const double duration : {std::numeric_limits<double>::quiet_NaN(), -5.0, 1e300}) {
    const auto client = player({.name = "lecture", .start = 0, .duration = duration});
    EXPECT_EQ(media_to_the_end(*client).size(), lecture(1).size()) << duration;
  }
  EXPECT_EQ(refusal_of("lecture", std::numeric_limits<double>::infinity()), "1: onStatus NetStream.Play.Failed");
}

// Which stream is meant

TEST_F(RtmpRecordingPlay, ALiveStreamGoesBeforeAFileUnlessARecordingIsWanted) {
  files_.write("1234.flv", flv_of(lecture(1)));
  serve();
  SocketClient publisher{port_};
  publisher.publish("1234", "both");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  publisher.send(video_message(777'000, true));
  const auto any = player({.name = "1234"}, "both"), live = player({.name = "1234", .start = -1}, "both"),
             recorded = player({.name = "1234", .start = 0}, "both");
  EXPECT_TRUE(any->wait_for("Video Data 777000"));
  EXPECT_TRUE(live->wait_for("Video Data 777000"));
  EXPECT_EQ(media_to_the_end(*recorded), as_told(lecture(1)));
  publisher.client().say(rtmp::delete_stream_command(1, 0));
  publisher.send();
  ASSERT_TRUE(any->wait_for("UnpublishNotify"));
  const auto late = player({.name = "1234"}, "both");
  EXPECT_EQ(media_to_the_end(*late), as_told(lecture(1)));
  std::filesystem::remove(files_.path() + "/1234.flv");
  SocketClient again{port_};
  again.publish("1234", "both");
  again.send(video_message(5, true));
  const auto by_rtmpdump = player({.name = "1234", .start = 0}, "both");
  EXPECT_TRUE(by_rtmpdump->wait_for("Video Data 5")) << "there is no file, so the live stream it is";
}

TEST_F(RtmpRecordingPlay, WhatIsNotThereIsNotFoundOrWaitedForWhereSomebodyMayPublishIt) {
  serve();
  const std::string not_found = "1: onStatus NetStream.Play.StreamNotFound";
  EXPECT_EQ(refusal_of("none"), not_found);
  EXPECT_EQ(refusal_of("none", 0), not_found);
  EXPECT_EQ(refusal_of("none", -1), not_found);
  EXPECT_EQ(refusal_of("none", 0, "both"), not_found);
  const auto waiting = player({.name = "1234"}, "both"), as_before = player({.name = "1234", .start = 0}, "live");
  EXPECT_TRUE(waiting->wait_for("NetStream.Play.Start"));
  EXPECT_TRUE(as_before->wait_for("NetStream.Play.Start"));
}

TEST_F(RtmpRecordingPlay, NoNameLeadsOutOfTheFolder) {
  folder_.write("secret.flv", flv_of(lecture(1)));
  std::filesystem::create_symlink(folder_.path() + "/secret.flv", files_.path() + "/link.flv");
  files_.write(".hidden.flv", flv_of(lecture(1)));
  const auto deep = files_.path() + "/room";
  std::filesystem::create_directory(deep);
  std::filesystem::copy(folder_.path() + "/secret.flv", deep + "/lecture.flv");
  serve();
  const auto outside = std::filesystem::path{folder_.path()}.filename().string() + "/secret";
  for (const auto& name :
       Texts{"../" + outside, "flv:../" + outside, "room/../../" + outside, folder_.path() + "/secret", "link",
             ".hidden", "room/.", "room//lecture", std::string("room/lecture\0x", 14), "mp4:room/lecture",
             std::string(file_name_bytes_max + 1, 'a')}) {
    EXPECT_EQ(refusal_of(name), "1: onStatus NetStream.Play.StreamNotFound") << name;
  }
  const auto client = player({.name = "room/lecture"});
  EXPECT_EQ(media_to_the_end(*client).size(), lecture(1).size());
  const auto by_app = player({.name = "lecture"}, "vod/room");
  EXPECT_EQ(media_to_the_end(*by_app).size(), lecture(1).size());
}

// Leaps and pauses

TEST_F(RtmpRecordingPlay, ALeapLandsOnAKeyFrameWithHeaders) {
  files_.write("lecture.flv", flv_of(lecture(600)));
  serve();
  const auto client = player({.name = "lecture"});
  ASSERT_TRUE(client->wait_for("Video Data 40"));
  const auto expect_leap = [&](double to, const std::string& key_frame) {
    client->send(rtmp::seek_command(to, 0));
    ASSERT_TRUE(client->wait_for("NetStream.Seek.Notify"));
    EXPECT_EQ(client->next(), "1: onStatus NetStream.Play.Start");
    EXPECT_THAT(client->next_media(4), ElementsAre("1: Audio Data " + key_frame, "1: Video Data " + key_frame,
                                                   "1: Video Data " + key_frame, EndsWith("0")));
  };
  expect_leap(300'700, "300000");
  expect_leap(599'970, "599000");
  expect_leap(5'999, "5000");
  expect_leap(-7, "0");
  expect_leap(1e12, "599000");
  ASSERT_TRUE(client->wait_for("NetStream.Play.Stop"));
  expect_leap(598'000, "598000");
}

TEST_F(RtmpRecordingPlay, OfManyLeapsTheLastIsDone) {
  files_.write("lecture.flv", flv_of(lecture(600)));
  serve();
  const auto client = player({.name = "lecture"});
  ASSERT_TRUE(client->wait_for("Video Data 40"));
  for (int to = 1; to <= 200; ++to) client->client().say(rtmp::seek_command(to * 1'000.0, 0), 1);
  client->send();
  ASSERT_TRUE(client->wait_for("Video Data 200000"));
}

TEST_F(RtmpRecordingPlay, ALiveStreamIsNotSought) {
  serve();
  const auto client = player({.name = "1234"}, "live");
  ASSERT_TRUE(client->wait_for("NetStream.Play.Start"));
  client->send(rtmp::seek_command(1'000, 0));
  EXPECT_TRUE(client->wait_for("NetStream.Seek.Failed"));
}

TEST_F(RtmpRecordingPlay, InAPauseNothingComesAndBehindItNothingIsMissing) {
  const auto messages = lecture(5);
  files_.write("lecture.flv", flv_of(messages));
  serve();
  const auto client = player({.name = "lecture"});
  client->client().say(rtmp::UserControl{rtmp::UserEvent::set_buffer_length, 1, 0});
  client->send();
  Texts media = client->next_media(30);
  const auto pause = [&](bool is_paused) {
    client->send(
        rtmp::to_command(rtmp::Pause{.is_paused = is_paused, .at_ms = client->last().header.timestamp * 1.0}, 0));
    const std::string answer =
        is_paused ? "1: onStatus NetStream.Pause.Notify" : "1: onStatus NetStream.Unpause.Notify";
    for (auto one = client->next(); one != answer && !one.empty(); one = client->next()) media.push_back(one);
  };
  pause(true);
  const auto before = media.size();
  ASSERT_LT(before, messages.size()) << "there is something left";
  std::this_thread::sleep_for(std::chrono::milliseconds{300});  // in which something would have come
  client->client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  client->send();
  EXPECT_THAT(client->next(), testing::StartsWith("Ping Response 5"));
  pause(false);
  EXPECT_EQ(media.size(), before);
  const auto rest = media_to_the_end(*client);
  media.insert(media.end(), rest.begin(), rest.end());
  EXPECT_EQ(media, as_told(messages));
}

TEST_F(RtmpRecordingPlay, PicturesMayBeLeftOutAndComeBackWithAKeyFrame) {
  files_.write("lecture.flv", flv_of(lecture(10)));
  serve();
  SocketClient client{port_};
  client.connect("vod");
  client.client().say(rtmp::to_command(rtmp::Play{.name = "lecture"}, 3), 1);
  client.client().say(rtmp::Command{"receiveVideo", 0, {}, {false}}, 1);
  client.send();
  EXPECT_THAT(client.next_media(5), ElementsAre("1: onMetaData", "1: Audio Data 0", "1: Video Data 0",
                                                "1: Audio Data 10", "1: Audio Data 50"));
  client.send(rtmp::Command{"receiveVideo", 0, {}, {true}});
  ASSERT_TRUE(client.wait_for("Video Data"));
  EXPECT_EQ(client.last().header.timestamp % 1'000, 0u);
}

TEST_F(RtmpRecordingPlay, Play2GoesOnWhereTheOtherFileWas) {
  files_.write("low.flv", flv_of(lecture(30)));
  files_.write("high.flv", flv_of(lecture(30)));
  serve();
  const auto client = player({.name = "low", .start = 20'000});
  ASSERT_TRUE(client->wait_for("Video Data 40"));
  rtmp::AmfObject switched;
  switched.with("streamName", "high").with("oldStreamName", "low").with("transition", "switch");
  client->send(rtmp::Command{"play2", 4, {}, {switched}});
  ASSERT_TRUE(client->wait_for("NetStream.Play.Start"));
  ASSERT_TRUE(client->wait_for("Video Data"));
  EXPECT_GE(client->last().header.timestamp, 1'000u) << "of the client's time";
  client->send(rtmp::seek_command(25'000, 0));
  EXPECT_TRUE(client->wait_for("Video Data 25000")) << "of the file's";
}

// Time

TEST_F(RtmpRecordingPlay, NoMoreIsSentAheadThanTheBufferHolds) {
  files_.write("lecture.flv", flv_of(lecture(600)));
  serve("{ buffer_length_max: 10s }");
  SocketClient client{port_};
  client.connect("vod");
  client.client().say(rtmp::UserControl{rtmp::UserEvent::set_buffer_length, 1, 36'000'000});
  client.send();
  client.ask_to_play({.name = "lecture"});
  ASSERT_TRUE(client.wait_for("Video Data 9960")) << "as much as the service permits, at once";
  client.client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  client.send();
  std::uint32_t newest = 0;
  for (auto one = client.next(); !one.starts_with("Ping Response"); one = client.next()) {
    ASSERT_FALSE(one.empty());
    newest = client.last().header.timestamp;
  }
  EXPECT_LT(newest, 300'000u) << "and not all of it";
  EXPECT_TRUE(client.wait_for("Video Data 10200")) << "but what follows";
}

TEST_F(RtmpRecordingPlay, WhoReadsNothingCostsLittleAndIsSentAway) {
  std::vector<rtmp::Message> messages;
  for (std::uint32_t i = 0; i < 640; ++i) messages.push_back(video_message(i, i == 0, 100'000));
  files_.write("large.flv", flv_of(messages));
  serve("{ slow_player_timeout: 500ms }");
  const auto warm = player({.name = "large", .start = 0, .duration = 10});
  ASSERT_TRUE(warm->wait_for("NetStream.Play.Stop"));
  const auto memory = server_->resident_bytes();
  const auto slow = player({.name = "large"});
  ASSERT_TRUE(slow->wait_for("NetStream.Play.Start"));  // and reads no more
  server_->wait_for_log("it takes nothing of what it is sent");
  EXPECT_LT(server_->resident_bytes(), memory + (32U << 20U));
  const auto other = player({.name = "large"});
  EXPECT_EQ(media_to_the_end(*other).size(), 1 + messages.size());
}

// Files that are broken, and files that grow

TEST_F(RtmpRecordingPlay, WhatIsNoFlvFileIsToldAndTheConnectionGoesOn) {
  files_.write("text.flv", "this is none");
  files_.write("lecture.flv", flv_of(lecture(1)));
  serve();
  const auto client = player({.name = "text"});
  EXPECT_TRUE(client->wait_for("NetStream.Play.FileStructureInvalid"));
  client->ask_to_play({.name = "lecture"});
  EXPECT_EQ(media_to_the_end(*client).size(), lecture(1).size());
}

TEST_F(RtmpRecordingPlay, ABrokenFileEndsWhereItIsBroken) {
  auto encrypted = flv_tag_of(video_message(1'000, true));
  encrypted[0] = 0x29;
  files_.write("broken.flv", flv_of(lecture(1)) + encrypted);
  files_.write("long.flv", flv_of(lecture(1)) + flv_tag_of(video_message(1'000, true, file_tag_bytes_max + 1)));
  files_.write("lecture.flv", flv_of(lecture(1)));
  serve();
  for (const auto& [name, why] : std::vector<std::pair<std::string, std::string>>{{"broken", "a tag is encrypted"},
                                                                                  {"long", "a tag is too long"}}) {
    const auto client = player({.name = name});
    EXPECT_TRUE(client->wait_for("Audio Data 970"));
    EXPECT_EQ(client->next(), "Stream EOF 1");
    EXPECT_EQ(client->next(), "1: onStatus NetStream.Play.FileStructureInvalid");
    EXPECT_THAT(server_->wait_for_log("a file is broken"), HasSubstr(why));
    client->ask_to_play({.name = "lecture"});
    EXPECT_EQ(media_to_the_end(*client).size(), lecture(1).size());
  }
}

TEST_F(RtmpRecordingPlay, WhatIsBeingRecordedIsPlayedUpToItsEnd) {
  serve();
  SocketClient publisher{port_};
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  const auto messages = lecture(2);
  for (std::size_t i = 0; i < 53; ++i) publisher.client().say(messages[i]);
  publisher.send();
  std::string name;
  ASSERT_TRUE(test::eventually([&] {
    for (const auto& one : std::filesystem::directory_iterator{files_.path()}) {
      name = one.path().filename();
      if (one.file_size() > 1'000) return true;
    }
    return false;
  }));
  ASSERT_TRUE(name.starts_with(".live-") && name.ends_with(".flv.part")) << name;
  name = name.substr(1, name.size() - std::string_view{".flv.part"}.size() - 1);
  const auto client = player({.name = name});
  ASSERT_TRUE(client->wait_for("Audio Data 970"));
  for (std::size_t i = 53; i < messages.size(); ++i) publisher.client().say(messages[i]);
  publisher.client().say(rtmp::delete_stream_command(1, 0));
  publisher.send();
  EXPECT_THAT(media_to_the_end(*client).back(), EndsWith("Data 1970"));
}

// Limits and the end

TEST_F(RtmpRecordingPlay, OneMoreThanMayPlayFilesIsRefusedUntilAnotherHasGone) {
  files_.write("lecture.flv", flv_of(lecture(60)));
  serve("{ file_players_max: 2 }");
  auto first = player({.name = "lecture"}), second = player({.name = "lecture"});
  ASSERT_TRUE(first->wait_for("Video Data 0"));
  ASSERT_TRUE(second->wait_for("Video Data 0"));
  EXPECT_EQ(refusal_of("lecture"), "1: onStatus NetStream.Play.Failed");
  EXPECT_EQ(refusal_of("none"), "1: onStatus NetStream.Play.Failed") << "nobody looks for it";
  const auto live = player({.name = "1234"}, "live");
  EXPECT_TRUE(live->wait_for("NetStream.Play.Start")) << "others are not concerned";
  first->send(rtmp::Command{"closeStream", 0, {}, {}});
  EXPECT_TRUE(test::eventually([&] { return answers_to({.name = "lecture"}).back() == "1: Audio Data 0"; }));
}

TEST_F(RtmpRecordingPlay, WhoAsksAgainAndAgainHasNoMoreOpenThanThereMayBe) {
  files_.write("lecture.flv", flv_of(lecture(2)));
  serve("{ file_players_max: 3 }");
  const auto client = player({.name = "lecture"});
  ASSERT_TRUE(client->wait_for("NetStream.Play.Start"));
  const auto descriptors = server_->descriptors();
  rtmp::Play play;
  play.name = "lecture";
  for (int i = 0; i < 20'000; ++i) client->client().say(rtmp::to_command(play, 9), 1);
  client->send();
  for (int i = 0; i < 20; ++i) {
    EXPECT_LE(server_->descriptors(), descriptors + 3);
    test::pause();
  }
  const auto other = player({.name = "1234"}, "live");
  EXPECT_TRUE(other->wait_for("NetStream.Play.Start"));
}

TEST_F(RtmpRecordingPlay, SoundThatStandsBehindItsPicturesIsNotBeforeTheBeginning) {
  auto messages = lecture(3);
  // A sound of 970 ms is stored behind the key frame of 1,000 ms.
  const auto key = std::ranges::find_if(messages, [](const auto& one) { return told(one) == "1: Video Data 1000"; });
  ASSERT_NE(key, messages.end());
  messages.insert(key + 1, audio_message(970));
  files_.write("late.flv", flv_of(messages));
  serve();
  const auto client = player({.name = "late", .start = 1'000});
  const auto media = media_to_the_end(*client);
  EXPECT_THAT(media, testing::Contains("1: Audio Data 0"));
  for (const auto& one : media) EXPECT_THAT(one, testing::Not(HasSubstr("Data 42949"))) << "a time below 0";
}

TEST_F(RtmpRecordingPlay, WhoGoesLeavesNothingOpen) {
  files_.write("lecture.flv", flv_of(lecture(60)));
  serve();
  const auto stays = player({.name = "lecture"});
  ASSERT_TRUE(stays->wait_for("Video Data 0"));
  const auto descriptors = server_->descriptors();
  for (int i = 0; i < 20; ++i) {
    const auto client = player({.name = "lecture"});
    if (i % 2 == 0) client->wait_for("Video Data 0");
  }
  EXPECT_TRUE(test::eventually([&] { return server_->descriptors() == descriptors; }));
}

TEST_F(RtmpRecordingPlay, AtTheEndOfTheServicePlayersAreTold) {
  files_.write("lecture.flv", flv_of(lecture(60)));
  serve();
  const auto client = player({.name = "lecture"});
  ASSERT_TRUE(client->wait_for("Video Data 0"));
  EXPECT_EQ(server_->terminate(), 0);
  EXPECT_TRUE(client->wait_for("Stream EOF 1"));
  EXPECT_TRUE(client->is_at_end());
}

}  // namespace
}  // namespace labnet::rtmp_server
