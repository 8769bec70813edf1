// Connections in clear: whose turn it is, and who the peer is.
#include "common/net/stream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/v6_only.hpp>

#include "common/net/pause.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

constexpr int line_count = 5'000;

/// A connection on which so many lines have come that none has to be waited for.
Task<Ends> ends_with_lines(Worker& worker) {
  auto ends = co_await connect_ends(worker);
  std::string lines;
  for (int i = 0; i < line_count; ++i) lines += "NOOP\r\n";
  const auto written = co_await ends.client.write(lines, test_limit);
  EXPECT_TRUE(written);
  co_await ends.client.end_writing(test_limit);
  co_return ends;
}

TEST(Stream, ReadsLetOthersHaveTheirTurnHoweverMuchHasCome) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await ends_with_lines(worker);
    int read = 0;
    int read_before_others = -1;
    worker.post([&] { read_before_others = read; });
    for (auto line = co_await ends.server.read_line(100, test_limit); line;
         line = co_await ends.server.read_line(100, test_limit)) {
      ++read;
    }
    EXPECT_EQ(read, line_count);
    EXPECT_GE(read_before_others, 0);
    EXPECT_LT(read_before_others, 100);
  });
}

TEST(Stream, WritesLetOthersHaveTheirTurnHoweverMuchIsTaken) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    int written = 0;
    int written_before_others = -1;
    worker.post([&] { written_before_others = written; });
    for (; written < 1'000; ++written) {
      const auto one = co_await ends.server.write("x", test_limit);
      EXPECT_TRUE(one);
    }
    EXPECT_GE(written_before_others, 0);
    EXPECT_LT(written_before_others, 100);
  });
}

TEST(Stream, WritesAtOnceWhatTheSocketTakesAndThenGoesOn) {
  std::string large(10 << 20, 'x');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i % 23);
  const std::vector<Bytes> small{as_bytes("head"), {}, as_bytes("tail")}, pieces{{}, as_bytes("head"), as_bytes(large)};
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    EXPECT_TRUE(ends.server.write_at_once(small));
    EXPECT_FALSE(ends.server.write_at_once(pieces));
    std::string read(12 + large.size(), '\0');
    const auto results = co_await both(worker, ends.server.write(pieces, test_limit),
                                       ends.client.read_exactly(std::as_writable_bytes(std::span{read}), test_limit));
    EXPECT_TRUE(results.first && results.second);
    EXPECT_TRUE(read == "headtailhead" + large);
  });
}

TEST(Stream, WritesAtOnceOnlyAsLongAsItIsItsTurn) {
  const std::vector<Bytes> pieces{as_bytes("x")};
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    int written = 0;
    while (written < 1'000 && ends.server.write_at_once(pieces)) ++written;
    EXPECT_GT(written, 0);
    EXPECT_LT(written, 100);
    const auto one = co_await ends.server.write("x", test_limit);  // lets others run, as its turn is over
    EXPECT_TRUE(one);
    EXPECT_TRUE(ends.server.write_at_once(pieces));
  });
}

TEST(Stream, AtOnceNothingIsWrittenToWhoIsGone) {
  const std::vector<Bytes> pieces{as_bytes("x")};
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    ends.server.abort();
    EXPECT_FALSE(ends.server.write_at_once(pieces));
    const auto after = co_await ends.server.write(pieces, test_limit);
    EXPECT_FALSE(after);
    ends.server.close();
    EXPECT_FALSE(ends.server.write_at_once(pieces));
  });
}

TEST(Stream, ADeadlineHoldsThoughThereIsAlwaysMoreToRead) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await ends_with_lines(worker);
    int read = 0;
    auto line = co_await ends.server.read_line(100, Timeout{0});
    for (; line; line = co_await ends.server.read_line(100, Timeout{0})) ++read;
    EXPECT_EQ(line.error(), StreamFault::deadline);
    EXPECT_LT(read, 100);
    for (line = co_await ends.server.read_line(100, test_limit); line;
         line = co_await ends.server.read_line(100, test_limit)) {
      ++read;
    }
    EXPECT_EQ(read, line_count);  // nothing is lost
  });
}

TEST(Stream, TheFirstByteIsSeenAndStaysWhereItIs) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto nothing = co_await ends.server.look_at_first(Timeout{1});
    EXPECT_EQ(nothing.error(), StreamFault::deadline);
    const auto written = co_await ends.client.write("GET", test_limit);
    EXPECT_TRUE(written);
    for (int i = 0; i < 2; ++i) {
      const auto first = co_await ends.server.look_at_first(test_limit);
      EXPECT_TRUE(first && *first == std::byte{'G'});
    }
    std::array<std::byte, 3> read;
    const auto all = co_await ends.server.read_exactly(read, test_limit);
    EXPECT_TRUE(all);
    EXPECT_EQ(as_text(read), "GET");
    ends.client.close();
    const auto over = co_await ends.server.look_at_first(test_limit);
    EXPECT_EQ(over.error(), StreamFault::closed);
  });
}

TEST(Stream, WhoComesByIpv4ToASocketForBothHasAnIpv4Address) {
  run_task([](Worker& worker) -> Task<void> {
    asio::basic_socket_acceptor<asio::ip::tcp, Executor> both{worker.executor()};
    both.open(asio::ip::tcp::v6());
    both.set_option(asio::ip::v6_only{false});
    both.bind({asio::ip::address_v6::any(), 0});
    both.listen();
    const auto port = both.local_endpoint().port();
    auto client = co_await Stream::connect(worker.executor(), loopback("tcp", port), test_limit);
    auto [error, socket] = co_await both.async_accept(worker.executor(), as_result);
    EXPECT_FALSE(error);
    const Stream server{std::move(socket)};
    EXPECT_EQ(server.peer(), client->local());
    EXPECT_EQ(server.local(), client->peer());
  });
}

}  // namespace
}  // namespace labnet::net
