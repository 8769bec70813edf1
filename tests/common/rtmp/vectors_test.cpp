// What real clients and a real server sent, in every cut: tests/vectors/rtmp.
#include <gtest/gtest.h>

#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/command.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/flv.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/media.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::octets;
using test::read_all;
using test::vector_file;

Buffer behind_handshake(const std::string& name) {
  const auto file = vector_file(name);
  return buffer_of(Bytes{file}.subspan(1 + 2 * handshake_bytes));
}

/// One line for each message that is no audio and no video.
std::string told(MessageType type, Bytes payload) {
  if (is_control(type)) {
    const auto control = parse_control(type, payload);
    return control ? describe(*control) : std::string{describe(control.error())};
  }
  if (is_command(type)) {
    const auto command = parse_command(type, payload);
    return command ? to_text(*command) : describe(command.error());
  }
  const auto data = parse_data(type, payload);
  return data ? data->name : describe(data.error());
}
std::vector<std::string> dialogue(const std::string& name) {
  const auto read = read_all(behind_handshake(name));
  EXPECT_EQ(read.fault, std::nullopt) << name;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < read.headers.size(); ++i)
    if (!is_media(read.headers[i].type)) lines.push_back(told(read.headers[i].type, read.payloads[i]));
  return lines;
}

TEST(RtmpVectors, FfmpegPublishes) {
  EXPECT_EQ(dialogue("ffmpeg-publish.client"),
            (std::vector<std::string>{
                "connect(1, {app: \"live\", type: \"nonprivate\", flashVer: \"FMLE/3.0 (compatible; "
                "Lavf59.27.100)\", tcUrl: \"rtmp://127.0.0.1:41936/live\"})",
                "Set Chunk Size 512", "releaseStream(2, null, \"1234\")", "FCPublish(3, null, \"1234\")",
                "createStream(4)", "publish(5, null, \"1234\", \"live\")", "@setDataFrame",
                "FCUnpublish(6, null, \"1234\")", "deleteStream(7, null, 1)"}));
}

TEST(RtmpVectors, NginxAnswers) {
  EXPECT_EQ(dialogue("ffmpeg-publish.server"),
            (std::vector<std::string>{
                "Window Acknowledgement Size 5000000", "Set Peer Bandwidth 5000000, dynamic", "Set Chunk Size 512",
                "_result(1, {fmsVer: \"FMS/3,0,1,123\", capabilities: 31}, {level: \"status\", code: "
                "\"NetConnection.Connect.Success\", description: \"Connection succeeded.\", objectEncoding: 0})",
                "_result(4, null, 1)",
                "onStatus(0, null, {level: \"status\", code: \"NetStream.Publish.Start\", description: \"Start "
                "publishing\"})"}));
}

TEST(RtmpVectors, FfmpegPlays) {
  EXPECT_EQ(dialogue("ffmpeg-play.client"),
            (std::vector<std::string>{
                "connect(1, {app: \"live\", flashVer: \"LNX 9,0,124,2\", tcUrl: "
                "\"rtmp://127.0.0.1:41937/live\", fpad: false, capabilities: 15, audioCodecs: 4071, "
                "videoCodecs: 252, videoFunction: 1})",
                "Window Acknowledgement Size 5000000", "createStream(2)", "getStreamLength(3, null, \"1234\")",
                "play(4, null, \"1234\", -2000)", "Set Buffer Length 1, 3000 ms", "deleteStream(5, null, 1)"}));
  const auto answers = dialogue("ffmpeg-play.server");
  ASSERT_GE(answers.size(), 9u);
  EXPECT_EQ(answers[5], "Stream Begin 1");
  EXPECT_EQ(answers[7], "|RtmpSampleAccess");
  EXPECT_EQ(answers[8], "onMetaData");
}

TEST(RtmpVectors, RtmpdumpPlays) {
  EXPECT_EQ(
      dialogue("rtmpdump-play.client"),
      (std::vector<std::string>{"connect(1, {app: \"live\", flashVer: \"LNX 10,0,32,18\", tcUrl: "
                                "\"rtmp://127.0.0.1:41937/live\", fpad: false, capabilities: 15, audioCodecs: 3191, "
                                "videoCodecs: 252, videoFunction: 1})",
                                "Window Acknowledgement Size 5000000", "Set Buffer Length 0, 300 ms", "createStream(2)",
                                "FCSubscribe(3, null, \"1234\")", "play(4, null, \"1234\", -1000, 1000)",
                                "Set Buffer Length 1, 36000000 ms", "deleteStream(5, null, 1)"}));
}

TEST(RtmpVectors, GstreamerPublishesAndPlays) {
  const auto published = dialogue("rtmp2sink-publish.client");
  ASSERT_GE(published.size(), 7u);
  EXPECT_EQ(published[2], "releaseStream(0, null, \"1234\")") << "it wants no answer";
  EXPECT_EQ(published[5], "publish(0, null, \"1234\", \"live\")");
  EXPECT_EQ(published[6], "Set Chunk Size 128");
  EXPECT_EQ(published.back(), "deleteStream(0, null, \"1234\")") << "a name, where a number should be";
  const auto played = dialogue("rtmp2src-play.client");
  ASSERT_EQ(played.size(), 7u);
  EXPECT_EQ(played[5], "play(0, null, \"1234\", -2)");
  EXPECT_EQ(dialogue("rtmp2sink-publish.server").back(),
            "onStatus(0, null, {level: \"status\", code: \"NetStream.Unpublish.Success\", description: \"Stop "
            "publishing\"})");
}

/// What it published, as its file had it.
void expect_payloads_of(const test::Read& read, const std::string& file_name) {
  const auto file = vector_file(file_name);
  FlvReader reader;
  std::vector<Buffer> expected, got;
  for (Bytes input = file; !input.empty();) {
    const auto step = reader.read(input);
    ASSERT_TRUE(step);
    input = input.subspan(step->used);
    if (step->tag && is_media(step->tag->type)) expected.push_back(buffer_of(step->tag->payload.bytes()));
  }
  for (std::size_t i = 0; i < read.headers.size(); ++i)
    if (is_media(read.headers[i].type)) got.push_back(read.payloads[i]);
  EXPECT_EQ(got, expected);
  ASSERT_FALSE(got.empty());
}

TEST(RtmpVectors, MediaArriveAsTheFileHasThem) {
  expect_payloads_of(read_all(behind_handshake("ffmpeg-publish.client")), "clip.flv");
  expect_payloads_of(read_all(behind_handshake("ffmpeg-publish-late.client")), "late.flv");
  expect_payloads_of(read_all(behind_handshake("rtmpsink-publish-late.client")), "late.flv");
}

TEST(RtmpVectors, TimestampsGoOnAbove24Bits) {
  for (const auto* const name : {"ffmpeg-publish-late.client", "rtmpsink-publish-late.client"}) {
    const auto read = read_all(behind_handshake(name));
    std::vector<std::uint32_t> timestamps;
    for (const auto& header : read.headers)
      if (header.type == MessageType::video && header.timestamp > 0) timestamps.push_back(header.timestamp);
    EXPECT_EQ(timestamps, (std::vector<std::uint32_t>{16777300, 16777400, 16777500, 16777600, 16777700, 16777800,
                                                      16777900, 16778000, 16778000}))
        << name;
  }
}

TEST(RtmpVectors, MediaArriveWithoutTheRepeatedTimestampsToo) {
  // As OBS up to 29 sends it: librtmp without the four octets in fmt 3.
  auto stream = behind_handshake("rtmpsink-publish-late.client");
  const auto repeated = octets("c4 01000054");
  int removed = 0;
  for (auto found = stream.begin();; ++removed) {
    found = std::search(found, stream.end(), repeated.begin(), repeated.end());
    if (found == stream.end()) break;
    found = stream.erase(found + 1, found + 5);
  }
  EXPECT_EQ(removed, 9);
  expect_payloads_of(read_all(stream), "late.flv");
}

TEST(RtmpVectors, HeadersAndKeyFramesAreKnown) {
  const auto read = read_all(behind_handshake("ffmpeg-publish.client"));
  int keys = 0, video_headers = 0, audio_headers = 0, ends = 0;
  for (std::size_t i = 0; i < read.headers.size(); ++i) {
    if (read.headers[i].type == MessageType::video) {
      const auto tag = video_tag_of(read.payloads[i]);
      keys += tag.is_key_frame;
      video_headers += tag.part == MediaPart::sequence_header;
      ends += tag.part == MediaPart::sequence_end;
    }
    if (read.headers[i].type == MessageType::audio)
      audio_headers += audio_tag_of(read.payloads[i]).part == MediaPart::sequence_header;
  }
  EXPECT_EQ(keys, 4) << "18 frames, each fifth a key frame";
  EXPECT_EQ(video_headers, 1);
  EXPECT_EQ(audio_headers, 1);
  EXPECT_EQ(ends, 1);
}

TEST(RtmpVectors, AreWrittenAndReadAgain) {
  for (const auto* const name : {"ffmpeg-publish.client", "ffmpeg-publish.server", "ffmpeg-play.client",
                                 "ffmpeg-play.server", "ffmpeg-publish-late.client", "rtmpsink-publish-late.client",
                                 "rtmp2sink-publish.client", "rtmp2src-play.client", "rtmpdump-play.client"}) {
    const auto read = read_all(behind_handshake(name));
    ChunkWriter writer;
    Buffer written;
    for (std::size_t i = 0; i < read.headers.size(); ++i) writer.write(read.headers[i], read.payloads[i], written);
    EXPECT_EQ(read_all(written), read) << name;
  }
}

TEST(RtmpVectors, CommandsAreWrittenAsTheyWereSent) {
  for (const auto* const name : {"ffmpeg-publish.client", "ffmpeg-publish.server", "ffmpeg-play.client",
                                 "ffmpeg-play.server", "rtmpdump-play.client"}) {
    const auto read = read_all(behind_handshake(name));
    for (std::size_t i = 0; i < read.headers.size(); ++i) {
      const auto type = read.headers[i].type;
      if (is_command(type)) {
        const auto command = parse_command(type, read.payloads[i]);
        ASSERT_TRUE(command);
        EXPECT_EQ(buffer_of(to_message(*command).bytes()), read.payloads[i]) << to_text(*command);
      } else if (is_control(type)) {
        EXPECT_EQ(buffer_of(to_message(*parse_control(type, read.payloads[i])).bytes()), read.payloads[i]);
      }
    }
  }
}

TEST(RtmpVectors, RequestsAreUnderstood) {
  const auto read = read_all(behind_handshake("rtmpdump-play.client"));
  const auto connect = connect_of(*parse_command(read.headers[0].type, read.payloads[0]));
  ASSERT_TRUE(connect);
  EXPECT_EQ(connect->app, "live");
  EXPECT_EQ(connect->audio_codecs, 3191);
  EXPECT_EQ(connect->fpad, false);
  const auto play = play_of(*parse_command(read.headers[5].type, read.payloads[5]));
  ASSERT_TRUE(play);
  EXPECT_EQ(*play, (Play{"1234", -1000, 1000}));
  EXPECT_EQ(play->source(), Play::Source::live);
}

}  // namespace
}  // namespace labnet::rtmp
