// A lab comes up, goes down and dies whole, whoever is killed and when.
#include <gmock/gmock.h>

#include <csignal>
#include <sstream>

#include <boost/json/parse.hpp>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Life : public LabTest {};
INSTANTIATE_TEST_SUITE_P(Lab, Life, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(Life, CtrlCEndsALabInFront) {
  const auto lab = up();
  const auto network = namespace_of("one");
  lab->signal(SIGINT);
  EXPECT_EQ(lab->wait().exit_code, 0);
  expect_nothing_is_left(network);
}

TEST_P(Life, DownEndsALabInFrontAndOneInTheBackground) {
  const auto in_front = up();
  EXPECT_EQ(labnet({"up", "-d", "-f", lab_file_, "--name", "second"}).exit_code, 0);
  EXPECT_THAT(labnet({"down"}).errors, HasSubstr("several labs are running"));
  EXPECT_EQ(labnet({"down", "--name", "second"}).exit_code, 0);
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(in_front->wait().exit_code, 0);
  expect_nothing_is_left();
  const auto again = labnet({"down"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr("no lab is running"));
}

TEST_P(Life, LabsOfDifferentNamesDoNotSeeEachOther) {
  ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_, "--name", "first"}).exit_code, 0);
  ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_, "--name", "second"}).exit_code, 0);
  // Both have the same hosts at the same addresses.
  const auto in_host = [&](const std::string& name, std::vector<std::string> program) {
    program.insert(program.begin(), {"exec", "--name", name, "one", "--"});
    return labnet(program);
  };
  EXPECT_NE(in_host("first", {"readlink", "/proc/self/ns/net"}).output,
            in_host("second", {"readlink", "/proc/self/ns/net"}).output);
  Child program{command({"exec", "--name", "first", "one", "--", "sh", "-c", "echo there; exec sleep 60"}),
                environment()};
  ASSERT_EQ(program.line(), "there");
  EXPECT_THAT(in_host("first", {"ps", "-e", "-o", "args="}).output, HasSubstr("sleep 60"));
  EXPECT_THAT(in_host("second", {"ps", "-e", "-o", "args="}).output, Not(HasSubstr("sleep 60")));
  // The end of one is not the other's.
  EXPECT_EQ(labnet({"down", "--name", "first"}).exit_code, 0);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGKILL);
  EXPECT_THAT(labnet({"status"}).output, HasSubstr("lab second is up"));
  EXPECT_EQ(in_host("second", {"ping", "-c", "1", "-W", "10", "192.168.1.2"}).exit_code, 0);
  const auto gone = in_host("first", {"true"});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_EQ(gone.errors, "labnet exec: no lab named first is running (running: second)\n");
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  expect_nothing_is_left();
}

TEST_P(Life, DownAllEndsEveryLabOfTheUser) {
  const auto in_front = up();
  for (const auto* name : {"second", "third"}) {
    ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_, "--name", name}).exit_code, 0);
  }
  EXPECT_EQ(labnet({"down", "--all"}).exit_code, 0);
  EXPECT_EQ(in_front->wait().exit_code, 0);
  expect_nothing_is_left();
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
  EXPECT_EQ(labnet({"down", "--all"}).exit_code, 0) << "there is none any more";
}

TEST_P(Life, OfOneNameThereIsOneLab) {
  const auto lab = up();
  const auto second = labnet({"up", "-d", "-f", lab_file_});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr("small"));
  EXPECT_EQ(labnet({"status"}).exit_code, 0);
}

TEST_P(Life, DiesWithItsFront) {
  const auto lab = up();
  const auto network = namespace_of("one");
  lab->signal(SIGKILL);
  lab->wait();
  expect_nothing_is_left(network);
  EXPECT_EQ(up()->pid() > 0, true);  // the next one comes up at once
}

TEST_P(Life, DiesWithItsSupervisorAndSaysSo) {
  const auto lab = up();
  const auto network = namespace_of("one");
  auto others = processes();
  others.erase(lab->pid());
  ASSERT_EQ(others.size(), 1u);
  kill(*others.begin(), SIGKILL);
  const auto outcome = lab->wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("supervisor was ended by signal 9"));
  expect_nothing_is_left(network);
}

TEST_P(Life, WhatRunsInAHostDiesWithTheLab) {
  auto lab = up();
  Child program{command({"exec", "one", "--", "sh", "-c", "echo there; exec sleep 60"}), environment()};
  ASSERT_EQ(program.line(), "there");
  lab->signal(SIGKILL);
  lab->wait();
  EXPECT_EQ(program.wait().exit_code, 128 + SIGKILL);
  expect_nothing_is_left();
}

TEST_P(Life, LeavesNothingIfItIsKilledWhileItStarts) {
  // Signals at moments spread over the time that a start takes.
  for (int step = 0; step < 20; ++step) {
    for (const int signal : {SIGKILL, SIGINT}) {
      Child lab{command({"up", "-f", lab_file_}), environment()};
      for (int i = 0; i < step; ++i) pause();
      lab.signal(signal);
      lab.wait();
      ASSERT_TRUE(eventually([&] { return processes().empty(); })) << "signal " << signal << " at step " << step;
    }
  }
  expect_nothing_is_left();
  const auto lab = up();
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(lab->wait().exit_code, 0);
}

TEST_P(Life, ManyTimesLeavesNothing) {
  const int times = GetParam() == User::ordinary ? 200 : 20;
  for (int i = 0; i < times; ++i) {
    ASSERT_EQ(labnet({"up", "-d", "-f", lab_file_}).exit_code, 0) << "time " << i;
    ASSERT_EQ(labnet({"down"}).exit_code, 0) << "time " << i;
  }
  expect_nothing_is_left();
}

TEST_P(Life, StatusAndInspectShowWhatStands) {
  const auto lab = up();
  const auto status = labnet({"status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.output, HasSubstr("two   lan      192.168.1.2  02:00:00:00:00:02\n"));
  EXPECT_THAT(labnet({"status", "--format", "json"}).output, HasSubstr("\"lab\":\"small\""));
  EXPECT_THAT(labnet({"inspect", "two"}).output, HasSubstr("eth0: network lan, MAC 02:00:00:00:00:02"));
  const auto unknown = labnet({"inspect", "three"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("no host of this lab is named \"three\"; there are one, two"));
}

TEST_P(Life, LogsOfAServiceThatIsNotThereAreAMistake) {
  use_shipped_lab();
  const auto lab = up();
  const auto unknown = labnet({"logs", "pc1/dns"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.output, "");
  EXPECT_THAT(unknown.errors, HasSubstr("no host or service of this lab is named \"pc1/dns\"; there are "));
  EXPECT_THAT(unknown.errors, HasSubstr("pc1/resolver"));
  for (const auto* known : {"pc1/resolver", "resolver", "pc1"}) {
    EXPECT_THAT(labnet({"logs", known}).output, HasSubstr("pc1/resolver: ready at "));
  }
}

TEST_P(Life, EventsAreOneObjectALine) {
  use_shipped_lab();
  const auto lab = up();
  const auto outcome = labnet({"events", "--format", "json", "dns/dns"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  std::vector<std::string> names;
  std::istringstream lines{outcome.output};
  for (std::string line; std::getline(lines, line);) {
    const auto event = boost::json::parse(line).as_object();
    EXPECT_EQ(event.at("host"), "dns") << line;
    EXPECT_EQ(event.at("service"), "dns") << line;
    EXPECT_TRUE(event.at("time").is_string() && event.at("fields").is_object()) << line;
    names.emplace_back(event.at("event").as_string());
  }
  EXPECT_THAT(names, Contains("ready"));
  EXPECT_THAT(labnet({"events", "dns/dns"}).output, HasSubstr("Z dns/dns: ready endpoints="));
  EXPECT_EQ(labnet({"events", "--since", "0s", "dns/dns"}).output, "");
}

TEST_P(Life, EventsTellOfAServiceThatDiesAndEndWithTheLab) {
  use_shipped_lab();
  const auto lab = up();
  Child follower{command({"events", "-f", "--format", "json", "dns/dns"}), environment()};
  const auto next = [&](const std::string& name) {
    for (auto line = follower.line(); line; line = follower.line()) {
      const auto event = boost::json::parse(*line).as_object();
      if (event.at("event").as_string() == name) return event.at("fields").as_object();
    }
    ADD_FAILURE() << "there is no event " << name;
    return boost::json::object{};
  };
  const auto pid = static_cast<pid_t>(next("ready").at("pid").to_number<int>());
  EXPECT_GT(pid, 0);
  ASSERT_EQ(labnet({"exec", "dns", "--", "kill", "-9", std::to_string(pid)}).exit_code, 0);
  EXPECT_EQ(next("ended").at("signal"), 9);
  EXPECT_EQ(next("restarts").at("restarts"), 1);
  next("ready");
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(follower.wait().exit_code, 0);
}

TEST_P(Life, AHostAndItsNeighboursForgetEachOther) {
  const auto lab = up();
  ASSERT_EQ(labnet({"exec", "one", "--", "ping", "-c", "1", "192.168.1.2"}).exit_code, 0);
  const auto known = [&](const std::string& host) {
    return labnet({"exec", host, "--", "ip", "neighbour", "show", "nud", "reachable", "nud", "stale", "nud", "delay"})
        .output;
  };
  EXPECT_THAT(known("one"), HasSubstr("192.168.1.2 "));
  EXPECT_THAT(known("two"), HasSubstr("192.168.1.1 "));
  const auto flushed = labnet({"neighbours", "flush", "one"});
  EXPECT_EQ(flushed.output, "neighbour table (ARP) of one flushed, 1 entry\n");
  EXPECT_EQ(known("one"), "");
  EXPECT_EQ(known("two"), "");
}

TEST_P(Life, FollowersOfTheLogThatAreGoneTakeNoRoom) {
  use_shipped_lab();  // whose services have said something
  const auto lab = up();
  for (int i = 0; i < 70; ++i) {  // more than may be connected at a time
    Child follower{command({"logs", "-f"}), environment()};
    ASSERT_TRUE(follower.line().has_value());
    follower.signal(SIGINT);
    ASSERT_EQ(follower.wait().exit_code, 0) << "time " << i;
  }
  EXPECT_EQ(labnet({"status"}).exit_code, 0);
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
  EXPECT_EQ(lab->wait().exit_code, 0);
}

TEST_P(Life, ManyFollowersAndManyProgramsLeaveRoomForOthers) {
  use_shipped_lab();
  const auto lab = up();
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 32; ++i) {
    children.push_back(std::make_unique<Child>(command({"logs", "-f"}), environment()));
    ASSERT_TRUE(children.back()->line().has_value());
  }
  const auto refused = labnet({"logs", "-f"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("32 others follow this lab's log; end some of them"));
  for (int i = 0; i < 70; ++i) {
    children.push_back(
        std::make_unique<Child>(command({"exec", "pc1", "--", "sh", "-c", "echo in; sleep 20"}), environment()));
    ASSERT_EQ(children.back()->line(), "in") << "program " << i;
  }
  EXPECT_EQ(labnet({"status"}).exit_code, 0);
  EXPECT_EQ(labnet({"down"}).exit_code, 0);
}

TEST_P(Life, IsReachedByItsOwnerOnly) {
  if (geteuid() != 0) GTEST_SKIP() << "needs two users";
  const auto lab = up();
  const auto stranger =
      run({"setpriv", "--reuid", "1", "--regid", "1", "--clear-groups", test::labnet(), "status"}, environment());
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_NE(stranger.errors, "");
  EXPECT_EQ(stranger.output, "");
}

}  // namespace
}  // namespace labnet::test
