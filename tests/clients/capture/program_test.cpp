// labnet capture on an interface, as a user and as a scenario's runner start it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "clients/ping/client.hpp"
#include "common/packet/capture_reader.hpp"
#include "tests/support/child.hpp"
#include "tests/support/two_hosts.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

std::size_t frames_in(const std::string& path) {
  const auto content = read_file(path);
  packet::CaptureReader reader;
  reader.feed(as_bytes(content));
  std::size_t count = 0;
  while (const auto frame = reader.next()) {
    if (!*frame) break;
    ++count;
  }
  EXPECT_EQ(reader.unread_bytes(), 0u);
  return count;
}

class CaptureProgram : public testing::Test {
 protected:
  static std::vector<std::string> command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {labnet(), "capture"});
    return arguments;
  }
  /// Two frames each.
  static void ping(std::uint64_t count) {
    auto options = ping::Options::of(ping::Style::windows);
    options.count = count;
    options.interval = std::chrono::milliseconds{0};
    auto client = ping::Client::open(options);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->run(*parse_ipv4("192.168.1.7"), [](const ping::Event&) {}).received, count);
  }

  TwoHosts& hosts_ = TwoHosts::instance();
  TemporaryFolder folder_;
};

TEST_F(CaptureProgram, TellsARunnerWhenItIsOpenAndWhatItCaptured) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Child child{command({"--interface", "eth0", "--filter", "icmp", "-w", "x.pcap", "--format", "json"}),
                {.folder = folder_.path()}};
    ASSERT_EQ(child.line(), R"({"capturing":"eth0","interface":"eth0","file":"x.pcap"})");
    ping(3);
    child.signal(signal);
    EXPECT_EQ(child.line(),
              R"({"received":6,"captured":6,"dropped":0,"dropped_by_interface":0,"files":["x.pcap","x.pcapng"]})");
    EXPECT_EQ(child.wait().exit_code, 0);
    EXPECT_EQ(frames_in(folder_.path() + "/x.pcap"), 6u);
    EXPECT_EQ(frames_in(folder_.path() + "/x.pcapng"), 6u);
  }
}

TEST_F(CaptureProgram, ShowsALineForEachFrame) {
  Child child{{"sh", "-c", "exec \"$@\" 2>&1", "sh", labnet(), "capture", "--interface", "eth0", "--filter", "icmp",
               "--frames", "2"}};
  EXPECT_EQ(child.line(), "labnet capture: capturing on eth0; Ctrl-C ends it");
  ping(1);
  EXPECT_THAT(child.line(), Optional(HasSubstr("  192.168.1.6 -> 192.168.1.7  ICMP  74  Echo request, id 1, seq 1")));
  EXPECT_THAT(child.line(), Optional(HasSubstr("  192.168.1.7 -> 192.168.1.6  ICMP  74  Echo reply")));
  EXPECT_EQ(child.line(), "labnet capture: 2 frames captured");
  EXPECT_EQ(child.wait().exit_code, 0);
}

TEST_F(CaptureProgram, StreamsPcapngToStandardOutput) {
  const auto file = folder_.path() + "/stream.pcapng";
  Child child{{"sh", "-c", "file=$1; shift; exec \"$@\" 2>&1 >$file", "sh", file, labnet(), "capture", "--interface",
               "eth0", "--filter", "icmp", "--frames", "4", "--write", "-"}};
  EXPECT_THAT(child.line(), Optional(HasSubstr("capturing on eth0")));
  ping(2);
  EXPECT_EQ(child.wait().exit_code, 0);
  EXPECT_EQ(frames_in(file), 4u);
}

TEST_F(CaptureProgram, EndsAfterTheTimeGiven) {
  const auto outcome = run(command({"--interface", "lo", "--seconds", "10ms", "--format", "json"}));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, EndsWith(R"({"received":0,"captured":0,"dropped":0,"dropped_by_interface":0,"files":[]})"
                                       "\n"));
}

TEST_F(CaptureProgram, EndsWhenNobodyReadsItsLinesAnyMore) {
  Child child{{"bash", "-c", "set -o pipefail; \"$@\" | head -n 1", "bash", labnet(), "capture", "--interface", "eth0",
               "--filter", "icmp"}};
  ASSERT_TRUE(eventually([&] {
    ping(1);
    return !fs::exists("/proc/" + std::to_string(child.pid()) + "/fd/0");  // gone, or waiting to be collected
  }));
  EXPECT_EQ(child.wait().exit_code, 1);
}

TEST_F(CaptureProgram, LeavesNoFileIfItCannotCapture) {
  for (const auto& words :
       {std::vector<std::string>{"--interface", "eht0"}, {"--interface", "eth0", "--filter", "ip ip"}}) {
    auto arguments = command(words);
    arguments.insert(arguments.end(), {"-w", folder_.path() + "/x.pcap"});
    const auto outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.errors, StartsWith("labnet capture: the"));
    EXPECT_TRUE(fs::is_empty(folder_.path()));
  }
}

TEST_F(CaptureProgram, RefusesWhatContradictsItselfOrIsBeyondItsLimits) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{}, "HOST is missing"},
      {{"pc1", "--interface", "eth0"}, "HOST and --interface exclude each other"},
      {{"--name", "lab", "--interface", "eth0"}, "--name and --interface exclude each other"},
      {{"pc1", "-w", "-", "--format", "json"}, "--write - and --format json exclude each other"},
      {{"pc1", "--frames", "0"}, "--frames: expected "},
      {{"pc1", "--seconds", "2592001"}, "--seconds: expected "},
      {{"pc1", "--buffer", "65535"}, "--buffer: expected "},
      {{"pc1", "--buffer", "1073741825"}, "--buffer: expected "},
  };
  for (const auto& [arguments, sentence] : mistakes) {
    const auto outcome = run(command(arguments));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.errors, StartsWith("labnet capture: " + sentence));
  }
}

}  // namespace
}  // namespace labnet::test
