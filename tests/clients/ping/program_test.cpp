// labnet ping as a user runs it: exit codes, what it prints, Ctrl-C.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <boost/json/parse.hpp>

#include "tests/support/child.hpp"
#include "tests/support/two_hosts.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

class PingProgram : public testing::Test {
 protected:
  static std::vector<std::string> command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {labnet(), "ping"});
    return arguments;
  }
  static Outcome ping(std::vector<std::string> arguments) { return run(command(std::move(arguments))); }

  TwoHosts& hosts_ = TwoHosts::instance();  // where anybody may open the sockets
};

TEST_F(PingProgram, LooksLikePingOfLinux) {
  const auto outcome = ping({"-c", "2", "-i", "10ms", "127.0.0.1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n"
                                         "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time="));
  EXPECT_THAT(outcome.output, HasSubstr("2 packets transmitted, 2 received, 0% packet loss"));
}

TEST_F(PingProgram, LooksLikePingOfWindows) {
  const auto outcome = ping({"--like", "windows", "-i", "10ms", "127.0.0.1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("\nPinging 127.0.0.1 with 32 bytes of data:\n"));
  EXPECT_THAT(outcome.output, HasSubstr("Reply from 127.0.0.1: bytes=32 time"));
  EXPECT_THAT(outcome.output, HasSubstr("Packets: Sent = 4, Received = 4, Lost = 0 (0% loss)"));
}

TEST_F(PingProgram, GivesJsonOfRequestsOfTheSizeAskedFor) {
  const auto outcome = ping({"--format", "json", "-c", "1", "--size", "100", "--timeout", "5", "127.0.0.1"});
  const auto json = boost::json::parse(outcome.output).as_object();
  EXPECT_EQ(json.at("received").to_number<int>(), 1);
  const auto& reply = json.at("events").at(0).as_object();
  EXPECT_EQ(reply.at("bytes").to_number<int>(), 100);
}

TEST_F(PingProgram, SendsWithTheTimeToLiveAskedFor) {
  const auto outcome = ping({"-c", "1", "--ttl", "1", "198.51.100.9"});  // one router further
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("From 192.168.1.7 icmp_seq=1 Time to live exceeded"));
}

TEST_F(PingProgram, FailsIfNobodyAnswers) {
  const auto outcome = ping({"--like", "windows", "-c", "1", "192.168.1.99"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("Received = 0, Lost = 1 (100% loss)"));
}

TEST_F(PingProgram, FailsIfTheNameIsNotKnown) {
  const auto outcome = ping({"-c", "1", "not an address"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, StartsWith("labnet ping: no address of \"not an address\" was found"));
}

TEST_F(PingProgram, EndsWithTheSummaryWhenItIsInterrupted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Child child{command({"-i", "2ms", "192.168.1.7"})};
    EXPECT_THAT(child.line(), Optional(StartsWith("PING 192.168.1.7 ")));
    EXPECT_THAT(child.line(), Optional(HasSubstr("icmp_seq=1 ")));
    child.signal(signal);
    const auto outcome = child.wait();
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.output, HasSubstr("\n--- 192.168.1.7 ping statistics ---\n"));
  }
}

TEST_F(PingProgram, RefusesWhatIsBeyondItsLimits) {
  for (const auto& [option, value] : {std::pair{"--ttl", "256"},
                                      {"--ttl", "0"},
                                      {"--size", "65508"},
                                      {"--count", "0"},
                                      {"--count", "1000000001"},
                                      {"--interval", "1ms"},
                                      {"--interval", "86401"},
                                      {"--timeout", "3601"},
                                      {"--like", "macos"}}) {
    const auto outcome = ping({option, value, "127.0.0.1"});
    EXPECT_EQ(outcome.exit_code, 2) << option << ' ' << value;
    EXPECT_THAT(outcome.errors, StartsWith(std::string{"labnet ping: "} + option + ": expected "));
  }
}

}  // namespace
}  // namespace labnet::test
