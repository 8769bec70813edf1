// Files played by the service with the programs that people have: what comes is what is in the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "common/base/text.hpp"
#include "common/rtmp/media.hpp"
#include "tests/servers/rtmp/flv_files.hpp"
#include "tests/servers/rtmp/programs.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::rtmp_server {
namespace {

using testing::HasSubstr;

/// Three seconds with a key frame each second.
class RtmpRecordingPrograms : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    files_ = std::make_unique<test::TemporaryFolder>();
    make_clip(files_->path() + "/clip.flv", 3, 25);
  }
  static void TearDownTestSuite() { files_.reset(); }

  void SetUp() override { server_ = std::make_unique<test::RunningService>("rtmp", Words{"--files", files_->path()}); }
  std::string source(const std::string& name = "clip") const { return url(server_->port("rtmp"), name, "rtmp", "vod"); }
  std::string result() const { return folder_.path() + "/got.flv"; }
  static std::string original() { return files_->path() + "/clip.flv"; }
  static std::string end_of(const Words& command) {
    const auto done = test::run(command, patient);
    return done.exit_code == 0 ? "" : "exit code " + std::to_string(done.exit_code) + ": " + done.errors;
  }
  /// Timestamps of the pictures that have come, and whether each is a key frame.
  std::vector<std::pair<std::uint32_t, bool>> pictures() const {
    std::vector<std::pair<std::uint32_t, bool>> found;
    for (const auto& tag : read_flv(result())) {
      if (tag.type != rtmp::MessageType::video) continue;
      const auto video = rtmp::video_tag_of(tag.payload.bytes());
      if (video.part == rtmp::MediaPart::frames) found.emplace_back(tag.timestamp, video.is_key_frame);
    }
    return found;
  }

  static std::unique_ptr<test::TemporaryFolder> files_;
  test::TemporaryFolder folder_;
  std::unique_ptr<test::RunningService> server_;
};
std::unique_ptr<test::TemporaryFolder> RtmpRecordingPrograms::files_;

TEST_F(RtmpRecordingPrograms, FfmpegPlaysWhatIsInTheFile) {
  for (const auto& options : {Words{}, Words{"-rtmp_live", "recorded"}, Words{"-rtmp_buffer", "100"}}) {
    EXPECT_EQ(end_of(ffmpeg_player(source(), result(), options)), "");
    EXPECT_EQ(hashes_of(result()), hashes_of(original()));
    std::filesystem::remove(result());
  }
  EXPECT_NE(end_of(ffmpeg_player(source("none"), result())), "");
  EXPECT_NE(end_of(ffmpeg_player(source("clip.mp4"), result())), "");
}

/// In one that is longer than what is sent ahead: FFmpeg would take the end of it for the end.
TEST_F(RtmpRecordingPrograms, FfmpegSeeksInItAndBehindItsEnd) {
  make_clip(files_->path() + "/long.flv", 8, 25);
  for (const auto& [position, left] : std::vector<std::pair<std::string, std::size_t>>{{"5.5", 75}, {"99", 25}}) {
    EXPECT_EQ(end_of(ffmpeg_player(source("long"), result(), {"-ss", position})), "");
    const auto all = pictures();
    ASSERT_EQ(all.size(), left) << position;
    EXPECT_TRUE(all.front().second) << position;
    std::filesystem::remove(result());
  }
}

TEST_F(RtmpRecordingPrograms, RtmpdumpPlaysIt) {
  test::run(rtmpdump_player(source(), result()), patient);  // it misses 0.2 % of what FFmpeg has said of the duration
  EXPECT_EQ(hashes_of(result()), hashes_of(original()));
}

TEST_F(RtmpRecordingPrograms, RtmpdumpPlaysItByTls13) {
  const auto certificate = test::make_certificate(folder_);
  const Words options{"--files", files_->path(),          "--listen",   "rtmps://127.0.0.1:0",
                      "--cert",  certificate.certificate, "--cert-key", certificate.key};
  const test::RunningService secure{"rtmp", options};
  test::run(rtmpdump_player(url(secure.port("rtmps"), "clip", "rtmps", "vod"), result()), patient);
  EXPECT_EQ(hashes_of(result()), hashes_of(original()));
}

/// By the duration that the service has found out, and by Play.Stop.
TEST_F(RtmpRecordingPrograms, RtmpdumpKnowsWhenItHasAll) {
  files_->write("lecture.flv", flv_of(lecture(2)));
  EXPECT_EQ(end_of(rtmpdump_player(source("lecture"), result())), "");
  EXPECT_EQ(pictures().size(), 50u);
}

TEST_F(RtmpRecordingPrograms, RtmpdumpPlaysAPart) {
  test::run(rtmpdump_player(source(), result(), {"--start", "1.5", "--stop", "2"}), patient);
  const auto all = pictures();
  ASSERT_EQ(all.size(), 25u);
  EXPECT_TRUE(all.front().second);
  EXPECT_EQ(all.back().first - all.front().first, 960u);
}

/// Of a file of which it has got a part already, rtmpdump asks for the rest from its last key frame on.
TEST_F(RtmpRecordingPrograms, RtmpdumpGoesOnWhereItWasCutOff) {
  const auto tags = read_flv(original());
  ASSERT_GT(tags.size(), 100u);
  folder_.write("got.flv", test::read_file(original()).substr(0, tags[100].offset));
  test::run(rtmpdump_player(source(), result(), {"--resume"}), patient);
  EXPECT_EQ(hashes_of(result()), hashes_of(original()));
}

TEST_F(RtmpRecordingPrograms, GstreamerPlaysIt) {
  EXPECT_EQ(end_of(gstreamer_player(source(), result())), "");
  // When a stream ends, rtmp2src forgets the message that came last, which is one of sound.
  EXPECT_EQ(split(hashes_of(result()), '\n')[0], split(hashes_of(original()), '\n')[0]);
}

TEST_F(RtmpRecordingPrograms, OursPlaysItFromAPositionAndKeepsNothingButTheStream) {
  EXPECT_EQ(end_of({test::labnet(), "rtmp", "play", source(), "-o", result()}), "");
  EXPECT_EQ(hashes_of(result()), hashes_of(original()));
  for (const auto& tag : read_flv(result())) {
    if (tag.type != rtmp::MessageType::data_amf0) continue;
    EXPECT_THAT(as_text(tag.payload.bytes()), HasSubstr("onMetaData"));
  }
  std::filesystem::remove(result());
  EXPECT_EQ(end_of({test::labnet(), "rtmp", "play", source(), "--start", "2.5", "-o", result()}), "");
  const auto all = pictures();
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(all.front().second);
  EXPECT_EQ(all.size(), 25u) << "from the key frame before it";
  const auto missing = test::run({test::labnet(), "rtmp", "play", source("none")}, patient);
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("NetStream.Play.StreamNotFound"));
}

}  // namespace
}  // namespace labnet::rtmp_server
