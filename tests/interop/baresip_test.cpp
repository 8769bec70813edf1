// baresip, which calls and is called through the exchange, from other phones of its kind and from the one of the lab.
#include "tests/interop/baresip.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/interop/sip_audio.hpp"
#include "tests/interop/sip_clients.hpp"
#include "tests/support/tshark.hpp"

namespace labnet::sip_server {
namespace {

using testing::HasSubstr;

class BaresipClients : private OwnNetwork, public SipClients {
 protected:
  BaresipClients() : SipClients{{"sh", "-c", "command -v baresip"}, "baresip-core"} {}

  /// The phone of the lab, which hears 440 Hz and lets hear 880 Hz.
  test::Child lab_phone(const std::string& verb, const std::vector<std::string>& more) const {
    std::vector<std::string> command{test::labnet(), "sip", verb};
    command.insert(command.end(), more.begin(), more.end());
    command.insert(command.end(), {"--server", "udp:" + server(), "--play", "tone:880", "--expect-tone", "440"});
    test::How how;
    how.patience = 3 * test::patience;
    return test::Child{command, how};
  }
  /// Both talk until each has heard enough of the other.
  void talk(Baresip& caller, Baresip& callee) {
    ASSERT_TRUE(caller.is_registered() && callee.is_registered()) << caller.told() << callee.told();
    caller.dial(102);
    ASSERT_TRUE(callee.tells("CALL_ESTABLISHED")) << callee.told();
    ASSERT_TRUE(caller.tells("CALL_ESTABLISHED")) << caller.told();
    ASSERT_TRUE(caller.hears(4) && callee.hears(4)) << caller.told() << callee.told();
  }
};

TEST_F(BaresipClients, HearEachOtherAndNothingElse) {
  const auto one = speech(1, 10), other = speech(2, 10);
  Baresip caller{101, "secret", port(), one}, callee{102, "geheim", port(), other};
  talk(caller, callee);
  caller.tell("hangup");
  EXPECT_TRUE(callee.tells("CALL_CLOSED")) << callee.told();
  EXPECT_THAT(service().wait_for_log("call ended"), HasSubstr("101 has hung up"));
  const auto heard_by_caller = caller.quit(), heard_by_callee = callee.quit();
  EXPECT_GT(likeness(other, heard_by_caller), 0.9);
  EXPECT_GT(likeness(one, heard_by_callee), 0.9);
  EXPECT_LT(likeness(one, heard_by_caller), 0.5);
  EXPECT_LT(likeness(other, heard_by_callee), 0.5);
}

TEST_F(BaresipClients, CanBeHungUpByTheCallee) {
  const auto quiet = tone(440, 10);
  Baresip caller{101, "secret", port(), quiet}, callee{102, "geheim", port(), quiet};
  talk(caller, callee);
  callee.tell("hangup");
  EXPECT_TRUE(caller.tells("CALL_CLOSED")) << caller.told();
  EXPECT_THAT(service().wait_for_log("call ended"), HasSubstr("102 has hung up"));
}

TEST_F(BaresipClients, HearThatAnExtensionIsBusy) {
  Baresip caller{101, "secret", port(), tone(440, 1)};
  ASSERT_TRUE(caller.is_registered()) << caller.told();
  caller.dial(602);
  ASSERT_TRUE(caller.tells("CALL_CLOSED")) << caller.told();
  EXPECT_THAT(caller.told(), HasSubstr("486 Busy Here"));
}

TEST_F(BaresipClients, CallThePhoneOfTheLab) {
  auto phone = lab_phone("answer", {"--user", "102:geheim"});
  ASSERT_TRUE(phone.line() && phone.line()) << "registered, and ready";
  Baresip caller{101, "secret", port(), tone(440, 10)};
  ASSERT_TRUE(caller.is_registered()) << caller.told();
  caller.dial(102);
  ASSERT_TRUE(caller.tells("CALL_ESTABLISHED")) << caller.told();
  ASSERT_TRUE(caller.hears(3)) << caller.told();
  caller.tell("hangup");
  const auto outcome = phone.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, testing::EndsWith("\nanswered\n"));
  EXPECT_GT(tone_share(caller.quit(), 880), 0.9);
}

TEST_F(BaresipClients, AreCalledByThePhoneOfTheLab) {
  Baresip callee{102, "geheim", port(), tone(440, 10)};
  ASSERT_TRUE(callee.is_registered()) << callee.told();
  auto phone = lab_phone("call", {"102", "--user", "101:secret", "--duration", "4s"});
  const auto outcome = phone.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, testing::EndsWith("\nanswered\n"));
  EXPECT_TRUE(callee.tells("CALL_CLOSED")) << callee.told();
  EXPECT_GT(tone_share(callee.quit(), 880), 0.9);
}

TEST_F(BaresipClients, HoldTheOtherOneAndTakeItBack) {
  const auto one = tone(440, 10), other = tone(880, 10);
  Baresip caller{101, "secret", port(), one}, callee{102, "geheim", port(), other};
  talk(caller, callee);
  caller.tell("hold");
  EXPECT_TRUE(callee.tells("CALL_REMOTE_SDP")) << callee.told();
  caller.tell("resume");
  EXPECT_TRUE(callee.tells("CALL_REMOTE_SDP")) << callee.told();
  caller.tell("hangup");
  EXPECT_TRUE(callee.tells("CALL_CLOSED")) << callee.told();
  EXPECT_THAT(service().wait_for_log("call ended"), HasSubstr("101 has hung up"));
}

/// All that goes over the loopback interface of this network, in a file.
class LoopbackCapture {
 public:
  LoopbackCapture() : file_{folder_.path() + "/lo.pcapng"} {
    process_.emplace(std::vector<std::string>{"sh", "-c", "exec dumpcap -q -B 16 -i lo -w \"$0\" 2>&1", file_});
    while (const auto line = process_->line()) {
      if (line->starts_with("File: ")) return;
    }
    ADD_FAILURE() << "dumpcap does not capture";
  }
  /// Returns the file.
  const std::string& stop() {
    process_->signal(SIGINT);
    const auto outcome = process_->wait();
    EXPECT_THAT(outcome.output, HasSubstr("/0 (pcap:0/dumpcap:0/"));  // none was dropped
    return file_;
  }

 private:
  test::TemporaryFolder folder_;
  std::string file_;
  std::optional<test::Child> process_;
};

TEST_F(BaresipClients, LoseNoPacketAndSendAndGetNothingMalformed) {
  if (test::run({"tshark", "-v"}).exit_code != 0) GTEST_SKIP() << "tshark is not installed";
  if (test::run({"dumpcap", "-v"}).exit_code != 0) GTEST_SKIP() << "this user may not run dumpcap";
  LoopbackCapture capture;
  const auto quiet = tone(440, 10);
  {
    Baresip caller{101, "secret", port(), quiet}, callee{102, "geheim", port(), quiet};
    talk(caller, callee);
    caller.tell("hangup");
    EXPECT_TRUE(callee.tells("CALL_CLOSED")) << callee.told();
    caller.quit();
    callee.quit();
  }
  const auto& file = capture.stop();
  const auto as_sip = fmt::format("udp.port=={},sip", port());
  const auto said = test::run({"tshark", "-n", "-r", file, "-d", as_sip, "-q", "-z", "rtp,streams"});
  ASSERT_EQ(said.exit_code, 0) << said.errors;
  const auto streams = rtp_streams(said.output);
  EXPECT_EQ(streams.size(), 4u) << said.output;  // each side sends to the exchange, and the exchange to each side
  for (const auto& stream : streams) {
    EXPECT_GT(stream.packets, 150u) << said.output;
    EXPECT_EQ(stream.lost, "0") << said.output;
  }
  EXPECT_GT(test::tshark(file, {"frame.number"}, "sip").size(), 20u);
  EXPECT_THAT(test::tshark(file, {"frame.number", "frame.protocols"}, "_ws.malformed"), testing::IsEmpty());
}

}  // namespace
}  // namespace labnet::sip_server
