// RTMP within HTTP requests: the service as strangers and players reach it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/servers/rtmp/tunnel_client.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

using namespace std::chrono_literals;

namespace labnet::rtmp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RtmpTunnel : public testing::Test {
 protected:
  void serve(const std::string& limits = "{}", const std::string& workers = "1") {
    const auto file = folder_.write("rtmp.yaml", "apps: { live: { keys: { 1234: {} } } }\nlimits: " + limits + "\n");
    server_ = std::make_unique<test::RunningService>(
        "rtmp", std::vector<std::string>{"-c", file, "--listen", "rtmpt://127.0.0.1:0", "--workers", workers});
    plain_ = server_->port("rtmp");
    port_ = server_->port("rtmpt");
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<test::RunningService> server_;
  std::uint16_t plain_ = 0, port_ = 0;
};

TEST_F(RtmpTunnel, APlayerAndAPublisherWithinItAreAsOthersAre) {
  serve();
  SocketClient in_clear{plain_};
  in_clear.play("1234");
  TunnelClient player{port_}, publisher{port_};
  player.play("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.Start"));
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  publisher.client().say(video_message(0, true, 100'000));
  EXPECT_EQ(publisher.ask(), 200);
  EXPECT_TRUE(player.wait_for("Video Data 0"));
  EXPECT_TRUE(in_clear.wait_for("Video Data 0"));
  EXPECT_EQ(publisher.post(publisher.path("close", publisher.next_number())).body, std::string(1, '\0'));
  EXPECT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
}

TEST_F(RtmpTunnel, OctetsThatComeOneByOneAreTheSame) {
  serve();
  TunnelClient player{port_};
  player.dawdle();
  player.play("1234");
  EXPECT_TRUE(player.wait_for("NetStream.Play.Start"));
}

TEST_F(RtmpTunnel, ASessionOutlivesItsConnectionsOnWhicheverWorkersTheyAre) {
  serve("{}", "4");
  TunnelClient player{port_}, publisher{port_};
  player.connect_each_time();
  publisher.connect_each_time();
  player.play("1234");
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  for (std::uint32_t time = 0; time < 2'000; time += 40) {
    publisher.client().say(video_message(time, time == 0, 5'000));
    ASSERT_EQ(publisher.ask(), 200);
    ASSERT_TRUE(player.wait_for(fmt::format("Video Data {}", time)));
  }
}

TEST_F(RtmpTunnel, WhoKnowsTheIdMayComeFromAnotherAddress) {
  serve();
  TunnelClient player{port_};
  player.play("1234");
  player.move_to(2);
  EXPECT_EQ(player.ask(), 200);
}

TEST_F(RtmpTunnel, TheDelayGrowsWhileThereIsNothingToSay) {
  serve();
  TunnelClient player{port_};
  player.play("1234");
  ASSERT_TRUE(player.wait_for("RtmpSampleAccess"));
  std::vector<int> delays;
  for (int i = 0; i < 7; ++i) {
    player.ask();
    delays.push_back(player.delay());
  }
  EXPECT_THAT(delays, testing::ElementsAre(3, 5, 9, 17, 33, 33, 33));
  player.client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  player.ask();
  EXPECT_EQ(player.delay(), 1);
}

TEST_F(RtmpTunnel, AnswersSayWhatTheyAre) {
  serve();
  TunnelClient client{port_};
  const auto answer = client.post("/open/1");
  EXPECT_THAT(answer.head, AllOf(HasSubstr("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: application/x-fcs\r\n"),
                                 HasSubstr("Cache-Control: no-cache\r\n"), HasSubstr("Date: ")));
  EXPECT_THAT(answer.body, testing::MatchesRegex("[-_0-9A-Za-z]{16}\n"));
  EXPECT_NE(client.post("/open/1").body, answer.body);
}

// Numbers

TEST_F(RtmpTunnel, ANumberThatComesAgainIsGivenTheSameAnswerAndNotTakenTwice) {
  serve();
  TunnelClient player{port_}, publisher{port_};
  player.play("1234");
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  publisher.client().say(video_message(7, true));
  publisher.client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  const auto octets = publisher.client().take_output();
  const auto path = publisher.path("send", publisher.next_number());
  const auto first = publisher.post(path, as_text(octets));
  ASSERT_EQ(first.status, 200);
  EXPECT_GT(first.body.size(), 1u);
  publisher.connect_each_time();
  const auto again = publisher.post(path, as_text(octets));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  ASSERT_TRUE(player.wait_for("Video Data 7"));
  SocketClient late{plain_};
  late.play("1234");
  ASSERT_TRUE(late.wait_for("Play.Start"));
  EXPECT_EQ(publisher.post(publisher.path("idle", publisher.next_number() + 1)).status, 200);
  SocketClient next{plain_};
  next.publish("1234");
  next.send(video_message(100, true));
  EXPECT_EQ(late.next_media(2), (std::vector<std::string>{"1: Video Data 7", "1: Video Data 27"})) << "7 came once";
}

TEST_F(RtmpTunnel, ANumberThatSkipsOneOrIsOldIsRefusedAndNothingIsLost) {
  serve();
  TunnelClient player{port_};
  player.play("1234");
  const auto next = player.next_number();
  EXPECT_EQ(player.post(player.path("idle", next + 1)).status, 409);
  EXPECT_EQ(player.post(player.path("send", next - 2), "garbage").status, 409);
  EXPECT_EQ(player.ask(), 200);
  EXPECT_TRUE(player.wait_for("RtmpSampleAccess"));
}

TEST_F(RtmpTunnel, TheFirstNumberIsNearTheBeginning) {
  serve();
  for (const std::uint32_t first : {0u, 1u, 2u}) {
    TunnelClient client{port_};
    client.open();
    EXPECT_EQ(client.post(client.path("idle", first)).status, 200) << first;
  }
  TunnelClient client{port_};
  client.open();
  EXPECT_EQ(client.post(client.path("idle", 3)).status, 409);
}

// What is none

TEST_F(RtmpTunnel, WhatIsNotThereIsNotFoundAndTheConnectionGoesOn) {
  serve();
  TunnelClient client{port_};
  for (const std::string path : {"/fcs/ident2", "/", "/open/", "/send/1", "/idle/0123456789abcdef0123456789abcdef/0",
                                 "/send/nobody/0", "/close/nobody/0"}) {
    const auto answer = client.post(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.head, HasSubstr("Connection: keep-alive\r\n"));
  }
  EXPECT_EQ(client.open().size(), 16u);
}

TEST_F(RtmpTunnel, WhatIsNoRequestOfItsKindEndsTheConnection) {
  serve();
  for (const auto& [text, status] : std::vector<std::pair<std::string, int>>{
           {"GET /open/1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
           {"POST /open/1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400},
           {"POST /open/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
           {"POST /open/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400},
           {"POST /open/1 HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n", 417},
           {"POST /open/1 HTTP/9.9\r\nHost: a\r\n\r\n", 505},
           {"\x03garbage\r\n\r\n", 400}}) {
    TunnelClient client{port_};
    const auto answer = client.request(text);
    EXPECT_EQ(answer.status, status) << text;
    EXPECT_THAT(answer.head, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.is_at_end()) << text;
  }
}

TEST_F(RtmpTunnel, EveryKindOfBodyAndConnectionIsTaken) {
  serve();
  TunnelClient client{port_};
  client.open();
  EXPECT_EQ(client
                .request(fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                     "1\r\nx\r\n0\r\n\r\n",
                                     client.path("idle", 0)))
                .status,
            200);
  const auto old = client.request(
      fmt::format("POST {} HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", client.path("idle", 1)));
  EXPECT_THAT(old.head, HasSubstr("Connection: keep-alive\r\n"));
  const auto last = client.request(post_text(client.path("idle", 2), "x", "Connection: close\r\n"));
  EXPECT_EQ(last.status, 200);
  EXPECT_THAT(last.head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(RtmpTunnel, RequestsThatComeAtOnceAreAnsweredInTheirOrder) {
  serve();
  TunnelClient client{port_};
  client.open();
  const test::TcpClient tcp{port_};
  tcp.send(post_text(client.path("idle", 0), "x") + post_text("/fcs/ident2", "") +
           post_text(client.path("idle", 1), "x"));
  std::string rest;
  EXPECT_EQ(receive_answer(tcp, rest).status, 200);
  EXPECT_EQ(receive_answer(tcp, rest).status, 404);
  EXPECT_EQ(receive_answer(tcp, rest).status, 200);
}

TEST_F(RtmpTunnel, WhoWaitsForLeaveToSendABodyIsGivenIt) {
  serve();
  TunnelClient client{port_};
  client.open();
  const test::TcpClient tcp{port_};
  tcp.send(fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
                       client.path("idle", 0)));
  EXPECT_EQ(tcp.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  tcp.send("x");
  std::string rest;
  EXPECT_EQ(receive_answer(tcp, rest).status, 200);
}

TEST_F(RtmpTunnel, WhatIsNoRtmpEndsTheSession) {
  serve();
  TunnelClient client{port_};
  client.open();
  EXPECT_EQ(client.post(client.path("send", 0), "\x09garbage").status, 404);
  EXPECT_THAT(server_->wait_for_log("a connection ends"), HasSubstr("there is no handshake"));
  EXPECT_EQ(client.post(client.path("idle", 1)).status, 404);
}

// Limits

TEST_F(RtmpTunnel, ABodyOneOctetTooLongIsRefused) {
  serve("{ tunnel_request_bytes_max: 4 KiB }");
  TunnelClient client{port_};
  client.connect();
  const auto number = client.next_number();
  const std::string ping{"\x02\0\0\0\0\0\6\4\0\0\0\0\0\6\0\0\0\1", 18};  // a whole message
  std::string longest;
  while (longest.size() + ping.size() <= 4'096) longest += ping;
  longest += std::string{"\x02\0\0\0\0\0\0\4\0\0\0\0", 12}.substr(0, 4'096 - longest.size());
  ASSERT_EQ(longest.size(), 4'096u);
  EXPECT_EQ(client.post(client.path("send", number), longest).status, 200);
  EXPECT_EQ(client.post(client.path("send", number + 1), longest + "x").status, 413);
  EXPECT_TRUE(client.is_at_end());
  TunnelClient in_chunks{port_};
  EXPECT_EQ(in_chunks
                .request(fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n{}\r\n",
                                     client.path("send", number + 1), longest + "x"))
                .status,
            413);
  TunnelClient stranger{port_};
  EXPECT_EQ(stranger.post("/idle/nobody/0", std::string(1'024, 'x')).status, 404);
  EXPECT_EQ(stranger.post("/send/nobody/0", std::string(1'025, 'x')).status, 404) << "as that is what matters";
  EXPECT_TRUE(stranger.is_at_end());
  TunnelClient idle{port_};
  idle.connect();
  EXPECT_EQ(idle.post(idle.path("idle", idle.next_number()), std::string(1'025, 'x')).status, 413);
}

/// A request of which only the head and so many octets have been sent.
std::unique_ptr<test::TcpClient> begin_request(std::uint16_t port, const std::string& path, std::size_t octets) {
  auto tcp = std::make_unique<test::TcpClient>(port);
  tcp->send(
      fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 4096\r\n\r\n{}", path, std::string(octets, 'x')));
  return tcp;
}

TEST_F(RtmpTunnel, OfOneSessionsBodiesNoMoreAreKeptThanTwoMayHave) {
  serve("{ tunnel_request_bytes_max: 4 KiB }");
  TunnelClient client{port_};
  client.connect();
  const auto next = client.path("send", client.next_number());
  const auto first = begin_request(port_, next, 4'095);
  const auto second = begin_request(port_, next, 4'095);
  const auto at_limit = begin_request(port_, next, 2);
  std::string rest;
  EXPECT_EQ(receive_answer(*begin_request(port_, next, 1), rest).status, 503);
  for (const auto* const one : {&first, &second, &at_limit}) EXPECT_FALSE((*one)->has_received()) << "it goes on";
  EXPECT_EQ(client.ask(), 200) << "so does the session";
}

TEST_F(RtmpTunnel, WhatASessionGivesUpIsNotCountedAnyMore) {
  serve("{ tunnel_request_bytes_max: 4 KiB }");
  TunnelClient client{port_};
  client.connect();
  const auto next = client.path("send", client.next_number());
  for (int i = 0; i < 4; ++i) begin_request(port_, next, 4'095).reset();
  client.connect_each_time();
  client.client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  const auto octets = client.client().take_output();
  EXPECT_TRUE(test::eventually([&] { return client.post(next, as_text(octets)).status == 200; }));
}

TEST_F(RtmpTunnel, OfBodiesWithANumberThatIsNotNextNothingIsKept) {
  serve("{ tunnel_request_bytes_max: 4 KiB }");
  TunnelClient client{port_};
  client.connect();
  const auto number = client.next_number();
  std::vector<std::unique_ptr<test::TcpClient>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(begin_request(port_, client.path("send", number + 1), 4'095));
    others.push_back(begin_request(port_, client.path("send", number - 1), 4'095));
  }
  client.connect_each_time();  // so that it comes behind the others
  client.client().say(rtmp::UserControl{rtmp::UserEvent::ping_request, 5});
  EXPECT_EQ(client.ask(), 200);
  for (std::size_t i = 0; i < others.size(); ++i) {
    others[i]->send("x");
    std::string rest;
    // The one in front of it was the last when its octets began to come: they were not wanted, and now it is old.
    EXPECT_EQ(receive_answer(*others[i], rest).status, 409) << i;
  }
}

TEST_F(RtmpTunnel, ARequestThatTakesItsTimeKeepsItsSession) {
  serve("{ tunnel_timeout: 500ms }");
  TunnelClient client{port_};
  client.connect();
  const auto path = client.path("idle", client.next_number());
  const test::TcpClient slow{port_};
  for (int i = 0; i < 35; ++i) test::pause();  // most of the time
  slow.send(fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", path));
  for (int i = 0; i < 35; ++i) test::pause();
  slow.send("x");
  std::string rest;
  EXPECT_EQ(receive_answer(slow, rest).status, 200);
}

TEST_F(RtmpTunnel, AReloadReachesConnectionsThatAreThere) {
  serve();
  TunnelClient before{port_};
  before.connect();
  folder_.write("rtmp.yaml", "apps: { live: { keys: { other: {} } } }\n");
  server_->signal(SIGHUP);
  server_->wait_for_log("read again");
  before.begin_anew();
  before.publish("1234");  // opens a session anew, on the same connection
  EXPECT_TRUE(before.wait_for("NetStream.Publish.Denied"));
}

TEST_F(RtmpTunnel, AnAnswerIsNoLongerThanItMayBe) {
  serve("{ tunnel_response_bytes_max: 4 KiB }");
  TunnelClient player{port_};
  player.play("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.Start"));
  SocketClient publisher{plain_};
  publisher.publish("1234");
  publisher.send(video_message(0, true, 50'000));
  ASSERT_TRUE(player.wait_for("Video Data 0"));
  EXPECT_EQ(player.longest_answer(), 4'097u);
}

TEST_F(RtmpTunnel, OneSessionTooManyIsRefusedUntilAnotherEnds) {
  serve("{ tunnels_max: 3, tunnels_per_address_max: 2 }");
  TunnelClient first{port_}, second{port_}, third{port_}, elsewhere{port_, 2}, last{port_, 3};
  first.open();
  second.open();
  EXPECT_EQ(third.open(), "503");
  EXPECT_EQ(elsewhere.open().size(), 16u);
  EXPECT_EQ(last.open(), "503");
  EXPECT_EQ(first.post(first.path("close", 0)).status, 200);
  EXPECT_TRUE(test::eventually([&] { return last.open() != "503"; }));
}

TEST_F(RtmpTunnel, ASessionThatNobodyAsksEndsAndGivesItsStreamBack) {
  serve("{ tunnel_timeout: 300ms }");
  SocketClient player{plain_};
  player.play("1234");
  TunnelClient publisher{port_};
  publisher.publish("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.PublishNotify"));
  EXPECT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
  server_->wait_for_log("nobody asks a tunnelled session any more");
  publisher.connect_each_time();
  EXPECT_EQ(publisher.ask(), 404);
}

TEST_F(RtmpTunnel, ARequestThatDoesNotComeToItsEndIsGivenUp) {
  serve("{ tunnel_timeout: 300ms }");
  const test::TcpClient silent{port_};
  EXPECT_TRUE(silent.is_at_end());
  for (const std::string begun : {"POST /op", "POST /open/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx"}) {
    const test::TcpClient slow{port_};
    slow.send(begun);
    for (int i = 0; i < 8 && slow.try_send("x"); ++i) test::pause();  // octet by octet gains nothing
    EXPECT_TRUE(slow.is_at_end()) << begun;
  }
}

TEST_F(RtmpTunnel, APlayerWhoFetchesNothingIsGivenUpWhileOthersGetEverything) {
  serve("{ player_bytes_max: 64 KiB, slow_player_timeout: 300ms, tunnel_response_bytes_max: 64 KiB }");
  TunnelClient slow{port_};
  slow.play("1234");
  ASSERT_TRUE(slow.wait_for("NetStream.Play.Start"));
  SocketClient fast{plain_}, publisher{plain_};
  fast.play("1234");
  publisher.publish("1234");
  ASSERT_TRUE(publisher.wait_for("NetStream.Publish.Start"));
  auto farewell = std::async(std::launch::async, [&] { return server_->wait_for_log("a connection is closed"); });
  std::uint32_t time = 0;
  for (; farewell.wait_for(10ms) != std::future_status::ready; time += 40) {
    publisher.send(video_message(time, true, 30'000));
    ASSERT_TRUE(fast.wait_for(fmt::format("Video Data {}", time)));
  }
  EXPECT_FALSE(farewell.get().empty());
  EXPECT_EQ(slow.ask(), 404);
}

// The end

TEST_F(RtmpTunnel, AtTheServicesEndPlayersAreToldBeforeTheirSessionsAreGone) {
  serve();
  TunnelClient player{port_}, publisher{port_};
  player.play("1234");
  publisher.publish("1234");
  ASSERT_TRUE(player.wait_for("NetStream.Play.PublishNotify"));
  server_->signal(SIGTERM);
  EXPECT_TRUE(player.wait_for("NetStream.Play.UnpublishNotify"));
}

TEST_F(RtmpTunnel, APublisherWithoutTheKeyIsToldSo) {
  serve();
  TunnelClient publisher{port_};
  publisher.publish("wrong");
  EXPECT_TRUE(publisher.wait_for("NetStream.Publish.Denied"));
  EXPECT_TRUE(test::eventually([&] { return publisher.ask() == 404; }));
}

}  // namespace
}  // namespace labnet::rtmp_server
