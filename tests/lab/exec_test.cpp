// Programs in a lab host: unmodified, with their terminal, folder, environment and exit code.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Exec : public LabTest {
 protected:
  void SetUp() override { lab_ = up(); }
  Outcome exec(std::vector<std::string> program, const How& how = {}) const {
    program.insert(program.begin(), {"exec", "one", "--"});
    return labnet(program, how);
  }
  std::unique_ptr<Child> lab_;
};
INSTANTIATE_TEST_SUITE_P(Lab, Exec, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Exec, FindsLabnetItselfWhereverItIs) {
  const auto outcome = exec({"labnet", "version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, StartsWith("labnet "));
}

TEST_P(Exec, KeepsTheExitCode) {
  EXPECT_EQ(exec({"true"}).exit_code, 0);
  EXPECT_EQ(exec({"sh", "-c", "exit 42"}).exit_code, 42);
  EXPECT_EQ(exec({"sh", "-c", "kill -TERM $$"}).exit_code, 128 + SIGTERM);
  EXPECT_EQ(exec({"/does/not/exist"}).exit_code, 127);
  EXPECT_EQ(exec({"/etc/passwd"}).exit_code, 126);
}

TEST_P(Exec, KeepsTheFolderTheEnvironmentAndTheOutputs) {
  How how{.environment = {{"ANSWER", "42"}}, .folder = "/usr/share"};
  const auto outcome = exec({"sh", "-c", "pwd; echo $ANSWER; echo wrong >&2"}, how);
  EXPECT_EQ(outcome.output, "/usr/share\n42\n");
  EXPECT_EQ(outcome.errors, "wrong\n");
}

TEST_P(Exec, KeepsTheTerminal) {
  // script(1) makes one.
  auto words = command({"exec", "one", "--", "sh", "-c", "test -t 0 && test -t 1 && tty && stty size"});
  std::string line;
  for (const auto& word : words) line += "'" + word + "' ";
  const auto outcome = run({"script", "-qec", "stty rows 30 cols 100; " + line, "/dev/null"}, environment());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("/dev/pts/"));
  EXPECT_THAT(outcome.output, HasSubstr("30 100"));
}

TEST_P(Exec, IsAtTheHostWithItsNameAddressAndFiles) {
  EXPECT_EQ(exec({"hostname"}).output, "one\n");
  EXPECT_THAT(exec({"ip", "-brief", "address", "show", "eth0"}).output, HasSubstr("192.168.1.1/24"));
  EXPECT_THAT(exec({"cat", "/etc/hosts"}).output, HasSubstr("one"));
  EXPECT_THAT(exec({"cat", "/etc/nsswitch.conf"}).output, HasSubstr("files dns"));
}

TEST_P(Exec, ReachesTheOtherHostWithItsTimeToLive) {
  const auto outcome = exec({"ping", "-c", "1", "-W", "10", "192.168.1.2"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("ttl=128"));
}

TEST_P(Exec, NothingOfTheRealMachineIsReached) {
  // The network of this lab has no router.
  EXPECT_EQ(exec({"ip", "route", "get", "198.51.100.1"}).exit_code, 2);
  EXPECT_EQ(exec({"sh", "-c", "ip -brief link | wc -l"}).output, "2\n");  // lo and eth0
}

TEST_P(Exec, PassesASignalOn) {
  Child program{command({"exec", "one", "--", "sh", "-c",
                         "trap 'echo asked; exit 9' TERM; echo ready; while :; do sleep 0.05; done"}),
                environment()};
  ASSERT_EQ(program.line(), "ready");
  program.signal(SIGTERM);
  EXPECT_EQ(program.line(), "asked");
  EXPECT_EQ(program.wait().exit_code, 9);
}

/// A program with two others, one of them in a session of its own, that ends at SIGTERM.
const char* const program_with_others = "setsid sleep 77.3 & sleep 66.6 & (sleep 55.5 &); echo ready; wait";

TEST_P(Exec, ToldToEndItLeavesNothingOfItsProgram) {
  const auto before = processes();
  Child program{command({"exec", "one", "--", "sh", "-c", program_with_others}), environment()};
  ASSERT_EQ(program.line(), "ready");
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
  EXPECT_EQ(processes(), before);
}

TEST_P(Exec, KilledItLeavesNothingOfItsProgram) {
  const auto before = processes();
  Child program{command({"exec", "one", "--", "sh", "-c", program_with_others}), environment()};
  ASSERT_EQ(program.line(), "ready");
  program.signal(SIGKILL);
  program.wait();
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Exec, KilledItLeavesNothingOfAProgramThatIsStopped) {
  const auto before = processes();
  Child program{command({"exec", "one", "--", "sh", "-c", "sleep 66.6 & echo ready; kill -STOP $$"}),
                environment({.prepare = [] { setpgid(0, 0); }})};
  ASSERT_EQ(program.line(), "ready");
  const auto stat = fmt::format("/proc/{}/stat", program.pid());
  ASSERT_TRUE(eventually([&] { return read_file(stat).find(") T ") != std::string::npos; })) << "it stops as well";
  program.signal(SIGKILL);
  program.wait();
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Exec, WhatAProgramLeavesBehindLivesUntilTheLabEnds) {
  const auto before = processes().size();
  EXPECT_EQ(exec({"sh", "-c", "sleep 77.3 > /dev/null 2>&1 &"}).exit_code, 0);
  EXPECT_EQ(processes().size(), before + 1);
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(lab_->wait().exit_code, 0);
  expect_nothing_is_left();
}

TEST_P(Exec, NamesTheHostsIfThereIsNoneOfThatName) {
  const auto outcome = labnet({"exec", "three", "--", "true"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, StartsWith("labnet exec: no host of this lab is named \"three\"; there are one, two"));
}

TEST_P(Exec, FlushedNeighboursAreAskedForAgain) {
  const auto is_known = [&] {
    return exec({"ip", "neighbour", "show", "192.168.1.2"}).output.find("lladdr") != std::string::npos;
  };
  EXPECT_EQ(exec({"ping", "-c", "1", "-W", "10", "192.168.1.2"}).exit_code, 0);
  EXPECT_TRUE(is_known());
  EXPECT_EQ(labnet({"neighbours", "flush", "one"}).exit_code, 0);
  EXPECT_FALSE(is_known());
}

}  // namespace
}  // namespace labnet::test
