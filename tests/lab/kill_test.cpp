// Whoever is killed, and whenever: nothing of a lab outlives it, and the next one comes up at once.
//
// Moments are spread over what a start takes on this machine. The rests before a signal are no waits for an event: the
// moment is what is tested.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

class Kill : public LabTest {
 protected:
  Kill() {
    use_shipped_lab();
    const auto begin = Clock::now();
    EXPECT_EQ(labnet({"up", "-d", "-f", lab_file_}).exit_code, 0);
    start_takes_ = std::chrono::duration_cast<microseconds>(Clock::now() - begin);
    EXPECT_EQ(labnet({"down"}).exit_code, 0);
  }

  /// The moment number `i` of `count` after now, the last one somewhat later than a lab is up.
  void rest(int i, int count) const {
    const auto until = Clock::now() + start_takes_ * 5 * i / (4 * count);
    while (Clock::now() < until) pause();
  }

  void expect_the_next_comes_up_at_once() const {
    ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_}).exit_code, 0);
    EXPECT_EQ(labnet({"exec", "pc1", "--", "dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
    EXPECT_EQ(labnet({"down"}).exit_code, 0);
    EXPECT_EQ(runtime_files(), std::set<std::string>{});
  }

  /// What a lab that was killed may leave until the next command comes.
  void expect_at_most_dead_paths() const {
    EXPECT_THAT(runtime_files(),
                Each(AnyOf("labredes71.lock", "labredes71", "labredes71/control", "labredes71/files")));
  }

  microseconds start_takes_{};
};
INSTANTIATE_TEST_SUITE_P(Lab, Kill, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Kill, OfTheFrontAtAnyMomentLeavesNothing) {
  constexpr int moments = 24;
  std::set<std::string> namespaces;
  for (int i = 0; i < moments; ++i) {
    Child lab{command({"up", "--quiet", "-f", lab_file_}), environment()};
    rest(i, moments);
    namespaces.merge(namespaces_of(processes()));
    lab.signal(SIGKILL);
    lab.wait();
    ASSERT_TRUE(eventually([&] { return processes().empty(); })) << "moment " << i;
    ASSERT_TRUE(eventually([&] { return sockets_at(port_).empty(); })) << "moment " << i;
    expect_at_most_dead_paths();
  }
  expect_nothing_is_left(namespaces);
  expect_the_next_comes_up_at_once();
}

TEST_P(Kill, OfTheSupervisorAtAnyMomentLeavesNothingAndIsTold) {
  constexpr int moments = 24;
  std::set<std::string> namespaces;
  for (int i = 0; i < moments; ++i) {
    Child lab{command({"up", "--quiet", "-f", lab_file_}), environment()};
    const auto supervisor = await_supervisor_of(lab.pid());
    ASSERT_NE(supervisor, 0);
    rest(i, moments);
    namespaces.merge(namespaces_of(processes()));
    kill(supervisor, SIGKILL);
    const auto outcome = lab.wait();
    EXPECT_EQ(outcome.exit_code, 1) << "moment " << i;
    EXPECT_THAT(outcome.errors, HasSubstr("labnet up: the lab's supervisor was ended by signal 9 (Killed)"));
    EXPECT_TRUE(eventually([&] { return processes().empty(); })) << "moment " << i;
    EXPECT_EQ(sockets_at(port_), std::set<std::string>{});
    EXPECT_EQ(runtime_files(), std::set<std::string>{});
  }
  expect_nothing_is_left(namespaces);
  expect_the_next_comes_up_at_once();
}

TEST_P(Kill, OfTheOneThatWaitsForABackgroundLabIsTheEndOfALabThatIsNotUpYet) {
  constexpr int moments = 16;
  for (int i = 0; i < moments; ++i) {
    Child waiting{command({"up", "-d", "-f", lab_file_}), environment()};
    rest(i, moments);
    waiting.signal(SIGKILL);
    // One that was just up stays.
    if (waiting.wait().exit_code == 0) {
      EXPECT_EQ(labnet({"down"}).exit_code, 0);
    }
    const auto is_up = [&] { return labnet({"status"}).exit_code == 0; };
    EXPECT_TRUE(eventually([&] { return processes().empty() || is_up(); }));
    if (!processes().empty()) labnet({"down"});
    ASSERT_TRUE(eventually([&] { return processes().empty(); })) << "moment " << i;
    EXPECT_EQ(runtime_files(), std::set<std::string>{}) << "moment " << i;
  }
  expect_nothing_is_left();
  expect_the_next_comes_up_at_once();
}

TEST_P(Kill, OfABackgroundLabThatIsNotUpYetIsToldByTheOneThatWaits) {
  Child waiting{command({"up", "-d", "-f", lab_file_}), environment()};
  pid_t front = 0;
  ASSERT_TRUE(eventually([&] {
    if (runtime_files().empty()) return false;  // its children are those that check the services' files
    front = supervisor_of(waiting.pid());
    return front != 0 && supervisor_of(front) != 0;
  }));
  kill(front, SIGKILL);
  const auto outcome = waiting.wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "labnet up: the process in the background was killed; nothing of the lab is left\n");
  expect_nothing_is_left();
  expect_the_next_comes_up_at_once();
}

TEST_P(Kill, OfAnExecEndsItsProgramAndNotTheLab) {
  const auto lab = up();
  const auto before = processes();
  Child program{command({"exec", "pc1", "--", "sh", "-c", "echo there; exec sleep 60"}), environment()};
  ASSERT_EQ(program.line(), "there");
  program.signal(SIGKILL);
  program.wait();
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
  EXPECT_EQ(labnet({"exec", "pc1", "--", "dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
}

TEST_P(Kill, OfACaptureLeavesNoFileOfItsNameAndNotTheLab) {
  const auto lab = up();
  const auto before = processes();
  const auto file = output_folder() + "/traffic.pcap";
  Child capture{command({"capture", "pc1", "--format", "json", "-w", file}), environment()};
  ASSERT_THAT(capture.line().value_or(""), HasSubstr("capturing"));
  EXPECT_EQ(labnet({"exec", "pc1", "--", "ping", "-c", "1", "192.168.1.7"}).exit_code, 0);
  capture.signal(SIGKILL);
  capture.wait();
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(fs::exists(output_folder() + "/traffic.pcapng"));
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
  EXPECT_EQ(labnet({"capture", "pc1", "-w", file, "--seconds", "10ms"}).exit_code, 0);
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(labnet({"exec", "pc1", "--", "dig", "+short", "web.labredes71.com"}).output, "192.168.1.10\n");
}

/// `labnet run 8.1`, whose whole process group is interrupted as Ctrl-C on a terminal does.
class CtrlC : public Kill {
 protected:
  void expect_clean_end(Child& run, const std::string& moment) const {
    kill(-run.pid(), SIGINT);
    const auto outcome = run.wait();
    EXPECT_NE(outcome.exit_code, 0) << moment;
    EXPECT_TRUE(eventually([&] { return processes().empty(); })) << moment;
    EXPECT_TRUE(eventually([&] { return sockets_at(port_).empty(); })) << moment;
    EXPECT_EQ(runtime_files(), std::set<std::string>{}) << moment;
    if (!fs::exists(results())) return;
    // A capture that was under way is ended in order: whole, under its final name.
    for (const auto& entry : fs::directory_iterator{results()}) {
      const auto name = entry.path().filename().string();
      EXPECT_FALSE(name.ends_with(".part") || name.starts_with(".")) << moment << ", " << name;
      if (name.ends_with(".pcap") || name.ends_with(".pcapng")) {
        const auto read = test::run({"tcpdump", "-n", "-r", entry.path().string()});
        EXPECT_EQ(read.exit_code, 0) << moment << ", " << name << ": " << read.errors;
      }
      if (name == "results.json") {
        EXPECT_THAT(read_file(entry.path().string()), HasSubstr("\"interrupted\":true")) << moment;
      }
    }
    fs::remove_all(results());
  }
  std::string results() const { return output_folder() + "/results"; }
  std::unique_ptr<Child> start() const {
    auto run = std::make_unique<Child>(command({"run", "8.1", "--lab", lab_file_, "--out", results()}),
                                       environment({.prepare = [] { setpgid(0, 0); }}));
    setpgid(run->pid(), run->pid());  // whoever of the two is first
    return run;
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, CtrlC, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(CtrlC, WhileTheLabOfARunStartsLeavesNothing) {
  constexpr int moments = 12;
  for (int i = 0; i < moments; ++i) {
    const auto run = start();
    rest(i, moments);
    expect_clean_end(*run, fmt::format("moment {}", i));
  }
  expect_nothing_is_left();
  expect_the_next_comes_up_at_once();
}

TEST_P(CtrlC, BetweenAndAmidTheStepsOfARunLeavesNothing) {
  // After so many lines of the run's progress a step or a capture has just ended and the next one begins: before the
  // first step, in the first ping, at the end of its capture, before the name's step, in the second ping.
  for (const int lines : {2, 4, 5, 15, 24}) {
    const auto run = start();
    for (int i = 0; i < lines; ++i) ASSERT_TRUE(run->line()) << "line " << i << " of " << lines;
    expect_clean_end(*run, fmt::format("after {} lines", lines));
  }
  expect_nothing_is_left();
  expect_the_next_comes_up_at_once();
}

}  // namespace
}  // namespace labnet::test
