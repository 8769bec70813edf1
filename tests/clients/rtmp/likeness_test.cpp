// Whether --like says what the real client says: beside the octets that one has sent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "tests/clients/rtmp/clip.hpp"
#include "tests/clients/rtmp/fake_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

/// What the client of a vector has said, as lines of FakeRtmpServer.
std::vector<std::string> lines_of_vector(const std::string& name) {
  const auto octets = read_file(fmt::format("{}/{}.client", LABNET_RTMP_VECTORS, name));
  constexpr std::size_t handshake = 1 + 2 * rtmp::handshake_bytes;
  auto rest = as_bytes(octets).subspan(handshake);
  std::vector<std::string> lines;
  rtmp::ChunkReader reader;
  while (!rest.empty()) {
    auto step = reader.read(rest);
    if (!step) return {std::string{rtmp::describe(step.error())}};
    rest = rest.subspan(step->used);
    if (step->message) lines.push_back(FakeRtmpServer::line_of(*step->message));
  }
  return lines;
}

/// Without media and what depends on its amount, and with one port for all.
std::vector<std::string> comparable(std::vector<std::string> lines) {
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("video ") || line.starts_with("audio ") || line.starts_with("@setDataFrame") ||
           line.starts_with("Acknowledgement ");
  });
  for (auto& line : lines) {
    if (const auto port = line.find("127.0.0.1:"); port != line.npos) {
      const auto end = line.find('/', port);
      line.replace(port, end - port, "127.0.0.1:PORT");
    }
  }
  return lines;
}

/// What ours says to a server that says what nginx said to the real one.
std::vector<std::string> lines_of_ours(const std::vector<std::string>& words) {
  const FakeRtmpServer server{
      {{"connect",
        [](FakeRtmpSession& session, const rtmp::Command& connect) {
          session.send(rtmp::WindowAcknowledgementSize{5'000'000});
          session.send(rtmp::SetPeerBandwidth{5'000'000, rtmp::SetPeerBandwidth::Limit::dynamic});
          session.send(rtmp::SetChunkSize{512});
          session.send(rtmp::connect_result(connect.transaction, {}));
        }},
       {"play", [](FakeRtmpSession& session, const rtmp::Command&) {
          say_status(session, "NetStream.Play.Start");
          session.send_media(rtmp::MessageType::video, 0, video_frame(true, 1));
          say_status(session, "NetStream.Play.UnpublishNotify");
        }}}};
  std::vector<std::string> command{labnet(), "rtmp"};
  command.insert(command.end(), words.begin(), words.end());
  command.push_back(server.url());
  const auto outcome = run(command);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  server.wait_for_end();
  return server.lines();
}

TEST(RtmpLikeness, OfFfmpegAsAPublisher) {
  const TemporaryFolder folder;
  const auto clip = folder.write("clip.flv", clip_of(2));
  EXPECT_EQ(comparable(lines_of_ours({"publish", "--fast", "--like", "ffmpeg", clip})),
            comparable(lines_of_vector("ffmpeg-publish")));
}

TEST(RtmpLikeness, OfFfmpegAsAPlayer) {
  EXPECT_EQ(comparable(lines_of_ours({"play", "--like", "ffmpeg"})), comparable(lines_of_vector("ffmpeg-play")));
}

TEST(RtmpLikeness, OfLibrtmpAsAPublisher) {
  const TemporaryFolder folder;
  const auto clip = folder.write("clip.flv", clip_of(2));
  EXPECT_EQ(comparable(lines_of_ours({"publish", "--fast", "--like", "librtmp", clip})),
            comparable(lines_of_vector("rtmpsink-publish-late")));
}

TEST(RtmpLikeness, OfLibrtmpAsAPlayer) {
  auto real = comparable(lines_of_vector("rtmpdump-play"));
  for (auto& line : real) {
    if (line == "play(4, null, \"1234\", -1000, 1000)") line = "play(4, null, \"1234\", -1000)";  // its -B 1
  }
  EXPECT_EQ(comparable(lines_of_ours({"play", "--live", "--like", "librtmp"})), real);
}

}  // namespace
}  // namespace labnet::test
