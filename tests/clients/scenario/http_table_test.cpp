// The table of requests and responses that a capture shows.
#include "clients/scenario/http_table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/clients/scenario/segments.hpp"

namespace labnet::scenario {
namespace {

using namespace std::chrono_literals;

constexpr auto browser = Segments::client, web = Segments::server;
constexpr auto client_port = Segments::client_port;
constexpr packet::Timestamp first_request{1'795'486'919s};

/// Both sides of one connection, segment after segment.
class Connection {
 public:
  void open() {
    add(segments_.syn());
    add(segments_.syn_ack());
  }
  void request(std::string_view text) { add(segments_.next(true, text)); }
  void response(std::string_view text) { add(segments_.next(false, text)); }
  void repeat_last() { add(last_); }
  const std::vector<HttpExchange>& exchanges() const { return builder_.exchanges(); }

 private:
  void add(const packet::Frame& frame) {
    last_ = frame;
    builder_.add(++number_, first_request, last_);
  }

  HttpTableBuilder builder_;
  Segments segments_{http_port};
  packet::Frame last_;
  std::uint64_t number_ = 0;
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: web.lab\r\nAccept-Encoding: gzip\r\n\r\n";

TEST(HttpTable, PairsARequestWithItsResponse) {
  Connection connection;
  connection.open();
  connection.request(get);
  connection.response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\nhello");
  connection.response("world");
  ASSERT_EQ(connection.exchanges().size(), 1u);
  const auto& exchange = connection.exchanges()[0];
  EXPECT_EQ(exchange.client, browser);
  EXPECT_EQ(exchange.server, web);
  EXPECT_EQ(exchange.client_port, client_port);
  EXPECT_EQ(exchange.number, 3u);
  EXPECT_EQ(exchange.method, "GET");
  EXPECT_EQ(exchange.target, "/");
  EXPECT_EQ(exchange.host, "web.lab");
  ASSERT_TRUE(exchange.answer);
  EXPECT_EQ(exchange.answer->number, 4u);
  EXPECT_EQ(exchange.answer->status, 200);
  EXPECT_EQ(exchange.answer->field("content-encoding"), "gzip");
  EXPECT_EQ(exchange.answer->field("ETag"), "");
  EXPECT_EQ(exchange.answer->body_bytes, 10u);
  EXPECT_EQ(exchange.answer->frames, 2u);
}

TEST(HttpTable, TellsMessagesApartWhateverTheSegments) {
  const auto requests = fmt::format("{}HEAD /x HTTP/1.1\r\nHost: web.lab\r\n\r\n{}", get, get);
  const std::string responses =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n";
  for (std::size_t bytes = 1; bytes < 80; ++bytes) {
    Connection connection;
    connection.open();
    for (std::size_t at = 0; at < requests.size(); at += bytes) connection.request(requests.substr(at, bytes));
    for (std::size_t at = 0; at < responses.size(); at += bytes) connection.response(responses.substr(at, bytes));
    ASSERT_EQ(connection.exchanges().size(), 3u) << bytes;
    EXPECT_EQ(connection.exchanges()[0].answer->body_bytes, 5u);
    EXPECT_EQ(connection.exchanges()[1].method, "HEAD");
    EXPECT_EQ(connection.exchanges()[1].answer->body_bytes, 0u);
    EXPECT_EQ(connection.exchanges()[2].answer->status, 304);
  }
}

TEST(HttpTable, TheLastResponseCountsBehind100) {
  Connection connection;
  connection.open();
  connection.request("PUT /a HTTP/1.1\r\nHost: web.lab\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  connection.response("HTTP/1.1 100 Continue\r\n\r\n");
  connection.request("hello");
  connection.response("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(connection.exchanges().size(), 1u);
  EXPECT_EQ(connection.exchanges()[0].body_bytes, 5u);
  EXPECT_EQ(connection.exchanges()[0].answer->status, 201);
}

TEST(HttpTable, WhatIsSentTwiceCountsOnce) {
  Connection connection;
  connection.open();
  connection.request(get);
  connection.repeat_last();
  connection.response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  connection.repeat_last();
  ASSERT_EQ(connection.exchanges().size(), 1u);
  EXPECT_EQ(connection.exchanges()[0].answer->body_bytes, 5u);
  EXPECT_EQ(connection.exchanges()[0].answer->frames, 1u);
}

TEST(HttpTable, WhatIsNoHttpIsPassedOver) {
  Connection connection;
  connection.open();
  connection.request("\x16\x03\x01 a hello of TLS\r\n\r\n");
  connection.request(get);
  connection.response("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(connection.exchanges().size(), 0u);
}

TEST(HttpTable, ANewConnectionOnTheSamePortsBeginsAnew) {
  Connection connection;
  for (int i = 0; i < 2; ++i) {
    connection.open();
    connection.request(get);
    connection.response("HTTP/1.1 200 OK\r\n\r\nuntil the close");
  }
  ASSERT_EQ(connection.exchanges().size(), 2u);
  EXPECT_EQ(connection.exchanges()[1].answer->body_bytes, 15u);
}

}  // namespace
}  // namespace labnet::scenario
