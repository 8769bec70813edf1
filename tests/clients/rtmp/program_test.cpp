// labnet rtmp as a user runs it, with servers that do what the test wants.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/rtmp/aggregate.hpp"
#include "common/rtmp/flv.hpp"
#include "common/rtmp/replies.hpp"
#include "tests/clients/rtmp/clip.hpp"
#include "tests/clients/rtmp/fake_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using rtmp::Command;
using rtmp::MessageType;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace filesystem = std::filesystem;

using Words = std::vector<std::string>;

class RtmpProgram : public testing::Test {
 protected:
  Words command(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "rtmp", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  Outcome rtmp(const std::string& verb, const Words& arguments) const {
    return run(command(verb, arguments), {.folder = folder_.path()});
  }
  std::string here(const std::string& name) const { return folder_.path() + "/" + name; }

  TemporaryFolder folder_;
  std::string clip_ = folder_.write("clip.flv", clip_of(30));
};

/// Sends a stream as soon as it is asked for: headers, so many frames, then whatever the end is.
FakeRtmpServer::Answer stream_of(int frames, const FakeRtmpServer::Answer& end) {
  return [frames, end](FakeRtmpSession& session, const Command& play) {
    say_status(session, "NetStream.Play.Start");
    session.send_media(MessageType::video, 1000, video_header());
    session.send_media(MessageType::audio, 1000, audio_header());
    for (int i = 0; i < frames; ++i) {
      const auto timestamp = 1000 + 40 * static_cast<std::uint32_t>(i);
      session.send_media(MessageType::video, timestamp, video_frame(i % 10 == 0, i));
      session.send_media(MessageType::audio, timestamp, audio_frame(i));
    }
    end(session, play);
  };
}

const FakeRtmpServer::Answer unpublished = [](FakeRtmpSession& session, const Command&) {
  say_status(session, "NetStream.Play.UnpublishNotify");
};
const FakeRtmpServer::Answer gone = [](FakeRtmpSession& session, const Command&) { session.close(); };
const FakeRtmpServer::Answer silent = [](FakeRtmpSession&, const Command&) {};

/// The tags of a file, as "video 1000 <octets>".
std::vector<std::string> tags_of(const std::string& octets) {
  std::vector<std::string> tags;
  rtmp::FlvReader reader;
  auto rest = as_bytes(octets);
  while (!rest.empty()) {
    const auto step = reader.read(rest);
    if (!step) return {rtmp::describe(step.error())};
    rest = rest.subspan(step->used);
    if (!step->tag) continue;
    tags.push_back(fmt::format("{} {} {}", static_cast<int>(step->tag->type), step->tag->timestamp,
                               as_text(step->tag->payload.bytes())));
  }
  return tags;
}

// publish

TEST_F(RtmpProgram, SendsAFileAsACameraDoes) {
  const FakeRtmpServer server;
  const auto outcome = rtmp("publish", {clip_, server.url(), "--fast", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  server.wait_for_end();
  const auto lines = server.lines();
  ASSERT_GE(lines.size(), 10U);
  const auto sent = boost::json::parse(outcome.output);
  EXPECT_EQ(sent.at("video_messages").as_int64(), 31);
  EXPECT_EQ(sent.at("audio_messages").as_int64(), 31);
  EXPECT_EQ(sent.at("stream_ms").as_int64(), 29 * 40);
  EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("video "); }), 31);
  EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("audio "); }), 31);
  EXPECT_THAT(lines, Contains("@setDataFrame(\"onMetaData\", {width: 320, height: 180, framerate: 25})"));
}

/// Without audio, video and data.
std::vector<std::string> dialogue_of(const FakeRtmpServer& server) {
  auto lines = server.lines();
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("video ") || line.starts_with("audio ") || line.starts_with("@setDataFrame");
  });
  return lines;
}

TEST_F(RtmpProgram, PublishesAsObsDoes) {
  const FakeRtmpServer server;
  const auto outcome = rtmp("publish", {clip_, server.url(), "--fast", "--like", "obs"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  server.wait_for_end();
  const auto tc_url = server.url().substr(0, server.url().rfind('/'));
  EXPECT_THAT(
      dialogue_of(server),
      ElementsAre("Set Chunk Size 4096",
                  fmt::format("connect(1, {{app: \"live\", type: \"nonprivate\", supportsGoAway: true, "
                              "flashVer: \"FMLE/3.0 (compatible; FMSc/1.0)\", swfUrl: \"{0}\", tcUrl: \"{0}\"}})",
                              tc_url),
                  "releaseStream(2, null, \"1234\")", "FCPublish(3, null, \"1234\")", "createStream(4)",
                  "publish(5, null, \"1234\", \"live\")", "FCUnpublish(6, null, \"1234\")",
                  "deleteStream(7, null, 1)"));
}

TEST_F(RtmpProgram, PublishesInItsOwnTimeAndOverAndOver) {
  const FakeRtmpServer server;
  const auto outcome =
      rtmp("publish", {clip_, server.url(), "--loop", "--duration", "2500ms", "--clock", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto sent = boost::json::parse(outcome.output);
  EXPECT_GE(sent.at("wall_ms").as_int64(), 2400);  // never before its time
  EXPECT_GT(sent.at("stream_ms").as_int64(), 2400);
  EXPECT_LT(sent.at("stream_ms").as_int64(), 2500);
  server.wait_for_end();
  const auto lines = server.lines();
  EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("@setDataFrame"); }), 3);
  EXPECT_GE(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("onFI"); }), 2);
}

TEST_F(RtmpProgram, EndsWellWhenItIsInterrupted) {
  const FakeRtmpServer server;
  Child publisher{command("publish", {clip_, server.url(), "--loop"})};
  for (int i = 0; i < 1000 && std::ranges::count(server.lines(), "audio 9") == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  publisher.signal(SIGINT);
  const auto outcome = publisher.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("messages of video"));
  server.wait_for_end();
  EXPECT_EQ(server.lines().back(), "deleteStream(7, null, 1)");
}

TEST_F(RtmpProgram, SaysWhyItMayNotPublish) {
  const FakeRtmpServer refusing{{{"publish", [](FakeRtmpSession& session, const Command&) {
                                    say_status(session, "NetStream.Publish.BadName", "error");
                                  }}}};
  const auto refused = rtmp("publish", {clip_, refusing.url()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.errors,
            "labnet rtmp publish: the server refuses publish: NetStream.Publish.BadName: as the test wants it\n");

  const FakeRtmpServer unwilling{{{"connect", [](FakeRtmpSession& session, const Command& connect) {
                                     rtmp::Status status;
                                     status.level = "error";
                                     status.code = "NetConnection.Connect.Rejected";
                                     session.send(rtmp::error_result(connect.transaction, status));
                                   }}}};
  EXPECT_THAT(rtmp("publish", {clip_, unwilling.url()}).errors,
              HasSubstr("the server refuses connect: NetConnection.Connect.Rejected"));

  const FakeRtmpServer ending{{{"publish", [](FakeRtmpSession& session, const Command&) {
                                  say_status(session, "NetStream.Publish.Start");
                                  say_status(session, "NetStream.Publish.Denied", "error");
                                }}}};
  EXPECT_THAT(rtmp("publish", {clip_, ending.url()}).errors, HasSubstr("the server ends it: NetStream.Publish.Denied"));

  const FakeRtmpServer closing{{{"createStream", gone}}};
  EXPECT_THAT(rtmp("publish", {clip_, closing.url()}).errors,
              HasSubstr("the server closed the connection in place of an answer to createStream"));
}

TEST_F(RtmpProgram, TakesNoOtherFile) {
  const FakeRtmpServer server;
  const auto text = folder_.write("notes.txt", "no stream at all, but long enough for a header");
  const auto outcome = rtmp("publish", {text, server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("notes.txt: octet 0: "), HasSubstr("-c copy out.flv")));
  EXPECT_THAT(rtmp("publish", {folder_.write("short.flv", "FLV"), server.url()}).errors,
              HasSubstr("short.flv ends within its header"));
  EXPECT_THAT(rtmp("publish", {folder_.path(), server.url()}).errors, HasSubstr("is a folder; expected an FLV file"));
  EXPECT_THAT(rtmp("publish", {here("none.flv"), server.url()}).errors, HasSubstr("cannot read"));
  EXPECT_THAT(server.lines(), ElementsAre());  // nobody was connected to
}

TEST_F(RtmpProgram, PublishesWhatIsLeftOfAFileThatIsCut) {
  const FakeRtmpServer server;
  const auto whole = clip_of(30);
  const auto cut = folder_.write("cut.flv", whole.substr(0, whole.size() - 20));
  const auto outcome = rtmp("publish", {cut, server.url(), "--fast", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(boost::json::parse(outcome.output).at("audio_messages").as_int64(), 30);
}

// play

TEST_F(RtmpProgram, KeepsWhatItPlays) {
  const FakeRtmpServer server{{{"play", stream_of(20, unpublished)}}};
  const auto outcome = rtmp("play", {server.url("1234?token=a"), "-o", "got.flv", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto report = boost::json::parse(outcome.output);
  EXPECT_EQ(report.at("end").as_string(), "the stream ended");
  EXPECT_EQ(report.at("video").at("frames").as_int64(), 20);
  EXPECT_EQ(report.at("video").at("key_frames").as_int64(), 2);
  EXPECT_EQ(report.at("video").at("codec").as_string(), "H.264");
  EXPECT_EQ(report.at("audio").at("frames").as_int64(), 20);
  EXPECT_EQ(report.at("audio").at("codec").as_string(), "AAC");
  EXPECT_EQ(report.at("stream_ms").as_int64(), 19 * 40);
  EXPECT_EQ(report.at("key_frame_interval_ms").as_double(), 400);
  EXPECT_TRUE(report.at("begins_with_key_frame").as_bool());
  std::vector<std::string> expected{"9 0 " + video_header(), "8 0 " + audio_header()};
  for (int i = 0; i < 20; ++i) {
    expected.push_back(fmt::format("9 {} {}", 40 * i, video_frame(i % 10 == 0, i)));
    expected.push_back(fmt::format("8 {} {}", 40 * i, audio_frame(i)));
  }
  EXPECT_EQ(tags_of(read_file(here("got.flv"))), expected);
  EXPECT_THAT(server.lines(), Contains("play(3, null, \"1234?token=a\")"));
}

TEST_F(RtmpProgram, EndsHoweverTheServerSaysIt) {
  const FakeRtmpServer eof{{{"play", stream_of(3, [](FakeRtmpSession& session, const Command&) {
                               session.send(rtmp::UserControl{.event = rtmp::UserEvent::stream_eof, .value = 1});
                             })}}};
  EXPECT_THAT(rtmp("play", {eof.url()}).output, HasSubstr("the stream ended"));
  const FakeRtmpServer closing{{{"play", stream_of(3, gone)}}};
  EXPECT_THAT(rtmp("play", {closing.url()}).output, HasSubstr("the server closed the connection"));
  const FakeRtmpServer stopping{{{"play", stream_of(3, [](FakeRtmpSession& session, const Command&) {
                                    say_status(session, "NetStream.Play.Stop");
                                  })}}};
  EXPECT_THAT(rtmp("play", {stopping.url()}).output, HasSubstr("the stream ended"));
  const FakeRtmpServer failing{{{"play", stream_of(3, [](FakeRtmpSession& session, const Command&) {
                                   say_status(session, "NetStream.Play.Failed", "error");
                                 })}}};
  const auto failed = rtmp("play", {failing.url(), "-o", "got.flv"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.errors, HasSubstr("the server ends it: NetStream.Play.Failed"));
  EXPECT_EQ(tags_of(read_file(here("got.flv"))).size(), 8U);  // what came is kept
}

TEST_F(RtmpProgram, EndsWhenNothingComesAnyMore) {
  const FakeRtmpServer server{{{"play", stream_of(3, silent)}}};
  const auto ended = rtmp("play", {server.url(), "--timeout", "1s"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, HasSubstr("nothing came any more"));
  const FakeRtmpServer nobody;
  const auto waiting = rtmp("play", {nobody.url(), "--timeout", "1s", "-o", "got.flv"});
  EXPECT_EQ(waiting.exit_code, 1);
  EXPECT_THAT(waiting.errors, HasSubstr("nothing has come for 1 s: does anybody publish it?"));
  EXPECT_FALSE(filesystem::exists(here("got.flv")));
  const FakeRtmpServer mute{{{"createStream", silent}}};
  EXPECT_THAT(rtmp("play", {mute.url(), "--timeout", "1s"}).errors,
              HasSubstr("the server does not answer createStream"));
}

TEST_F(RtmpProgram, PlaysForAsLongAsItIsTold) {
  const FakeRtmpServer server{{{"play", stream_of(3, silent)}}};
  const auto outcome = rtmp("play", {server.url(), "--duration", "200ms", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(boost::json::parse(outcome.output).at("end").as_string(), "that was long enough");
  server.wait_for_end();
  EXPECT_THAT(server.lines().back(), StartsWith("deleteStream("));
}

/// All of it comes at once, as far ahead as the player's buffer holds.
TEST_F(RtmpProgram, OfARecordingItsOwnTimeCounts) {
  const auto recorded = [](FakeRtmpSession& session, const Command& play) {
    session.send(rtmp::UserControl{.event = rtmp::UserEvent::stream_is_recorded, .value = 1});
    stream_of(100, silent)(session, play);
  };
  const FakeRtmpServer server{{{"play", recorded}}};
  const auto outcome = rtmp("play", {server.url(), "--duration", "1s", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto report = boost::json::parse(outcome.output);
  EXPECT_EQ(report.at("end").as_string(), "that was long enough");
  EXPECT_EQ(report.at("stream_ms").as_int64(), 960) << "the last picture in front of 1 s";
  server.wait_for_end();
  EXPECT_THAT(server.lines().back(), StartsWith("deleteStream("));
}

TEST_F(RtmpProgram, TakesTimesWithAndWithoutUnits) {
  for (const std::string start : {"2", "2s", "2000ms"}) {
    const FakeRtmpServer server{{{"play", stream_of(3, unpublished)}}};
    EXPECT_EQ(rtmp("play", {server.url(), "--start", start}).exit_code, 0) << start;
    server.wait_for_end();
    EXPECT_THAT(server.lines(), Contains(HasSubstr("play(3, null, \"1234\", 2000"))) << start;
  }
  EXPECT_EQ(rtmp("play", {"rtmp://127.0.0.1/live/1", "--start", "soon"}).exit_code, 2);
}

TEST_F(RtmpProgram, ALoadThatNothingComesToSaysSo) {
  const FakeRtmpServer server{{{"play", [](FakeRtmpSession& session, const Command&) {
                                  say_status(session, "NetStream.Play.Start");
                                  session.close();
                                }}}};
  const auto outcome = rtmp("play", {server.url(), "--players", "2", "--duration", "1s"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("nothing came"), Not(HasSubstr("0.0 ms"))));
  const auto json = rtmp("play", {server.url(), "--players", "2", "--duration", "1s", "--format", "json"});
  EXPECT_THAT(json.output, AllOf(HasSubstr("\"failed\":2"), Not(HasSubstr("first_key_frame_ms"))));
}

TEST_F(RtmpProgram, AnswersPingsAndAcknowledges) {
  const FakeRtmpServer server{{{"play", [](FakeRtmpSession& session, const Command& play) {
                                  session.send(rtmp::WindowAcknowledgementSize{1000});
                                  session.send(rtmp::UserControl{.event = rtmp::UserEvent::ping_request, .value = 77});
                                  stream_of(100, unpublished)(session, play);
                                }}}};
  const auto outcome = rtmp("play", {server.url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  server.wait_for_end();
  EXPECT_THAT(server.lines(), AllOf(Contains("Ping Response 77"), Contains(StartsWith("Acknowledgement "))));
}

TEST_F(RtmpProgram, TakesAggregatesApart) {
  const FakeRtmpServer server{{{"play", [](FakeRtmpSession& session, const Command& play) {
                                  say_status(session, "NetStream.Play.Start");
                                  Buffer tags;
                                  rtmp::write_flv_tag(MessageType::video, 500, as_bytes(video_frame(true, 1)), tags);
                                  rtmp::write_flv_tag(MessageType::audio, 540, as_bytes(audio_frame(2)), tags);
                                  session.send_media(MessageType::aggregate, 2000, std::string{as_text(Bytes{tags})});
                                  unpublished(session, play);
                                }}}};
  const auto outcome = rtmp("play", {server.url(), "-o", "got.flv"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(tags_of(read_file(here("got.flv"))),
              ElementsAre("9 0 " + video_frame(true, 1), "8 40 " + audio_frame(2)));
}

TEST_F(RtmpProgram, MeasuresHowOldAStreamIs) {
  const FakeRtmpServer server{{{"play", [](FakeRtmpSession& session, const Command& play) {
                                  say_status(session, "NetStream.Play.Start");
                                  rtmp::Data data;
                                  data.name = "onFI";
                                  data.values.emplace_back(
                                      rtmp::AmfObject{}.with("sd", "01-01-2020").with("st", "00:00:00.000"));
                                  session.send(rtmp::to_message(data, 1));
                                  stream_of(1, unpublished)(session, play);
                                }}}};
  const auto outcome = rtmp("play", {server.url(), "--format", "json"});
  const auto report = boost::json::parse(outcome.output);
  constexpr double six_years_ms = 6 * 365 * 86'400e3;
  EXPECT_GT(report.at("latency_ms").at("mean").as_double(), six_years_ms);
}

TEST_F(RtmpProgram, RefusesWhatIsNoRtmp) {
  const FakeRtmpServer web{{{"", [](FakeRtmpSession& session, const Command&) {
                               session.send_octets("HTTP/1.1 400 Bad Request\r\n\r\n");
                             }}}};
  const auto outcome = rtmp("play", {web.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the URL of a port for RTMP within HTTP begins with rtmpt://"));
  const FakeRtmpServer of_tls{
      {{"", [](FakeRtmpSession& session, const Command&) { session.send_octets("\x15\x03\x01\0\x02\x02\x46"); }}}};
  EXPECT_THAT(rtmp("play", {of_tls.url()}).errors, HasSubstr("the URL of such a port begins with rtmps://"));
  const FakeRtmpServer closing{{{"", gone}}};
  EXPECT_THAT(rtmp("play", {closing.url()}).errors,
              HasSubstr("does that port want TLS? Then the URL begins with rtmps://"));
  const auto by_tls = [](const FakeRtmpServer& server) { return "rtmps" + server.url().substr(4); };
  const FakeRtmpServer without_tls{{{"", gone}}};
  EXPECT_THAT(rtmp("play", {by_tls(without_tls), "--insecure"}).errors,
              HasSubstr("is there TLS at that port? Without, the URL begins with rtmp://"));
  const FakeRtmpServer broken{
      {{"connect", [](FakeRtmpSession& session, const Command&) { session.send_octets(std::string(64, '\xff')); }}}};
  EXPECT_THAT(rtmp("play", {broken.url()}).errors, HasSubstr("a chunk continues a message that has not begun"));
}

TEST_F(RtmpProgram, SaysWhatIsWrongWithAUrl) {
  const auto says = [&](const std::string& url) { return rtmp("play", {url}); };
  EXPECT_EQ(says("rtmp://127.0.0.1/live").exit_code, 2);
  EXPECT_THAT(says("rtmp://127.0.0.1/live").errors, HasSubstr("the URL names no stream"));
  EXPECT_EQ(says("http://127.0.0.1/live/1").exit_code, 2);
  const auto secret = says("rtmp://ann:secret@127.0.0.1/live/1");
  EXPECT_EQ(secret.exit_code, 2);
  EXPECT_THAT(secret.errors, Not(HasSubstr("secret")));
  EXPECT_EQ(rtmp("play", {"rtmp://127.0.0.1/live/1", "--players", "2"}).exit_code, 2);
  const auto nobody = rtmp("play", {"rtmp://127.0.0.1:1/live/1"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_EQ(nobody.errors, "labnet rtmp play: rtmp://127.0.0.1:1: nobody listens there\n");
}

TEST_F(RtmpProgram, ProbesUntilItKnows) {
  const FakeRtmpServer server{{{"play", stream_of(11, silent)}}};
  const auto outcome = rtmp("probe", {server.url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("H.264; 11 frames, 2 of them key frames, 0.4 s apart"), HasSubstr("AAC"),
                                    HasSubstr("FMS/3,0,1,123")));
}

}  // namespace
}  // namespace labnet::test
