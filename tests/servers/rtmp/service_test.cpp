// The service as a user runs it, with the programs that people publish and play with: FFmpeg, rtmpdump and GStreamer.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "common/base/text.hpp"
#include "common/control/client.hpp"
#include "servers/rtmp/limits.hpp"
#include "servers/rtmp/streams.hpp"
#include "tests/servers/rtmp/programs.hpp"
#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::rtmp_server {
namespace {

using test::Child;
using test::RunningService;
using test::TemporaryFolder;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
/// One that a test has written: media as a publisher sends them.
void send_first_second(SocketClient& publisher) {
  for (const auto& message :
       {metadata_message(), audio_header(), video_header(), video_message(0, true), audio_message(10),
        video_message(500, false), video_message(1000, true), audio_message(1010), video_message(1040, false)}) {
    publisher.client().say(message);
  }
  publisher.send();
}

class RtmpService : public testing::Test {
 protected:
  void serve(Words options = {"--key", "1234"}, const test::How& how = {}) {
    server_ = std::make_unique<RunningService>("rtmp", std::move(options), how);
    port_ = server_->port("rtmp");
  }
  void serve_with(const std::string& yaml) { serve({"-c", folder_.write("rtmp.yaml", yaml)}); }
  /// Until so many descriptors are open, and for what players still have to say then.
  void wait_for_connections(std::size_t descriptors) const {
    EXPECT_TRUE(test::eventually([&] { return server_->descriptors() >= descriptors; }));
    for (int i = 0; i < 10; ++i) test::pause();
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator{folder_.path()}) names.push_back(one.path().filename());
    return names;
  }

  TemporaryFolder folder_;
  std::unique_ptr<RunningService> server_;
  std::uint16_t port_ = 0;
};

TEST_F(RtmpService, EveryPlayerGetsWhatEveryPublisherSends) {
  serve({"--key", "1234", "--workers", "2"});
  const auto wanted = hashes_of(clip());
  int number = 0;
  for (const auto& publisher : {ffmpeg_publisher(url(port_)), gstreamer_publisher(url(port_))}) {
    const auto name = [&](const std::string& player) { return path(fmt::format("{}-{}.flv", player, number)); };
    const auto descriptors = server_->descriptors();
    Child ffmpeg{ffmpeg_player(url(port_), name("ffmpeg")), patient};
    Child rtmpdump{rtmpdump_player(url(port_), name("rtmpdump")), patient};
    Child gstreamer{gstreamer_player(url(port_), name("gstreamer")), patient};
    wait_for_connections(descriptors + 3);
    Child sender{publisher, patient};
    EXPECT_EQ(sender.wait().exit_code, 0) << publisher[0];
    EXPECT_EQ(ffmpeg.wait().exit_code, 0);
    rtmpdump.wait();  // it calls the end of a stream incomplete, as it knows of no length
    EXPECT_EQ(gstreamer.wait().exit_code, 0);
    EXPECT_EQ(hashes_of(name("ffmpeg")), wanted) << publisher[0];
    EXPECT_EQ(hashes_of(name("rtmpdump")), wanted) << publisher[0];
    // When a stream ends, rtmp2src forgets the message that came last, which is one of sound.
    EXPECT_EQ(split(hashes_of(name("gstreamer")), '\n')[0], split(wanted, '\n')[0]) << publisher[0];
    ++number;
  }
}

TEST_F(RtmpService, ByTlsItIsTheSame) {
  const auto certificate = test::make_certificate(folder_);
  serve({"--key", "1234", "--listen", "rtmps://127.0.0.1:0", "--cert", certificate.certificate, "--cert-key",
         certificate.key});
  const auto secure = url(server_->port("rtmps"), "1234", "rtmps");
  const auto descriptors = server_->descriptors();
  Child player{ffmpeg_player(secure, path("secure.flv")), patient};
  Child in_clear{ffmpeg_player(url(port_), path("clear.flv")), patient};
  wait_for_connections(descriptors + 2);
  EXPECT_EQ(test::run(ffmpeg_publisher(secure), patient).exit_code, 0);
  EXPECT_EQ(player.wait().exit_code, 0);
  EXPECT_EQ(in_clear.wait().exit_code, 0);
  EXPECT_EQ(hashes_of(path("secure.flv")), hashes_of(clip()));
  EXPECT_EQ(hashes_of(path("clear.flv")), hashes_of(clip()));
}

TEST_F(RtmpService, WhoSpeaksWithoutTlsWhereThatIsExpectedIsTold) {
  const auto certificate = test::make_certificate(folder_);
  serve({"--key", "1234", "--listen", "rtmps://127.0.0.1:0", "--cert", certificate.certificate, "--cert-key",
         certificate.key});
  SocketClient in_clear{server_->port("rtmps")};
  in_clear.send();
  EXPECT_TRUE(in_clear.tcp().is_at_end());
  EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr("RTMP is spoken where TLS is expected"));
  const test::TcpClient browser{server_->port("rtmps")};
  browser.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(browser.is_at_end());
  EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr("HTTP is spoken where TLS is expected"));
  const test::TcpClient odd{server_->port("rtmps")};
  odd.send("\x16nothing that TLS begins with");
  EXPECT_TRUE(odd.is_at_end());
  EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr("what the peer sends is not TLS"));
}

/// A service that tells how many play: within HTTP, who has connected may have a lot to ask before he does.
class RtmpServiceWithinHttp : public RtmpService {
 protected:
  void serve_within_http(const std::string& scheme, Words options) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    lab_ = std::make_unique<control::Client>(FileDescriptor{ends[0]});
    others_end_ = FileDescriptor{ends[1]};
    options.insert(options.end(),
                   {"--key", "1234", "--listen", scheme + "://127.0.0.1:0", "--control-fd", std::to_string(ends[1])});
    serve(std::move(options));
    tunnelled_ = url(server_->port(scheme), "1234", scheme);
  }
  void wait_for_players(std::int64_t count) const {
    EXPECT_TRUE(test::eventually([&] {
      const auto reply = lab_->ask({{"do", "streams"}}, test::patience);
      const auto& streams = reply->at("streams").as_array();
      return !streams.empty() && streams[0].at("players").as_int64() == count;
    }));
  }

  std::unique_ptr<control::Client> lab_;
  FileDescriptor others_end_;
  std::string tunnelled_;
};

/// Of their last messages FFmpeg sends none if they are fewer than that.
Words ffmpeg_publisher_within_http(const std::string& to) {
  auto command = ffmpeg_publisher(to);
  command.insert(command.end() - 1, {"-rtmp_flush_interval", "1"});
  return command;
}

TEST_F(RtmpServiceWithinHttp, ItIsTheSame) {
  serve_within_http("rtmpt", {"--workers", "2"});
  Child ffmpeg{ffmpeg_player(tunnelled_, path("ffmpeg.flv")), patient};
  Child rtmpdump{rtmpdump_player(tunnelled_, path("rtmpdump.flv")), patient};
  Child in_clear{ffmpeg_player(url(port_), path("clear.flv")), patient};
  wait_for_players(3);
  EXPECT_EQ(test::run(ffmpeg_publisher_within_http(tunnelled_), patient).exit_code, 0);
  EXPECT_EQ(ffmpeg.wait().exit_code, 0);
  rtmpdump.wait();
  EXPECT_EQ(in_clear.wait().exit_code, 0);
  const auto wanted = hashes_of(clip());
  EXPECT_EQ(hashes_of(path("ffmpeg.flv")), wanted);
  EXPECT_EQ(hashes_of(path("rtmpdump.flv")), wanted);
  EXPECT_EQ(hashes_of(path("clear.flv")), wanted);
}

TEST_F(RtmpServiceWithinHttp, OurOwnClientGetsTheSameAsEveryOther) {
  serve_within_http("rtmpt", {"--workers", "2"});
  const auto wanted = hashes_of(clip());
  int number = 0;
  for (const auto& publisher :
       {Words{test::labnet(), "rtmp", "publish", clip(), tunnelled_}, ffmpeg_publisher_within_http(tunnelled_)}) {
    const auto own = path(fmt::format("own-{}.flv", number)), other = path(fmt::format("other-{}.flv", number));
    Child player{{test::labnet(), "rtmp", "play", tunnelled_, "-o", own}, patient};
    Child ffmpeg{ffmpeg_player(tunnelled_, other), patient};
    wait_for_players(2);
    const auto sent = test::run(publisher, patient);
    EXPECT_EQ(sent.exit_code, 0) << sent.errors;
    EXPECT_EQ(player.wait().exit_code, 0);
    EXPECT_EQ(ffmpeg.wait().exit_code, 0);
    EXPECT_EQ(hashes_of(own), wanted) << publisher[0];
    EXPECT_EQ(hashes_of(other), wanted) << publisher[0];
    ++number;
  }
}

TEST_F(RtmpServiceWithinHttp, ByTlsItIsTheSameToo) {
  const auto certificate = test::make_certificate(folder_);
  serve_within_http("rtmpts", {"--cert", certificate.certificate, "--cert-key", certificate.key});
  Child ffmpeg{ffmpeg_player(tunnelled_, path("ffmpeg.flv")), patient};
  Child own{{test::labnet(), "rtmp", "play", tunnelled_, "--insecure", "-o", path("own.flv")}, patient};
  wait_for_players(2);
  EXPECT_EQ(test::run({test::labnet(), "rtmp", "publish", clip(), tunnelled_, "--insecure"}, patient).exit_code, 0);
  EXPECT_EQ(ffmpeg.wait().exit_code, 0);
  EXPECT_EQ(own.wait().exit_code, 0);
  EXPECT_EQ(hashes_of(path("ffmpeg.flv")), hashes_of(clip()));
  EXPECT_EQ(hashes_of(path("own.flv")), hashes_of(clip()));
}

TEST_F(RtmpService, WhoComesLateBeginsWithHeadersAndAKeyFrame) {
  serve();
  SocketClient publisher{port_};
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  send_first_second(publisher);
  SocketClient early{port_};
  early.play("1234");
  ASSERT_TRUE(early.wait_for("Video Data 1040"));  // so that all of it has come
  SocketClient late{port_};
  late.play("1234");
  ASSERT_TRUE(late.wait_for("NetStream.Play.Start"));
  publisher.send(video_message(1080, false));
  EXPECT_THAT(late.next_media(7),
              ElementsAre("1: onMetaData", "1: Audio Data 1000", "1: Video Data 1000", "1: Video Data 1000",
                          "1: Audio Data 1010", "1: Video Data 1040", "1: Video Data 1080"));
}

TEST_F(RtmpService, WithoutACacheWhoComesLateWaitsForAKeyFrameWithSound) {
  serve_with("apps: { live: { keys: { 1234: {} }, gop_cache: { on: false } } }\n");
  SocketClient publisher{port_};
  publisher.publish("1234");
  send_first_second(publisher);
  SocketClient early{port_};
  early.play("1234");
  publisher.send(audio_message(1050));
  ASSERT_TRUE(early.wait_for("Audio Data 1050"));
  SocketClient late{port_};
  late.play("1234");
  ASSERT_TRUE(late.wait_for("RtmpSampleAccess"));
  for (const auto& message : {video_message(1080, false), audio_message(1090), video_message(2000, true)}) {
    publisher.client().say(message);
  }
  publisher.send();
  const auto media = late.next_media(5);
  EXPECT_THAT(media, ElementsAre("1: onMetaData", testing::StartsWith("1: Audio Data"),
                                 testing::StartsWith("1: Video Data"), "1: Audio Data 1090", "1: Video Data 2000"));
}

TEST_F(RtmpService, APlayerOnAnotherMessageStreamGetsTheSame) {
  serve();
  SocketClient player{port_};
  player.connect();
  player.client().say(rtmp::stream_command("createStream", 3));
  player.client().say(rtmp::to_command(rtmp::Play{.name = "1234"}, 4), 2);
  player.send();
  ASSERT_TRUE(player.wait_for("2: onStatus NetStream.Play.Start"));
  SocketClient publisher{port_};
  publisher.publish("1234");
  send_first_second(publisher);
  EXPECT_THAT(player.next_media(4),
              ElementsAre("2: onMetaData", "2: Audio Data 0", "2: Video Data 0", "2: Video Data 0"));
}

TEST_F(RtmpService, PlayersOfAKilledPublisherAreToldAndItMayComeBack) {
  serve();
  SocketClient player{port_};
  player.play("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.Start"));
  {
    const Child publisher{ffmpeg_publisher(url(port_)), patient};
    ASSERT_TRUE(player.wait_for("NetStream.Play.PublishNotify"));
    ASSERT_TRUE(player.wait_for("Video Data"));
  }  // by SIGKILL
  ASSERT_TRUE(player.wait_for("Stream EOF 1"));
  ASSERT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
  const Child again{ffmpeg_publisher(url(port_)), patient};
  EXPECT_TRUE(player.wait_for("NetStream.Play.PublishNotify"));
  EXPECT_TRUE(player.wait_for("Video Data"));
}

TEST_F(RtmpService, TheNewestOfTwoPublishersWinsAndTimeGoesOn) {
  serve();
  SocketClient player{port_}, first{port_}, second{port_};
  player.play("1234");
  first.publish("1234");
  ASSERT_TRUE(first.wait_for("NetStream.Publish.Start"));
  first.send(video_message(5'000, true));
  ASSERT_TRUE(player.wait_for("Video Data 5000"));
  second.publish("1234");
  ASSERT_TRUE(second.wait_for("NetStream.Publish.Start"));
  second.send(video_message(100, true));
  second.send(video_message(140, false));
  EXPECT_EQ(player.next(), "1: Video Data 5020") << "no end and no beginning between the two";
  EXPECT_EQ(player.next(), "1: Video Data 5060");
  EXPECT_TRUE(first.wait_for("NetStream.Publish.BadName"));
  EXPECT_TRUE(first.is_at_end());
  server_->wait_for_log("a publisher is replaced");
}

TEST_F(RtmpService, WhereThatIsSetTheFirstOfTwoPublishersStays) {
  serve_with("apps: { live: { keys: { 1234: {} }, when_busy: refuse } }\n");
  SocketClient player{port_}, first{port_}, second{port_};
  player.play("1234");
  first.publish("1234");
  ASSERT_TRUE(first.wait_for("NetStream.Publish.Start"));
  second.publish("1234");
  EXPECT_TRUE(second.wait_for("NetStream.Publish.BadName"));
  EXPECT_TRUE(second.is_at_end());
  first.send(video_message(70, true));
  EXPECT_TRUE(player.wait_for("Video Data 70"));
}

TEST_F(RtmpService, WhereThatIsSetAStreamThatIsNotThereIsNotFound) {
  serve_with("apps: { live: { keys: { 1234: {} }, when_absent: not_found } }\n");
  const auto ffmpeg = test::run(ffmpeg_player(url(port_), path("none.flv")), patient);
  EXPECT_NE(ffmpeg.exit_code, 0) << "it gives up at once";
  SocketClient player{port_}, publisher{port_};
  player.play("1234");
  EXPECT_TRUE(player.wait_for("NetStream.Play.StreamNotFound"));
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  player.client().say(rtmp::to_command(rtmp::Play{.name = "1234"}, 4), 1);
  player.send();
  EXPECT_TRUE(player.wait_for("NetStream.Play.Start"));
}

TEST_F(RtmpService, WhoDoesNotKnowAKeyPublishesNothing) {
  serve_with("apps: { live: { keys: { s3cret: { name: camera } } }, open: { open: true } }\n");
  SocketClient stranger{port_}, by_name{port_}, elsewhere{port_}, publisher{port_}, player{port_}, anybody{port_};
  stranger.publish("guess");
  EXPECT_TRUE(stranger.wait_for("NetStream.Publish.Denied"));
  EXPECT_TRUE(stranger.is_at_end());
  by_name.publish("camera");
  EXPECT_TRUE(by_name.wait_for("NetStream.Publish.Denied")) << "what players know is not enough";
  elsewhere.publish("s3cret", "nowhere");
  EXPECT_TRUE(elsewhere.wait_for("NetConnection.Connect.InvalidApp"));
  anybody.publish("anything", "open");
  EXPECT_TRUE(anybody.wait_for("NetStream.Publish.Start"));
  player.play("camera");
  publisher.publish("s3cret?user=ann");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  publisher.send(video_message(1, true));
  EXPECT_TRUE(player.wait_for("Video Data 1"));
  const auto line = server_->wait_for_log("publishes");
  EXPECT_THAT(line, Not(HasSubstr("s3cret")));
}

TEST_F(RtmpService, TheLogTellsWhichStreamForHowLongAndHowMuch) {
  serve_with("apps: { live: { keys: { s3cret: { name: camera }, hidden: {} } } }\n");
  {
    SocketClient publisher{port_};
    publisher.publish("s3cret");
    ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
    publisher.send(video_message(1, true, 5'000));
  }
  EXPECT_THAT(server_->wait_for_log("publishes"), HasSubstr("camera"));
  const auto end = server_->wait_for_log("has published");
  EXPECT_THAT(end, AllOf(HasSubstr("camera"), HasSubstr("bytes=5000"), ContainsRegex("time=.?[0-9]+\\.[0-9] s")));
  SocketClient nameless{port_};
  nameless.publish("hidden");
  EXPECT_THAT(server_->wait_for_log("publishes"), AllOf(HasSubstr("its key has no name"), Not(HasSubstr("hidden"))));
}

TEST_F(RtmpService, KeysAreReadAgainAndWithAFaultAllStays) {
  serve_with("apps: { live: { keys: { old: {} } } }\n");
  SocketClient old{port_};
  old.publish("old");
  ASSERT_TRUE(old.wait_for("NetStream.Publish.Start"));
  folder_.write("rtmp.yaml", "apps: { live: { keys: { new: {} } } }\n");
  server_->signal(SIGHUP);
  server_->wait_for_log("read again");
  SocketClient fresh{port_}, late{port_};
  fresh.publish("new");
  EXPECT_TRUE(fresh.wait_for("NetStream.Publish.Start"));
  late.publish("old");
  EXPECT_TRUE(late.wait_for("NetStream.Publish.Denied"));
  folder_.write("rtmp.yaml", "aps: {}\n");
  server_->signal(SIGHUP);
  server_->wait_for_log("stay as they are");
  SocketClient again{port_};
  again.publish("new");
  EXPECT_TRUE(again.wait_for("NetStream.Publish.Start"));
}

// The end

TEST_F(RtmpService, AtItsEndPlayersAreToldAndRecordingsAreWhole) {
  serve({"--key", "1234", "--record", folder_.path()});
  SocketClient publisher{port_}, player{port_};
  player.play("1234");
  publisher.publish("1234");
  send_first_second(publisher);
  ASSERT_TRUE(player.wait_for("Video Data 1040"));
  EXPECT_EQ(server_->terminate(), 0);
  EXPECT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
  EXPECT_TRUE(player.is_at_end());
  EXPECT_TRUE(publisher.wait_for("NetConnection.Connect.Closed"));
  EXPECT_THAT(files(), ElementsAre(AllOf(testing::StartsWith("live-"), testing::EndsWith("Z.flv"))));
}

TEST_F(RtmpService, ARecordingIsWhatWasPublished) {
  serve({"--key", "1234", "--record", folder_.path()});
  ASSERT_EQ(test::run(ffmpeg_publisher(url(port_)), patient).exit_code, 0);
  server_->wait_for_log("recorded");
  ASSERT_EQ(files().size(), 1u);
  EXPECT_THAT(files()[0], Not(HasSubstr("1234")));
  EXPECT_EQ(hashes_of(path(files()[0])), hashes_of(clip()));
}

TEST_F(RtmpService, WhatAKillLeavesCanBePlayedAndGetsItsNameAtTheNextStart) {
  serve({"--key", "1234", "--record", folder_.path()});
  SocketClient publisher{port_};
  publisher.publish("1234");
  send_first_second(publisher);
  ASSERT_TRUE(
      test::eventually([&] { return files().size() == 1 && std::filesystem::file_size(path(files()[0])) > 100; }));
  EXPECT_THAT(files()[0], AllOf(testing::StartsWith(".live-"), testing::EndsWith(".flv.part")));
  server_->kill_and_restart();
  EXPECT_THAT(files(), ElementsAre(AllOf(testing::StartsWith("live-"), testing::EndsWith("Z.flv"))));
}

TEST_F(RtmpService, AFullDiskEndsTheRecordingAndNotTheStream) {
  serve({"--key", "1234", "--record", folder_.path()}, {.prepare = [] {
          const rlimit small{16 << 10, 16 << 10};
          ::setrlimit(RLIMIT_FSIZE, &small);
          std::signal(SIGXFSZ, SIG_IGN);
        }});
  SocketClient publisher{port_}, player{port_};
  player.play("1234");
  publisher.publish("1234");
  publisher.send(video_message(0, true, 100'000));
  server_->wait_for_log("a recording ends, the stream goes on");
  publisher.send(video_message(40, false));
  EXPECT_TRUE(player.wait_for("Video Data 40"));
}

TEST_F(RtmpService, SocketsThatAreHandedInAreServedByTheirNames) {
  const auto certificate = test::make_certificate(folder_);
  const test::TcpListener plain, secure;
  const test::How handing_in{.prepare = [&] {
    plain.copy_to(20);
    secure.copy_to(21);
    ::dup2(20, 3);
    ::dup2(21, 4);
    ::setenv("LISTEN_FDS", "2", 1);
    ::setenv("LISTEN_FDNAMES", "rtmp:rtmps", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  }};
  serve({"--key", "1234", "--cert", certificate.certificate, "--cert-key", certificate.key}, handing_in);
  SocketClient in_clear{plain.port()};
  in_clear.play("1234");
  EXPECT_TRUE(in_clear.wait_for("NetStream.Play.Start"));
  SocketClient by_tls{secure.port()};
  ASSERT_TRUE(by_tls.tcp().begin_tls());
  by_tls.publish("1234");
  EXPECT_TRUE(by_tls.wait_for("NetStream.Publish.Start"));
  EXPECT_TRUE(in_clear.wait_for("NetStream.Play.PublishNotify"));
}

// What is told of streams

TEST_F(RtmpService, ALabIsToldOfItsStreams) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  control::Client lab{FileDescriptor{ends[0]}};
  const FileDescriptor others_end{ends[1]};
  serve({"--key", "1234", "--control-fd", std::to_string(ends[1])});
  SocketClient player{port_}, publisher{port_};
  player.play("1234");
  publisher.publish("1234");
  send_first_second(publisher);
  ASSERT_TRUE(player.wait_for("Video Data 1040"));
  const auto reply = lab.ask({{"do", "streams"}}, test::patience);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->at("connections").as_int64(), 2);
  ASSERT_EQ(reply->at("streams").as_array().size(), 1u);
  const auto& stream = reply->at("streams").as_array()[0].as_object();
  EXPECT_EQ(stream.at("app").as_string(), "live");
  EXPECT_EQ(stream.at("players").as_int64(), 1);
  EXPECT_EQ(stream.at("video_frames").as_int64(), 4);
  EXPECT_EQ(stream.at("client").as_string(), "FMLE/3.0 (compatible; FMSc/1.0)");
  EXPECT_GT(stream.at("bytes_out").as_int64(), stream.at("bytes_in").as_int64()) << "headers of chunks are sent, too";
  EXPECT_EQ(lab.ask({{"do", "reload"}}, test::patience)->at("applications").as_int64(), 1);
  EXPECT_FALSE(lab.ask({{"do", "dance"}}, test::patience));
}

TEST(RtmpStreams, AReportCountsWhatWasPublished) {
  const auto streams = std::make_shared<Streams>(4096);
  const AppConfig app{.name = "live"};
  EXPECT_EQ(streams->find("live", "1234"), nullptr);
  auto stream = streams->open(app, "1234");
  EXPECT_EQ(streams->open(app, "1234"), stream);
  const auto ticket = stream->begin_publishing({.address = "tcp://127.0.0.1:9", .client = "OBS"}, WhenBusy::refuse);
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(stream->begin_publishing({}, WhenBusy::refuse));
  ASSERT_TRUE(stream->publish(*ticket, {audio_header(), video_header(), video_message(0, true, 100),
                                        video_message(40, false, 100), audio_message(41, 50)}));
  const auto reports = streams->report();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].video_frames, 2u);
  EXPECT_EQ(reports[0].key_frames, 1u);
  EXPECT_EQ(reports[0].audio_messages, 1u);
  EXPECT_EQ(reports[0].bytes_in, 294u);
  EXPECT_EQ(reports[0].video_codec, "H.264");
  EXPECT_EQ(reports[0].audio_codec, "AAC");
  EXPECT_EQ(to_json(reports[0]).at("publisher").as_string(), "tcp://127.0.0.1:9");
  stream->end_publishing(*ticket);
  EXPECT_FALSE(stream->publish(*ticket, {audio_message(60)}));
  EXPECT_FALSE(to_json(stream->report()).contains("publisher"));
  stream.reset();
  EXPECT_TRUE(streams->report().empty()) << "nobody has anything to do with it any more";
}

TEST(RtmpStreams, OneMoreThanThereMayBeIsNotMade) {
  const auto streams = std::make_shared<Streams>(4096);
  const AppConfig app{.name = "live"};
  std::vector<std::shared_ptr<LiveStream>> all;
  for (std::size_t i = 0; i < streams_max; ++i) all.push_back(streams->open(app, std::to_string(i)));
  EXPECT_NE(all.back(), nullptr);
  EXPECT_EQ(streams->open(app, "another"), nullptr);
  EXPECT_EQ(streams->open(app, "7"), all[7]);
  all.pop_back();
  EXPECT_NE(streams->open(app, "another"), nullptr);
}

TEST(RtmpStreams, WhoWasReplacedPublishesNothingMore) {
  const auto streams = std::make_shared<Streams>(4096);
  const auto stream = streams->open({.name = "live"}, "1234");
  bool is_told = false;
  const auto first = stream->begin_publishing({.on_replaced = [&] { is_told = true; }}, WhenBusy::newest_wins);
  const auto second = stream->begin_publishing({}, WhenBusy::newest_wins);
  EXPECT_TRUE(is_told);
  EXPECT_FALSE(stream->publish(*first, {audio_message(1)}));
  stream->end_publishing(*first);
  EXPECT_TRUE(stream->publish(*second, {audio_message(1)}));
}

}  // namespace
}  // namespace labnet::rtmp_server
