// Where messages end, and every way of saying it twice.
#include "common/http/framing.hpp"

#include <gtest/gtest.h>

#include "tests/common/http/heads.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

constexpr auto none = Framing{};
constexpr auto chunked = Framing{BodyKind::chunked, 0};
constexpr auto until_close = Framing{BodyKind::until_close, 0};

Framing bytes(std::uint64_t length) {
  return {BodyKind::length, length};
}

Result<Framing, FramingFault> of_request(std::string_view lines, std::string_view version = "1.1") {
  const auto parsed = request(lines, "POST / HTTP/" + std::string{version});
  EXPECT_TRUE(parsed.whole()) << lines;
  return framing_of(parsed.head());
}

Result<Framing, FramingFault> of_response(std::string_view lines, int status = 200, std::string_view method = "GET") {
  const auto parsed = response(lines, "HTTP/1.1 " + std::to_string(status) + " X");
  EXPECT_TRUE(parsed.whole()) << lines;
  return framing_of(parsed.head(), method);
}

TEST(HttpRequestFraming, IsByLengthOrByChunksOrThereIsNoBody) {
  EXPECT_EQ(*of_request(""), none);
  EXPECT_EQ(*of_request("Content-Length: 0\r\n"), bytes(0));
  EXPECT_EQ(*of_request("content-length: 18446744073709551615\r\n"), bytes(UINT64_MAX));
  EXPECT_EQ(*of_request("Transfer-Encoding: chunked\r\n"), chunked);
  EXPECT_EQ(*of_request("TRANSFER-ENCODING:\t Chunked \r\n"), chunked);
  EXPECT_EQ(*of_request("Content-Length: 5\r\n", "1.0"), bytes(5));
}

TEST(HttpRequestFraming, TakesALengthSaidTwiceAlike) {
  EXPECT_EQ(*of_request("Content-Length: 5\r\nContent-Length: 5\r\n"), bytes(5));
  EXPECT_EQ(*of_request("Content-Length: 5, 5\r\n"), bytes(5));
}

TEST(HttpRequestFraming, RefusesEverythingThatIsSaidInTwoWays) {
  const std::vector<std::pair<std::string, FramingFault>> refusals{
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", FramingFault::length_and_coding},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", FramingFault::length_and_coding},
      {"Transfer-Encoding: chunked\r\nA: b\r\nContent-Length: 0\r\n", FramingFault::length_and_coding},
      {"Transfer-Encoding: \r\nContent-Length: 5\r\n", FramingFault::length_and_coding},
      {"Transfer-Encoding: gzip\r\nContent-Length: x\r\n", FramingFault::length_and_coding},
      {"Content-Length: 5\r\nContent-Length: 6\r\n", FramingFault::differing_lengths},
      {"Content-Length: 5, 6\r\n", FramingFault::differing_lengths},
      {"Content-Length: 5, 5\r\nContent-Length: 6\r\n", FramingFault::differing_lengths},
      {"Content-Length: +5\r\n", FramingFault::malformed_length},
      {"Content-Length: -5\r\n", FramingFault::malformed_length},
      {"Content-Length: 5 5\r\n", FramingFault::malformed_length},
      {"Content-Length: 5,\r\n", FramingFault::malformed_length},
      {"Content-Length: ,5\r\n", FramingFault::malformed_length},
      {"Content-Length: \r\n", FramingFault::malformed_length},
      {"Content-Length: 0x5\r\n", FramingFault::malformed_length},
      {"Content-Length: 5.0\r\n", FramingFault::malformed_length},
      {"Content-Length: 5;a=b\r\n", FramingFault::malformed_length},
      {"Content-Length: \"5\"\r\n", FramingFault::malformed_length},
      {"Content-Length: 5\r\nContent-Length: \r\n", FramingFault::malformed_length},
      {"Content-Length: 18446744073709551616\r\n", FramingFault::malformed_length},
      {"Transfer-Encoding: \r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: gzip\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: identity\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked, gzip\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked, identity\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked,\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked, chunked\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked;a=b\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: \"chunked\"\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: xchunked\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: chunked\xc2\xa0\r\n", FramingFault::not_chunked_last},
      {"Transfer-Encoding: ,chunked\r\n", FramingFault::unknown_coding},
      {"Transfer-Encoding: gzip, chunked\r\n", FramingFault::unknown_coding},
      {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", FramingFault::unknown_coding},
      {"Transfer-Encoding: identity, chunked\r\n", FramingFault::unknown_coding},
  };
  for (const auto& [lines, fault] : refusals) {
    const auto framing = of_request(lines);
    ASSERT_TRUE(framing.has_error()) << lines;
    EXPECT_EQ(framing.error(), fault) << lines << describe(framing.error());
    EXPECT_EQ(status_of(fault), fault == FramingFault::unknown_coding ? 501 : 400);
  }
}

TEST(HttpRequestFraming, HasNoCodingsInHttp10) {
  EXPECT_EQ(of_request("Transfer-Encoding: chunked\r\n", "1.0").error(), FramingFault::coding_in_http_1_0);
  EXPECT_EQ(of_request("Transfer-Encoding: identity\r\n", "1.0").error(), FramingFault::coding_in_http_1_0);
}

TEST(HttpResponseFraming, GoesUntilTheConnectionClosesIfNothingElseIsSaid) {
  EXPECT_EQ(*of_response(""), until_close);
  EXPECT_EQ(*of_response("Content-Length: 7\r\n"), bytes(7));
  EXPECT_EQ(*of_response("Transfer-Encoding: chunked\r\n"), chunked);
}

TEST(HttpResponseFraming, HasNoBodyForWhatHasNone) {
  const auto lines = "Content-Length: 7\r\n";
  EXPECT_EQ(*of_response(lines, 200, "HEAD"), none);
  EXPECT_EQ(*of_response(lines, 200, "CONNECT"), none);
  EXPECT_EQ(*of_response(lines, 407, "CONNECT"), bytes(7));
  for (const int status : {100, 101, 199, 204, 304}) EXPECT_EQ(*of_response(lines, status), none) << status;
  for (const int status : {200, 206, 301, 404, 500}) EXPECT_EQ(*of_response(lines, status), bytes(7)) << status;
}

TEST(HttpResponseFraming, RefusesWhatRequestsAreRefusedFor) {
  EXPECT_EQ(of_response("Content-Length: 7\r\nTransfer-Encoding: chunked\r\n").error(),
            FramingFault::length_and_coding);
  EXPECT_EQ(of_response("Content-Length: 7, 8\r\n").error(), FramingFault::differing_lengths);
  EXPECT_EQ(of_response("Transfer-Encoding: gzip\r\n").error(), FramingFault::not_chunked_last);
}

TEST(HttpConnection, LivesOnAsVersionAndConnectionSay) {
  const auto lives = [](std::string_view lines, Version version) {
    const auto parsed = request(lines);
    return keeps_alive(version, parsed.fields());
  };
  EXPECT_TRUE(lives("", Version::http_1_1));
  EXPECT_FALSE(lives("", Version::http_1_0));
  EXPECT_TRUE(lives("Connection: Keep-Alive\r\n", Version::http_1_0));
  EXPECT_FALSE(lives("Connection: Close\r\n", Version::http_1_1));
  EXPECT_FALSE(lives("Connection: upgrade, close\r\n", Version::http_1_1));
  EXPECT_FALSE(lives("Connection: keep-alive\r\nConnection: close\r\n", Version::http_1_0)) << "close wins";
  EXPECT_TRUE(lives("Connection: closed\r\n", Version::http_1_1));
}

TEST(HttpExpect, IsKnownOrNot) {
  const auto expects = [](std::string_view lines, std::string_view first_line = "PUT /a HTTP/1.1") {
    const auto parsed = request(lines, first_line);
    return expectation_of(parsed.head());
  };
  EXPECT_EQ(expects(""), Expectation::none);
  EXPECT_EQ(expects("Expect: 100-Continue\r\n"), Expectation::continue_100);
  EXPECT_EQ(expects("Expect: 100-continue\r\n", "PUT /a HTTP/1.0"), Expectation::none);
  EXPECT_EQ(expects("Expect: 200-ok\r\n"), Expectation::unknown);
  EXPECT_EQ(expects("Expect: x, 100-continue\r\n"), Expectation::unknown);
}

TEST(HttpUpgrade, IsNeverAskedForInHttp10) {
  const auto lines = "Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n"sv;
  const auto in_1_1 = request(lines), in_1_0 = request(lines, "GET / HTTP/1.0");
  EXPECT_TRUE(asks_to_upgrade_to("websocket", in_1_1.head()));
  EXPECT_FALSE(asks_to_upgrade_to("tls/1.0", in_1_1.head()));
  EXPECT_FALSE(asks_to_upgrade_to("websocket", in_1_0.head()));
  const auto not_in_connection = request("Upgrade: websocket\r\n");
  EXPECT_FALSE(asks_to_upgrade_to("websocket", not_in_connection.head()));
}

}  // namespace
}  // namespace labnet::http
