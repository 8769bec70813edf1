// What is kept of a lab's log, and what becomes of a reader of it who does not read.
#include "servers/lab/log_book.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "common/base/pipe.hpp"

namespace labnet::lab {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string read_some(const FileDescriptor& reading) {
  std::array<char, 1024 * 1024> data;
  const auto count = read(reading.get(), data.data(), data.size());
  return count < 0 ? "" : std::string{data.data(), static_cast<std::size_t>(count)};
}

TEST(LogBook, KeepsTheNewestLinesWithinItsLimit) {
  boost::asio::io_context context;
  LogBook book{context, {}};
  const auto count = 3 * LogBook::bytes_max / LogBook::line_bytes_max;
  for (std::size_t i = 0; i < count; ++i) book.write("dns", "dns", std::string(LogBook::line_bytes_max + 1, 'x'));
  EXPECT_LT(book.lines().size() * LogBook::line_bytes_max, LogBook::bytes_max);
  EXPECT_GT(book.lines().size() * LogBook::line_bytes_max, LogBook::bytes_max / 2);
  EXPECT_EQ(book.lines().back().number, count - 1);
  EXPECT_EQ(book.lines().back().text, std::string(LogBook::line_bytes_max - 3, 'x') + "...");
}

TEST(LogBook, IsBoundedForEmptyLinesToo) {
  boost::asio::io_context context;
  LogBook book{context, {}};
  for (int i = 0; i < 100'000; ++i) book.write("", "", "");
  EXPECT_LT(book.lines().size() * sizeof(LogLine), LogBook::bytes_max);
}

TEST(LogBook, GoesOnWhileNobodyReadsAndSaysLaterHowMuchWasLeftOut) {
  boost::asio::io_context context;
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  LogBook book{context, std::move(pipe->writing)};
  constexpr int lines = 10'000;  // a pipe holds 64 KiB
  for (int i = 0; i < lines; ++i) book.write("dns", "dns", "a line that nobody reads");
  EXPECT_THAT(book.lines(), SizeIs(testing::Gt(5000u)));
  const auto shown = read_some(pipe->reading);
  const auto shown_lines = std::ranges::count(shown, '\n');
  EXPECT_EQ(shown.substr(0, shown.find('\n')), "dns/dns: a line that nobody reads");
  book.write("", "", "read again");
  EXPECT_EQ(read_some(pipe->reading),
            fmt::format("lab: {} lines were not shown here\nlab: read again\n", lines - shown_lines));
}

TEST(LogBook, ShowsWhatAServiceSaysWithoutItsControlCharacters) {
  boost::asio::io_context context;
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  LogBook book{context, std::move(pipe->writing)};
  book.write("dns", "dns", "red \x1b[31m and \x07");
  EXPECT_EQ(read_some(pipe->reading), "dns/dns: red \\x1b[31m and \\x07\n");
  book.write("dns", "dns", std::string(LogBook::line_bytes_max, '\x1b'));
  EXPECT_LE(read_some(pipe->reading).size(), std::size_t{PIPE_BUF});
}

TEST(LogBook, AReaderThatIsGoneIsNoLoss) {
  boost::asio::io_context context;
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  signal(SIGPIPE, SIG_IGN);
  LogBook book{context, std::move(pipe->writing)};
  pipe->reading.reset();
  book.write("", "", "one");
  book.write("", "", "two");
  EXPECT_THAT(book.lines(), SizeIs(2));
}

}  // namespace
}  // namespace labnet::lab
