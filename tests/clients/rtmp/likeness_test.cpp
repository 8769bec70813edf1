// Whether --like says what the real client says: beside the octets that one has sent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "tests/clients/rtmp/clip.hpp"
#include "tests/clients/rtmp/fake_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

/// A client's side of a connection, as FakeRtmpServer has it.
struct Said {
  std::vector<std::string> lines;
  std::set<std::string> chunk_streams;
  bool operator==(const Said&) const = default;
};
void PrintTo(const Said& said, std::ostream* out) {
  for (const auto& line : said.lines) *out << "\n  " << line;
  for (const auto& use : said.chunk_streams) *out << "\n  " << use;
}

/// What the client of a vector has said.
Said said_in_vector(const std::string& name) {
  const auto octets = read_file(fmt::format("{}/{}.client", LABNET_RTMP_VECTORS, name));
  constexpr std::size_t handshake = 1 + 2 * rtmp::handshake_bytes;
  auto rest = as_bytes(octets).subspan(handshake);
  Said said;
  rtmp::ChunkReader reader;
  while (!rest.empty()) {
    auto step = reader.read(rest);
    if (!step) return {{std::string{rtmp::describe(step.error())}}, {}};
    rest = rest.subspan(step->used);
    if (!step->message) continue;
    said.lines.push_back(FakeRtmpServer::line_of(*step->message));
    said.chunk_streams.insert(FakeRtmpServer::use_of(step->message->header));
  }
  return said;
}

/// Without media and what depends on its amount, and with one port for all. Not every vector has sound.
Said comparable(Said said) {
  std::erase_if(said.chunk_streams, [](const std::string& use) {
    return use.starts_with("type 8 ") || use.starts_with("type 3 ");  // Audio Data, Acknowledgement
  });
  std::erase_if(said.lines, [](const std::string& line) {
    return line.starts_with("video ") || line.starts_with("audio ") || line.starts_with("@setDataFrame") ||
           line.starts_with("Acknowledgement ");
  });
  for (auto& line : said.lines) {
    constexpr std::string_view host = "127.0.0.1:";
    for (auto at = line.find(host); at != line.npos; at = line.find(host, at + 1)) {
      const auto port = at + host.size();
      line.replace(port, line.find('/', port) - port, "PORT");
    }
  }
  return said;
}

/// What ours says to a server that says what nginx said to the real one.
Said said_by_ours(const std::vector<std::string>& words) {
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
  return {server.lines(), server.chunk_streams()};
}

TEST(RtmpLikeness, OfFfmpegAsAPublisher) {
  const TemporaryFolder folder;
  const auto clip = folder.write("clip.flv", clip_of(2));
  EXPECT_EQ(comparable(said_by_ours({"publish", "--fast", "--like", "ffmpeg", clip})),
            comparable(said_in_vector("ffmpeg-publish")));
}

TEST(RtmpLikeness, OfFfmpegAsAPlayer) {
  EXPECT_EQ(comparable(said_by_ours({"play", "--like", "ffmpeg"})), comparable(said_in_vector("ffmpeg-play")));
}

TEST(RtmpLikeness, OfObs) {
  const TemporaryFolder folder;
  const auto clip = folder.write("clip.flv", clip_of(2));
  EXPECT_EQ(comparable(said_by_ours({"publish", "--fast", "--like", "obs", clip})),
            comparable(said_in_vector("obs-publish")));
}

TEST(RtmpLikeness, OfLibrtmpAsAPublisher) {
  const TemporaryFolder folder;
  const auto clip = folder.write("clip.flv", clip_of(2));
  EXPECT_EQ(comparable(said_by_ours({"publish", "--fast", "--like", "librtmp", clip})),
            comparable(said_in_vector("rtmpsink-publish-late")));
}

TEST(RtmpLikeness, OfLibrtmpAsAPlayer) {
  auto real = comparable(said_in_vector("rtmpdump-play"));
  for (auto& line : real.lines) {
    if (line == "play(4, null, \"1234\", -1000, 1000)") line = "play(4, null, \"1234\", -1000)";  // its -B 1
  }
  EXPECT_EQ(comparable(said_by_ours({"play", "--live", "--like", "librtmp"})), real);
}

}  // namespace
}  // namespace labnet::test
