// How long a connection lives, and in which order it is answered.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <deque>
#include <string>
#include <thread>

#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view request = "GET /{} HTTP/1.1\r\nHost: www.lab\r\n\r\n";

class HttpConnection : public testing::Test {
 protected:
  HttpConnection() {
    server.write("a", "first");
    server.write("b", std::string(400'000, 'b'));
    server.write("c", "third");
  }
  RunningHttp server;
  HttpClient client{server};
};

TEST_F(HttpConnection, RequestsThatComeTogetherAreAnsweredInOrder) {
  std::string all;
  const std::vector<std::string> names{"a", "none", "b", "c", "a", "b", "none", "c"};
  for (int i = 0; i < 5; ++i) {
    for (const auto& name : names) all += fmt::format(request, name);
  }
  client.send(all);
  for (int i = 0; i < 5; ++i) {
    for (const auto& name : names) {
      const auto response = client.receive();
      EXPECT_EQ(response.status, name == "none" ? 404 : 200) << name;
      EXPECT_TRUE(name == "none" || response.body == server.read(name)) << name;
    }
  }
}

TEST_F(HttpConnection, AnyCutOfARequestMakesNoDifference) {
  const auto one = fmt::format(request, "a");
  for (std::size_t cut = 1; cut < one.size(); ++cut) {
    client.send(one.substr(0, cut));
    client.send(one.substr(cut));
    EXPECT_EQ(client.receive().body, "first") << cut;
  }
}

TEST_F(HttpConnection, StaysUntilOneSideWantsItsEnd) {
  EXPECT_FALSE(client.get("/a").has("Connection"));
  const auto last = client.get("/a", "Connection: close\r\n");
  EXPECT_EQ(last.field("Connection"), "close");
  EXPECT_EQ(last.body, "first");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnection, OfHttp10EndsUnlessItIsToStay) {
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto stays = client.receive();
  EXPECT_THAT(stays.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(stays.field("Connection"), "keep-alive");
  client.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive().field("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnection, NothingIsAnsweredBehindTheLastRequest) {
  client.send("GET /a HTTP/1.1\r\nHost: www.lab\r\nConnection: close\r\n\r\nGET /c HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  EXPECT_EQ(client.receive().body, "first");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnection, AClientThatSaysItsLastAndEndsItsSideGetsItsResponse) {
  client.send(fmt::format(request, "b"));
  client.connection().end_sending();
  EXPECT_TRUE(client.receive().body == server.read("b"));
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnection, AnEmptyLineBehindABodyIsPassedOver) {
  client.send("\r\n" + fmt::format(request, "a"));
  EXPECT_EQ(client.receive().body, "first");
}

TEST_F(HttpConnection, TheAbsoluteFormCountsAndNotHost) {
  client.send("GET http://other.lab/a HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  EXPECT_EQ(client.receive().body, "first");
}

TEST_F(HttpConnection, IsNotTheOneOfAnotherScheme) {
  EXPECT_EQ(client.get("HTTP://www.lab/a").body, "first");
  for (const auto* target : {"https://www.lab/a", "ftp://www.lab/a"})
    EXPECT_EQ(client.get(target).status, 421) << target;
  EXPECT_EQ(client.get("/a").body, "first") << "and it goes on";
}

TEST_F(HttpConnection, ABodyThatNobodyWantsIsReadIfItIsShort) {
  EXPECT_EQ(client.ask("POST", "/a", "", "name=value").status, 405);
  EXPECT_EQ(client.ask("GET", "/a", "", "a body, of which nothing is said").body, "first");
  client.send("POST /a HTTP/1.1\r\nHost: www.lab\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
              fmt::format(request, "c"));
  EXPECT_EQ(client.receive().status, 405);
  EXPECT_EQ(client.receive().body, "third");
}

TEST_F(HttpConnection, ALongBodyThatNobodyWantsEndsItButNotBeforeTheResponseIsRead) {
  client.send("POST /a HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 65537\r\n\r\n");
  client.connection().try_send(std::string(65'537, 'x'));
  const auto response = client.receive();
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnection, ThatIsIdleEndsWithTheService) {
  EXPECT_EQ(client.get("/a").body, "first");
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_TRUE(client.is_at_end());
}

class HttpTimeouts : public testing::Test {
 protected:
  std::unique_ptr<RunningHttp> server = RunningHttp::with_config(
      "sites: [{ root: ROOT, uploads: true }]\n"
      "limits: { keep_alive_timeout: 100ms, head_timeout: 100ms, body_timeout: 100ms, stall_timeout: 200ms }\n");
  HttpClient client{*server};
};

TEST_F(HttpTimeouts, AHeadThatDoesNotComeIs408) {
  client.send("GET / HTTP/1.1\r\nHost:");
  const auto response = client.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpTimeouts, SingleBytesGainNothing) {
  bool is_taken = true;
  for (int i = 0; i < 5'000 && is_taken && !client.connection().has_received(); ++i) {
    is_taken = client.connection().try_send("x");
    test::pause();
  }
  EXPECT_EQ(client.receive().status, 408);
}

TEST_F(HttpTimeouts, AConnectionWithoutARequestEndsInSilence) {
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpTimeouts, AnIdleOneEndsInSilence) {
  server->write("a", "text");
  EXPECT_EQ(client.get("/a").status, 200);
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpTimeouts, ABodyThatDoesNotComeIs408AndIsNotStored) {
  client.send("PUT /new HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.is_at_end());
  EXPECT_FALSE(server->has("new"));
}

TEST_F(HttpTimeouts, WhoDoesNotReadIsLeft) {
  server->write("large", std::string(30'000'000, 'x'));
  client.send("GET /large HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  ASSERT_TRUE(test::eventually([&] { return client.connection().has_received(); }));  // the file is open, too, then
  const auto before = server->descriptors();
  EXPECT_TRUE(test::eventually([&] { return server->descriptors() < before; }));
}

class HttpLeastRate : public testing::Test {
 protected:
  static constexpr std::size_t file_bytes = 12'000'000;  // more than the systems of both ends hold

  HttpLeastRate() { server->write("large", std::string(file_bytes, 'x')); }
  /// For two seconds at least so many bytes at once with a pause in between, then whatever comes. How many in all, with
  /// the head.
  std::size_t read_slowly(std::size_t bytes_at_once, std::chrono::milliseconds pause) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    client.send("GET /large HTTP/1.1\r\nHost: www.lab\r\nConnection: close\r\n\r\n");
    std::size_t all = 0;
    for (;;) {
      std::size_t some = 0;
      while (some < bytes_at_once) {
        const auto piece = client.connection().receive();
        if (piece.empty()) return all + some;
        some += piece.size();
      }
      all += some;
      if (std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(pause);
    }
  }

  std::unique_ptr<RunningHttp> server = RunningHttp::with_config(
      "sites: [{ root: ROOT }]\n"
      "limits: { response_timeout: 400ms, response_bytes_per_second_min: 1000000, stall_timeout: 10s }\n");
  HttpClient client{*server};
};

TEST_F(HttpLeastRate, WhoReadsSlowlyButFastEnoughGetsAll) {
  EXPECT_GT(read_slowly(200'000, std::chrono::milliseconds{30}), file_bytes);  // about 6 MB a second
}

TEST_F(HttpLeastRate, WhoFallsBehindIsLeftThoughSomethingMoves) {
  EXPECT_LT(read_slowly(20'000, std::chrono::milliseconds{200}), file_bytes);
}

TEST(HttpBodies, ThatNobodyWantsAreNotWaitedForLong) {
  RunningHttp server;
  server.write("a", "text");
  HttpClient client{server};
  client.send("POST /a HTTP/1.1\r\nHost: www.lab\r\nContent-Length: 10\r\n\r\n");
  const auto refused = client.receive();  // a body may take 20 s, a test 10
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Connection"), "close");
}

TEST(HttpDocuments, OfManyPathsAreOneOpenFile) {
  RunningHttp server;
  server.write("a", "text");
  std::this_thread::sleep_for(std::chrono::milliseconds{150});  // until it counts as settled
  HttpClient client{server};
  client.get("/a");
  const auto before = server.descriptors();
  for (int i = 1; i < 100; ++i) {
    std::string target;
    for (int k = 0; k < i; ++k) target += "/.";
    EXPECT_EQ(client.get(target + "/a").body, "text");
    EXPECT_EQ(client.get(target + "/%61").body, "text");
  }
  EXPECT_LE(server.descriptors(), before + 2);
}

TEST(HttpExpectations, AreLookedAtInWhateverIsAsked) {
  RunningHttp server;
  server.write("a", "text");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(HttpClient{server}.get("/a").body, "text");
    EXPECT_EQ(HttpClient{server}.get("/a", "Expect: something\r\n").status, 417);
  }
}

TEST(HttpQuota, OneTooManyIsTold503) {
  const auto server = RunningHttp::with_config("sites: [{root: ROOT}]\nlimits: { connections_max: 2 }\n");
  server->write("a", "text");
  HttpClient first{*server}, second{*server};
  EXPECT_EQ(first.get("/a").status, 200);
  EXPECT_EQ(second.get("/a").status, 200);
  HttpClient third{*server};
  const auto refused = third.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "1");
}

TEST(HttpQuota, ManySlowOnesHoldUpNobody) {
  RunningHttp server;
  server.write("a", "text");
  std::deque<HttpClient> slow;
  for (int i = 0; i < 500; ++i) slow.emplace_back(server).send("GET / HTTP/1.1\r\nX:");
  HttpClient client{server};
  EXPECT_EQ(client.get("/a").body, "text");
}

TEST(HttpLike, ApacheHasTheOrderOfTheReportsCapture) {
  RunningHttp server{std::vector<std::string>{"--like", "apache"}};
  std::string text;
  while (text.size() < 10'671) text += "<p>It works!</p>\n";
  text.resize(10'671);
  server.write("index.html", text);
  HttpClient client{server};
  const auto response = client.get("/", "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n");
  EXPECT_EQ(response.field_names(),
            "Date, Server, Last-Modified, ETag, Accept-Ranges, Vary, Content-Encoding, Content-Length, Keep-Alive, "
            "Connection, Content-Type");
  EXPECT_THAT(response.field("ETag"), testing::EndsWith("-gzip\""));
  EXPECT_EQ(response.field("Server"), "Apache");
  EXPECT_EQ(response.field("Connection"), "Keep-Alive");
  EXPECT_THAT(response.field("Keep-Alive"), HasSubstr("timeout=15, max="));
  const auto again =
      client.get("/", fmt::format("Accept-Encoding: gzip\r\nIf-None-Match: {}\r\n", response.field("ETag")));
  EXPECT_EQ(again.status, 304);
}

TEST(HttpLike, NginxHasItsOwnOrderAndTag) {
  RunningHttp server{std::vector<std::string>{"--like", "nginx"}};
  server.write("index.html", "home");
  HttpClient client{server};
  const auto response = client.get("/");
  EXPECT_THAT(response.field_names(),
              StartsWith("Server, Date, Content-Type, Content-Length, Last-Modified, Connection"));
  EXPECT_THAT(response.field("ETag"), testing::MatchesRegex("\"[0-9a-f]+-4\""));
}

}  // namespace
}  // namespace labnet::http_server
