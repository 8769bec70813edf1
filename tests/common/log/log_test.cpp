#include "common/log/log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <regex>
#include <thread>

#include "common/base/address.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"
#include "common/log/line.hpp"

namespace labnet::log {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

/// A pipe whose writing end a log writes to.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    reading = FileDescriptor{ends[0]};
    writing = FileDescriptor{ends[1]};
  }

  /// What was written, once every writer has closed.
  std::string rest() {
    writing.reset();
    std::string text;
    std::array<char, 65536> piece;
    for (ssize_t count; (count = ::read(reading.get(), piece.data(), piece.size())) > 0;)
      text.append(piece.data(), static_cast<std::size_t>(count));
    return text;
  }

  FileDescriptor reading;
  FileDescriptor writing;
};

Options options_for(const Pipe& pipe, Format format, bool asynchronous = false) {
  return {.name = "dns",
          .level = Level::info,
          .format = format,
          .asynchronous = asynchronous,
          .descriptor = pipe.writing.get()};
}

TEST(TextLine, ShowsEveryKindOfField) {
  EXPECT_EQ(text_line("listens", {}), "listens");
  EXPECT_EQ(
      text_line("m", {{"a", "x"}, {"n", -3}, {"u", 7u}, {"d", 0.5}, {"b", true}, {"s", std::string{"two words"}}}),
      "m a=x n=-3 u=7 d=0.5 b=true s=\"two words\"");
  EXPECT_EQ(text_line("m", {{"address", *parse_ipv4("192.168.1.7")}}), "m address=192.168.1.7");
}

TEST(TextLine, LeavesNoDoubtWhereAValueEnds) {
  EXPECT_EQ(text_line("m", {{"v", ""}, {"w", "a=b"}, {"x", "say \"hi\""}}), "m v=\"\" w=\"a=b\" x=\"say \\\"hi\\\"\"");
}

TEST(TextLine, EscapesWhatWouldForgeALineOrSteerTheTerminal) {
  EXPECT_EQ(text_line("m", {{"user", "eve\r\n2026-01-01 info: root logs in\x1b[2J"}}),
            "m user=\"eve\\r\\n2026-01-01 info: root logs in\\x1b[2J\"");
}

TEST(JsonLine, IsMembersOfAnObject) {
  EXPECT_EQ(json_line("m", {{"a", "x \"y\" \\"}, {"n", -3}, {"b", false}, {"d", 1.0 / 0.0 * 0}}),
            R"("message":"m","a":"x \"y\" \\","n":-3,"b":false,"d":null)");
  EXPECT_EQ(json_line("m", {{"name", "x"}, {"cut", 1}}), R"("message":"m","name_":"x","cut_":1)");
  EXPECT_EQ(json_line("m", {{"user", "\n\xff"}}), R"("message":"m","user":"\\n\\xff")");
}

TEST(Lines, HaveALimit) {
  const std::string hostile(100000, '\x01');
  for (const auto& line : {text_line(hostile, {{"a", hostile}, {"b", hostile}, {"c", hostile}, {"d", hostile}}),
                           json_line(hostile, {{"a", hostile}, {"b", hostile}, {"c", hostile}, {"d", hostile}})})
    EXPECT_LT(line.size(), line_bytes_max);
  EXPECT_THAT(text_line("m", {{"a", std::string(257, 'x')}}), EndsWith("xx..."));
  EXPECT_THAT(json_line(hostile, {{"a", hostile}, {"b", hostile}, {"c", hostile}}), EndsWith(",\"cut\":true"));
}

TEST(Log, WritesTextWithTimeLevelAndName) {
  Pipe pipe;
  {
    const Running log{options_for(pipe, Format::text)};
    debug("not shown");
    info("listens", {{"port", 53}});
    error("fails");
  }
  EXPECT_TRUE(
      std::regex_match(pipe.rest(), std::regex{R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info    dns: listens port=53
\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} error   dns: fails
)"}));
}

TEST(Log, WritesOneJsonObjectPerLine) {
  Pipe pipe;
  {
    const Running log{options_for(pipe, Format::json)};
    warning("slow", {{"seconds", 2}});
  }
  EXPECT_TRUE(std::regex_match(
      pipe.rest(),
      std::regex{
          R"x(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warning","name":"dns","message":"slow","seconds":2\}
)x"}));
}

TEST(Log, TheLevelMayChangeWhileItRuns) {
  Pipe pipe;
  {
    const Running log{options_for(pipe, Format::text)};
    EXPECT_FALSE(is_enabled(Level::debug));
    set_level(Level::debug);
    EXPECT_TRUE(is_enabled(Level::debug));
    debug("details");
  }
  EXPECT_THAT(pipe.rest(), HasSubstr("debug   dns: details"));
}

TEST(AsynchronousLog, WritesEverythingInOrderBeforeItEnds) {
  Pipe pipe;
  {
    const Running log{options_for(pipe, Format::text, true)};
    for (int i = 0; i < 100; ++i) info("line", {{"n", i}});
  }
  const auto text = pipe.rest();
  std::size_t position = 0;
  for (int i = 0; i < 100; ++i) {
    position = text.find("n=" + std::to_string(i) + "\n", position);
    ASSERT_NE(position, text.npos) << i;
  }
}

TEST(AsynchronousLog, NobodyWaitsForAReaderThatDoesNotRead) {
  Pipe pipe;
  const auto begin = std::chrono::steady_clock::now();
  {
    const Running log{options_for(pipe, Format::text, true)};
    for (int i = 0; i < 20000; ++i) info("a line of some length for a pipe that nobody empties", {{"n", i}});
  }
  // 20000 waits for the pipe would never end; what the one wait at the end may last is DescriptorSink::patience_ms.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

TEST(AsynchronousLog, SaysHowManyLinesWereDropped) {
  Pipe pipe;
  ASSERT_EQ(fcntl(pipe.writing.get(), F_SETPIPE_SZ, 4096), 4096);
  std::string text;
  constexpr int line_count = 5000;
  {
    const Running log{options_for(pipe, Format::text, true)};
    for (int i = 0; i < line_count; ++i) info("line", {{"n", i}});
    // Now someone reads: until the log has said what became of the rest.
    std::array<char, 65536> piece;
    pollfd ready{pipe.reading.get(), POLLIN, 0};
    while (text.find("dropped") == text.npos && ::poll(&ready, 1, 10'000) == 1) {
      text.append(piece.data(), static_cast<std::size_t>(::read(pipe.reading.get(), piece.data(), piece.size())));
      info("line", {{"n", -1}});
    }
  }
  text += pipe.rest();
  std::size_t dropped = 0;
  const std::regex said{R"(lines of this log were dropped count=(\d+))"};
  for (std::sregex_iterator one{text.begin(), text.end(), said}, end; one != end; ++one)
    dropped += *parse_integer<std::size_t>((*one)[1].str());
  EXPECT_GT(dropped, 0u);
  EXPECT_LE(dropped, line_count + 1000u);
}

TEST(AsynchronousLog, ManyThreadsWriteWholeLines) {
  Pipe pipe;
  {
    const Running log{options_for(pipe, Format::text, true)};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([t] {
        for (int i = 0; i < 50; ++i) info("line", {{"thread", t}, {"n", i}});
      });
  }
  const auto text = pipe.rest();
  const std::regex whole{R"(\S+ \S+ info    dns: line thread=\d n=\d+)"};
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 201u) << "200 lines and what follows the last line end";
  for (std::size_t i = 0; i < 200; ++i) EXPECT_TRUE(std::regex_match(std::string{lines[i]}, whole)) << lines[i];
}

TEST(Log, SurvivesAReaderThatIsGone) {
  const auto log_to_nobody = [] {
    Pipe pipe;
    pipe.reading.reset();
    {
      const Running log{options_for(pipe, Format::text, true)};
      info("nobody hears");
    }
    std::exit(0);
  };
  EXPECT_EXIT(log_to_nobody(), testing::ExitedWithCode(0), "") << "SIGPIPE must not end the program";
}

}  // namespace
}  // namespace labnet::log
