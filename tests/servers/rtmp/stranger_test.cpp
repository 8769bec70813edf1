// What strangers send, and how long they may take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <memory>

#include "common/base/text.hpp"
#include "common/log/line_limit.hpp"
#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::rtmp_server {
namespace {

using test::RunningService;
using test::TcpClient;
using testing::HasSubstr;

class RtmpStranger : public testing::Test {
 protected:
  void serve(const std::string& limits = "{}") {
    const auto file = folder_.write("rtmp.yaml", "apps: { live: { keys: { 1234: {} } } }\nlimits: " + limits + "\n");
    server_ = std::make_unique<RunningService>("rtmp", std::vector<std::string>{"-c", file});
    port_ = server_->port("rtmp");
  }
  void expect_service() {
    SocketClient publisher{port_};
    publisher.publish("1234");
    EXPECT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<RunningService> server_;
  std::uint16_t port_ = 0;
};

TEST_F(RtmpStranger, WhoSpeaksSomethingElseIsSentAway) {
  serve();
  for (const auto& [said, why] : std::vector<std::pair<std::string, std::string>>{
           {"\x09garbage", "there is no handshake"}, {"\x16\x03\x01\x02", "TLS"}, {"GET / HTTP/1.1\r\n\r\n", "HTTP"}}) {
    const TcpClient stranger{port_};
    stranger.send(said);
    EXPECT_TRUE(stranger.is_at_end()) << said;
    EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr(why));
  }
  expect_service();
}

TEST_F(RtmpStranger, BrokenChunksAndLengthsThatNobodySendsEndTheConnection) {
  serve("{ message_bytes_max: 64 KiB }");
  for (const auto& chunk : {std::string{"\xc7"}, std::string{"\x04\0\0\0\1\0\1\x09\1\0\0\0", 12}}) {
    SocketClient stranger{port_};
    stranger.connect();
    stranger.tcp().try_send(chunk);
    EXPECT_TRUE(stranger.is_at_end());
    EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr("chunks are broken"));
  }
  SocketClient publisher{port_}, player{port_};
  player.play("1234");
  publisher.publish("1234");
  publisher.send(video_message(3, true, 64 << 10));  // the longest there may be
  EXPECT_TRUE(player.wait_for("Video Data 3"));
}

TEST_F(RtmpStranger, WhoTakesTooLongForHisHandshakeIsSentAway) {
  serve("{ handshake_timeout: 200ms }");
  const TcpClient silent{port_};
  EXPECT_TRUE(silent.is_at_end());
  const TcpClient slow{port_};
  for (int i = 0; i < 1000 && slow.try_send("\x03"); ++i) test::pause();  // octet by octet gains nothing
  EXPECT_TRUE(slow.is_at_end());
  expect_service();
}

TEST_F(RtmpStranger, WhoDoesNothingIsSentAway) {
  serve("{ command_timeout: 200ms }");
  SocketClient idle{port_};
  idle.connect();
  ASSERT_TRUE(idle.wait_for("_result(2"));
  EXPECT_TRUE(idle.is_at_end());
}

TEST_F(RtmpStranger, APublisherThatSendsNothingGivesTheNameBack) {
  serve("{ publisher_timeout: 200ms }");
  SocketClient player{port_}, silent{port_};
  player.play("1234");
  silent.publish("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.PublishNotify"));
  EXPECT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
  EXPECT_TRUE(silent.is_at_end());
}

TEST_F(RtmpStranger, APlayerThatDoesNotAnswerIsGivenUpAndOneThatDoesIsNot) {
  serve("{ ping_interval: 200ms, ping_timeout: 2s }");
  SocketClient mute{port_}, alive{port_};
  mute.play("1234");
  alive.play("1234");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(alive.wait_for("Ping Request"));
    alive.client().say(rtmp::UserControl{rtmp::UserEvent::ping_response, 0});
    alive.send();
  }
  EXPECT_TRUE(mute.is_at_end());
  ASSERT_TRUE(alive.wait_for("Ping Request"));
}

TEST_F(RtmpStranger, OneConnectionMoreThanAnAddressMayHaveIsClosed) {
  serve("{ connections_per_address_max: 2 }");
  SocketClient first{port_}, second{port_};
  first.play("1234");
  second.play("1234");
  ASSERT_TRUE(first.wait_for("NetStream.Play.Start"));
  ASSERT_TRUE(second.wait_for("NetStream.Play.Start"));
  const TcpClient third{port_};
  EXPECT_TRUE(third.is_at_end());
  SocketClient elsewhere{port_, 2};
  elsewhere.play("1234");
  EXPECT_TRUE(elsewhere.wait_for("NetStream.Play.Start"));
}

TEST_F(RtmpStranger, OneConnectionMoreThanThereMayBeIsClosedWhereverItComesFrom) {
  serve("{ connections_max: 2 }");
  SocketClient first{port_}, second{port_, 2};
  first.play("1234");
  second.play("1234");
  ASSERT_TRUE(first.wait_for("NetStream.Play.Start"));
  ASSERT_TRUE(second.wait_for("NetStream.Play.Start"));
  const TcpClient third{port_, 3};
  EXPECT_TRUE(third.is_at_end());
  first.tcp().close();
  EXPECT_TRUE(test::eventually([&] {
    SocketClient fourth{port_, 3};
    fourth.play("1234");
    return fourth.wait_for("NetStream.Play.Start");
  }));
}

TEST_F(RtmpStranger, WhoIsRefusedAgainAndAgainDoesNotFillTheLog) {
  test::Child server{{test::labnet(), "serve", "rtmp", "--key", "1234", "--listen", "127.0.0.1:0", "--workers", "1"}};
  const auto ready = server.line().value_or("");
  const auto port = parse_integer<std::uint16_t>(std::string_view{ready}.substr(ready.rfind(':') + 1)).value_or(0);
  for (std::size_t i = 0; i <= log::LineLimit::lines_max_default; ++i) {
    SocketClient stranger{port};
    stranger.publish("guess");
    ASSERT_TRUE(stranger.wait_for("NetStream.Publish.Denied"));
  }
  server.signal(SIGTERM);
  const auto said = server.wait();
  const auto lines = split(said.errors, '\n');
  const auto is_refusal = [](std::string_view line) { return line.find("publish is refused") != line.npos; };
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count_if(lines, is_refusal)), log::LineLimit::lines_max_default);
}

TEST_F(RtmpStranger, WhoAsksAndReadsNothingIsClosed) {
  serve();
  SocketClient asking{port_};
  asking.connect();
  ASSERT_TRUE(asking.wait_for("_result(2"));
  bool is_open = true;
  for (int i = 0; is_open && i < 5'000; ++i) {
    for (int n = 0; n < 1'000; ++n) asking.client().say(rtmp::stream_command("getStreamLength", 9, "1234"));
    is_open = asking.try_send();
  }
  EXPECT_FALSE(is_open);
  EXPECT_THAT(server_->wait_for_log("a connection is closed"), HasSubstr("does not read the answers"));
  expect_service();
}

}  // namespace
}  // namespace labnet::rtmp_server
