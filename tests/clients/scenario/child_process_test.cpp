// Programs that a scenario runs: their output, their end, and the end that is made of them.
#include "clients/scenario/child_process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

using namespace std::chrono_literals;

struct ChildProcessTest : testing::Test {
  ChildProcess start(const std::vector<std::string>& words, bool together = false) {
    auto process = ChildProcess::start(words, stop, together);
    EXPECT_TRUE(process);
    return std::move(*process);
  }
  program::StopSignals stop = *program::StopSignals::hold();
};

TEST_F(ChildProcessTest, GivesLinesAsTheyComeAndTheExitCode) {
  auto process = start({"sh", "-c", "echo one; echo two; printf three; exit 5"});
  EXPECT_EQ(process.line(10s), "one");
  EXPECT_EQ(process.line(10s), "two");
  EXPECT_EQ(process.line(10s), std::nullopt);
  const auto ended = process.wait(10s);
  EXPECT_EQ(ended.ending, Ending::exited);
  EXPECT_EQ(ended.exit_code, 5);
  EXPECT_EQ(process.output().text(), "one\ntwo\nthree");
}

TEST_F(ChildProcessTest, KeepsErrorsApartOrTogether) {
  auto apart = start({"sh", "-c", "echo out; echo wrong >&2"});
  apart.wait(10s);
  EXPECT_EQ(apart.output().text(), "out\n");
  EXPECT_EQ(apart.errors().text(), "wrong\n");
  auto together = start({"sh", "-c", "echo out; echo wrong >&2"}, true);
  together.wait(10s);
  EXPECT_EQ(together.output().text(), "out\nwrong\n");
}

TEST_F(ChildProcessTest, IsToldToEndWhenItsTimeIsOver) {
  auto process = start({"sh", "-c", "trap 'echo in order; exit 9' TERM; while :; do sleep 0.05; done"});
  const auto ended = process.wait(500ms);
  EXPECT_EQ(ended.ending, Ending::deadline);
  EXPECT_EQ(ended.exit_code, 9);
  EXPECT_EQ(process.output().text(), "in order\n");
}

TEST_F(ChildProcessTest, IsKilledIfItDoesNotEndWhenToldTo) {
  auto process = start({"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"});
  const auto begin = ChildProcess::Clock::now();
  const auto ended = process.wait(200ms);
  EXPECT_EQ(ended.ending, Ending::deadline);
  EXPECT_EQ(ended.exit_code, 128 + SIGKILL);
  EXPECT_GE(ChildProcess::Clock::now() - begin, end_grace);
}

TEST_F(ChildProcessTest, SignalsToItsGroupDoNotReachWhoRunsIt) {
  auto process = start({"sh", "-c", "kill -KILL 0"});
  EXPECT_EQ(process.wait(10s).exit_code, 128 + SIGKILL);
}

TEST_F(ChildProcessTest, IsKilledOnASignalToStop) {
  auto process = start({"sleep", "100"});
  raise(SIGINT);
  EXPECT_EQ(process.wait(10s).ending, Ending::interrupted);
}

TEST_F(ChildProcessTest, DoesNotWaitForWhatItLeavesBehind) {
  auto process = start({"sh", "-c", "sleep 100 & echo $!"});
  const auto sleeper = std::stoi(process.line(10s).value_or("0"));
  EXPECT_EQ(process.wait(10s).ending, Ending::exited);
  EXPECT_EQ(kill(sleeper, SIGKILL), 0);
}

TEST_F(ChildProcessTest, HasSignalsUnblocked) {
  auto process = start({"sh", "-c", "kill -TERM $$; echo alive"});
  EXPECT_EQ(process.wait(10s).exit_code, 128 + SIGTERM);
}

TEST_F(ChildProcessTest, SaysThatAProgramIsNotThere) {
  auto process = start({"/does/not/exist"});
  EXPECT_EQ(process.wait(10s).exit_code, 127);
  EXPECT_EQ(process.errors().text(), "cannot run /does/not/exist: No such file or directory\n");
}

TEST_F(ChildProcessTest, KeepsOutputUpToItsLimit) {
  auto process = start({"sh", "-c", "head -c 5000000 /dev/zero"});
  EXPECT_EQ(process.wait(10s).exit_code, 0);
  EXPECT_EQ(process.output().text().size(), output_bytes_max);
}

TEST_F(ChildProcessTest, LeftAloneMayPrintMoreThanIsKept) {
  const test::TemporaryFolder folder;
  const auto mark = folder.path() + "/mark";
  auto process = start(
      {"sh", "-c",
       "echo first; head -c 9000000 /dev/zero | tr '\\0' x; echo; echo last; echo >" + mark + "; echo errors >&2"});
  EXPECT_EQ(process.line(10s), "first");
  process.leave_alone();
  auto moved = std::move(process);  // as it is into a table
  EXPECT_TRUE(test::eventually([&] { return std::filesystem::exists(mark); })) << "it waits for a reader";
  EXPECT_EQ(moved.wait(10s).exit_code, 0);
  const auto text = moved.output().text([](std::uint64_t bytes) { return std::to_string(bytes) + " left out"; });
  EXPECT_TRUE(text.starts_with("first\nxxx"));
  EXPECT_TRUE(text.ends_with("xxx\nlast\n"));
  const auto left_out = 9'000'000 + 12 - output_bytes_max;
  EXPECT_NE(text.find("x\n" + std::to_string(left_out) + " left out\nx"), text.npos);
  EXPECT_EQ(moved.errors().text(), "errors\n");
}

TEST_F(ChildProcessTest, LeftAloneAndStillRunningIsToldToEnd) {
  auto process = start({"sh", "-c", "trap 'echo in order; exit 9' TERM; echo ready; while :; do sleep 0.05; done"});
  EXPECT_EQ(process.line(10s), "ready");
  process.leave_alone();
  EXPECT_EQ(process.end(10s).exit_code, 9);
  EXPECT_EQ(process.output().text(), "ready\nin order\n");
}

}  // namespace
}  // namespace labnet::scenario
