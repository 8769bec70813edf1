// Responses in all the ways in which they end, and in those in which they must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/coding/gzip.hpp"
#include "tests/clients/http/fetching.hpp"
#include "tests/clients/http/scripted_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::http_client {
namespace {

using namespace std::chrono_literals;
using test::in_chunks;
using test::Peer;
using test::response_of;
using test::ScriptedServer;
using test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Each connection is answered with these bytes, and closed.
ScriptedServer::Script saying(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send(bytes);
  };
}

Fetched fetched_of(const std::string& bytes, const Request& request = {}, const ClientOptions& options = {}) {
  const ScriptedServer server{saying(bytes)};
  return Fetches{options}.one(server.url(), request);
}

Request compressed() {
  Request request;
  request.fields.push_back({"Accept-Encoding", "gzip"});
  request.takes_off_gzip = true;
  return request;
}

std::string gzipped(std::string_view text) {
  return std::string{as_text(coding::gzip(as_bytes(text)))};
}

TEST(HttpResponse, EndsWithItsLength) {
  const auto fetched = fetched_of(response_of("hello") + "and what does not belong to it");
  EXPECT_EQ(fetched.status, 200);
  EXPECT_EQ(fetched.text, "hello");
  EXPECT_EQ(fetched.wire_bytes, response_of("hello").size());
}

TEST(HttpResponse, EndsWithItsLastChunk) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::size_t size : {1u, 2u, 7u, 100u}) {
    EXPECT_EQ(fetched_of(head + in_chunks("one two three", size)).text, "one two three") << size;
  }
  EXPECT_EQ(fetched_of(head + "5;a=b\r\nhello\r\n0\r\nTrailer: x\r\n\r\n").text, "hello");
}

TEST(HttpResponse, EndsWithTheConnection) {
  EXPECT_EQ(fetched_of("HTTP/1.1 200 OK\r\n\r\nhello").text, "hello");
  EXPECT_EQ(fetched_of("HTTP/1.0 200 OK\r\n\r\nhello").text, "hello");
  EXPECT_EQ(fetched_of("HTTP/1.0 200\r\n\r\n").status, 200);
}

TEST(HttpResponse, HasNoBodyWhereThereIsNone) {
  Request head;
  head.method = "HEAD";
  EXPECT_EQ(fetched_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head).status, 200);
  EXPECT_EQ(fetched_of("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_EQ(fetched_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").status, 304);
}

TEST(HttpResponse, ComesByteByByte) {
  const auto bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" +
      in_chunks(gzipped("one two three"), 3);
  const ScriptedServer server{[&](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send_slowly(bytes);
    peer.read_to_end();
  }};
  const auto fetched = Fetches{}.one(server.url(), compressed());
  EXPECT_EQ(fetched.text, "one two three");
  EXPECT_EQ(fetched.wire_bytes, bytes.size());
  EXPECT_EQ(fetched.body_bytes, 13u);
}

TEST(HttpResponse, CutWithinItsHeadIsRefused) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    const auto fetched = fetched_of(head.substr(0, size));
    EXPECT_EQ(fetched.status, 0) << size;
    EXPECT_THAT(fetched.error, HasSubstr(size == 0 ? "no response came: the peer closed" : "ended within its head"))
        << size;
  }
}

TEST(HttpResponse, CutWithinItsBodyIsRefused) {
  const auto by_length = fetched_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  EXPECT_THAT(by_length.error, HasSubstr("the body was cut off after 5 of 10 bytes: the peer closed the connection"));
  EXPECT_EQ(by_length.text, "hello");
  for (const auto* rest : {"", "5", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n"}) {
    const auto fetched = fetched_of(std::string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"} + rest);
    EXPECT_EQ(fetched.status, 0) << rest;
    EXPECT_THAT(fetched.error, HasSubstr("the body was cut off")) << rest;
  }
}

TEST(HttpResponse, BrokenOffIsRefused) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    peer.read_request(request);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    peer.reset();
  }};
  EXPECT_THAT(Fetches{}.one(server.url()).error, HasSubstr("the connection broke"));
}

TEST(HttpResponse, WithTwoEndsIsRefused) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "both Content-Length and Transfer-Encoding"},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "both Content-Length and Transfer-Encoding"},
      {"Content-Length: 5\r\nContent-Length: 6\r\n", "different numbers"},
      {"Content-Length: +5\r\n", "no number"},
      {"Content-Length: 99999999999999999999999\r\n", "no number"},
      {"Transfer-Encoding: gzip\r\n", "does not end with chunked"},
      {"Transfer-Encoding: gzip, chunked\r\n", "not known"},
  };
  for (const auto& [fields, why] : all) {
    const auto fetched = fetched_of("HTTP/1.1 200 OK\r\n" + fields + "\r\nhello");
    EXPECT_EQ(fetched.status, 0) << fields;
    EXPECT_THAT(fetched.error, HasSubstr(why)) << fields;
  }
}

TEST(HttpResponse, WithAMalformedChunkIsRefused) {
  for (const auto* chunks :
       {"x\r\nhello\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "ffffffffffffffff1\r\n", "-5\r\nhello\r\n"}) {
    const auto fetched = fetched_of(std::string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"} + chunks);
    EXPECT_THAT(fetched.error, HasSubstr("the body cannot be read")) << chunks;
  }
}

TEST(HttpResponse, ThatIsNoneIsRefused) {
  for (const auto* bytes :
       {"220 FTP server ready\r\n", "HTTP/2.0 200 OK\r\n\r\n", "<html></html>\n", "HTTP/1.1 200 OK\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n"}) {
    EXPECT_THAT(fetched_of(bytes).error, HasSubstr("no response of HTTP/1")) << bytes;
  }
}

TEST(HttpResponse, WithTooLargeAHeadIsRefused) {
  EXPECT_THAT(fetched_of("HTTP/1.1 200 OK\r\nA: " + std::string(http::field_line_bytes_max, 'a')).error,
              HasSubstr("too long"));
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (std::size_t i = 0; i <= http::fields_max; ++i) many += "A: b\r\n";
  EXPECT_THAT(fetched_of(many + "\r\n").error, HasSubstr("too many"));
  std::string large = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 5; ++i) large += "A: " + std::string(8000, 'a') + "\r\n";
  EXPECT_THAT(fetched_of(large).error, HasSubstr("too long"));
}

TEST(HttpResponse, MayHaveInformationalOnesInFront) {
  const std::string early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
  EXPECT_EQ(fetched_of(early + early + response_of("hello")).text, "hello");
  std::string too_many;
  for (int i = 0; i <= informational_responses_max; ++i) too_many += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_THAT(fetched_of(too_many + response_of("hello")).error,
              HasSubstr("one informational response follows the other"));
  EXPECT_THAT(fetched_of("HTTP/1.1 101 Switching Protocols\r\n\r\n").error, HasSubstr("switches to another protocol"));
}

TEST(HttpResponse, LongerThanAllowedIsRefused) {
  Request request;
  request.body_bytes_max = 4;
  EXPECT_THAT(fetched_of(response_of("hello"), request).error, HasSubstr("--max-size lets more in"));
  request.body_bytes_max = 5;
  EXPECT_EQ(fetched_of(response_of("hello"), request).text, "hello");
}

TEST(HttpGzip, IsTakenOffIfItWasAskedFor) {
  const auto bytes = response_of(gzipped("one two three"), "Content-Encoding: gzip\r\n");
  EXPECT_EQ(fetched_of(bytes, compressed()).text, "one two three");
  EXPECT_EQ(fetched_of(response_of(gzipped("one"), "Content-Encoding: X-GZIP\r\n"), compressed()).text, "one");
  const ScriptedServer server{saying(bytes)};
  Fetches fetches;
  EXPECT_EQ(fetches.one(server.url()).text, gzipped("one two three"));
  EXPECT_THAT(fetches.told.notices, ElementsAre(HasSubstr("--compressed")));
}

TEST(HttpGzip, OfNothingIsNothing) {
  EXPECT_EQ(fetched_of(response_of("", "Content-Encoding: gzip\r\n"), compressed()).status, 200);
}

TEST(HttpGzip, ThatIsDamagedIsRefused) {
  const auto packed = gzipped("one two three");
  EXPECT_THAT(
      fetched_of(response_of(packed.substr(0, packed.size() - 1), "Content-Encoding: gzip\r\n"), compressed()).error,
      HasSubstr("the compressed body was cut off"));
  EXPECT_THAT(fetched_of(response_of("<html>", "Content-Encoding: gzip\r\n"), compressed()).error,
              HasSubstr("no gzip, or damaged"));
}

TEST(HttpGzip, BombIsRefused) {
  auto request = compressed();
  request.body_bytes_max = 1'000'000;
  const auto bomb = response_of(gzipped(std::string(20'000'000, '\0')), "Content-Encoding: gzip\r\n");
  const auto fetched = fetched_of(bomb, request);
  EXPECT_THAT(fetched.error, HasSubstr("more comes out of gzip than is allowed; --max-size lets more in"));
  EXPECT_LE(fetched.text.size(), 1'000'000u);
}

TEST(HttpGzip, OfAPartStaysAsItCame) {
  const auto packed = gzipped("one two three");
  const auto bytes =
      response_of(packed.substr(3), "Content-Encoding: gzip\r\nContent-Range: bytes 3-9/10\r\n", "206 Partial Content");
  EXPECT_EQ(fetched_of(bytes, compressed()).text, packed.substr(3));
}

TEST(HttpWait, ForAResponseEnds) {
  const ScriptedServer server{[](Peer& peer) { peer.read_to_end(); }};
  ClientOptions options;
  options.patience.response_timeout = 50ms;
  EXPECT_THAT(Fetches{options}.one(server.url()).error,
              HasSubstr("no response came within 50 ms; --timeout waits longer"));
}

TEST(HttpWait, ForARestOfAHeadEnds) {
  const ScriptedServer server{[](Peer& peer) {
    while (peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2")) peer.read_to_end();
  }};
  ClientOptions options;
  options.patience.response_timeout = 50ms;
  EXPECT_THAT(Fetches{options}.one(server.url()).error, HasSubstr("within 50 ms"));
}

TEST(HttpWait, ForABodyThatStallsEnds) {
  const ScriptedServer server{[](Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    peer.read_to_end();
  }};
  ClientOptions options;
  options.patience.stall_timeout = 50ms;
  EXPECT_THAT(Fetches{options}.one(server.url()).error,
              HasSubstr("the body stalled after 5 of 10 bytes: nothing came within 50 ms; --timeout waits longer"));
}

TEST(HttpWait, ForAllTogetherEnds) {
  const ScriptedServer server{[](Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send("x")) test::pause();
  }};
  ClientOptions options;
  options.patience.until = net::deadline_after(100ms);
  const auto fetched = Fetches{options}.one(server.url());
  EXPECT_THAT(fetched.error, HasSubstr("--max-time"));
  EXPECT_THAT(fetched.text, StartsWith("x"));
}

}  // namespace
}  // namespace labnet::http_client
