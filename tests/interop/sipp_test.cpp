// SIPp, which plays phones by scenarios: those in the folder sipp, and two of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/interop/cutting_relay.hpp"
#include "tests/interop/sip_clients.hpp"

namespace labnet::sip_server {
namespace {

using test::CuttingRelay;
using Words = std::vector<std::string>;

class SippClients : public SipClients {
 protected:
  SippClients() : SipClients{{"sh", "-c", "sipp -v | grep -q SIPp"}, "sip-tester"} {}

  /// What plays a scenario so often, without a terminal; ends by itself.
  Words sipp(const std::string& scenario, int count, const Words& more) const {
    Words words{"sipp",
                "-nostdin",
                "-i",
                "127.0.0.1",
                "-timeout",
                "25s",
                "-timeout_error",
                "-m",
                fmt::format("{}", count),
                "-sf",
                fmt::format("{}/sipp/{}.xml", LABNET_INTEROP_DIR, scenario)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// Registers a user at a port, or at the one that a registration has left free, and tells it.
  std::uint16_t register_user(const std::string& user, const std::string& password) const {
    const auto own = free_udp_port();
    output_of(sipp("register", 1, {"-p", std::to_string(own), "-s", user, "-ap", password, "-aa", server()}));
    return own;
  }
  Words at(std::uint16_t own, const Words& more = {}) const {
    Words words{"-p", std::to_string(own), "-key", "caller", "101", server()};
    words.insert(words.begin(), more.begin(), more.end());
    return words;
  }
  /// 101 calls a number.
  void call(const std::string& scenario, const std::string& number, int count = 1, const Words& more = {}) const {
    const auto own = register_user("101", "secret");
    Words words{"-s", number};
    words.insert(words.end(), more.begin(), more.end());
    output_of(sipp(scenario, count, at(own, words)));
  }
  /// 101 calls 102, and both see to it that what they hear is right.
  void call_phone(const std::string& caller, const std::string& callee, int count = 1, const Words& more = {}) const {
    const auto own = register_user("102", "geheim");
    test::How how;
    how.environment = {{"TERM", "dumb"}};
    how.folder = path();
    how.patience = 3 * test::patience;
    test::Child phone{sipp(callee, count, at(own, more)), how};
    ASSERT_TRUE(is_bound(own));
    call(caller, "102", count, more);
    const auto outcome = phone.wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  }
};

TEST_F(SippClients, RegisterByDigest) {
  output_of(sipp("register", 20, {"-s", "101", "-ap", "secret", "-aa", server()}));
}

TEST_F(SippClients, RegisterByTcp) {
  output_of(sipp("register", 20, {"-t", "t1", "-s", "101", "-ap", "secret", "-aa", server("tcp")}));
}

TEST_F(SippClients, AreRefusedWithAnotherPassword) {
  output_of(sipp("register", 1, {"-s", "101", "-ap", "wrong", "-aa", server()}), 1);
}

TEST_F(SippClients, CallTheOpenExtensionAsTheyDoByThemselves) {
  output_of({"sipp", "-nostdin", "-i", "127.0.0.1", "-timeout", "25s", "-timeout_error", "-sn", "uac", "-m", "20", "-r",
             "20", "-d", "100", server()});
}

TEST_F(SippClients, CallItByTcp) {
  output_of({"sipp", "-nostdin", "-i", "127.0.0.1", "-timeout", "25s", "-timeout_error", "-sn", "uac", "-t", "t1", "-m",
             "20", "-r", "20", "-d", "100", server("tcp")});
}

TEST_F(SippClients, CallOneAnother) {
  call_phone("call", "answer", 10);
}

TEST_F(SippClients, HearThatAnExtensionIsBusy) {
  call("busy", "602");
}

TEST_F(SippClients, HearThatAPhoneIsBusy) {
  call_phone("busy", "refuse");
}

TEST_F(SippClients, GiveUpAnExtensionThatNeverAnswers) {
  call("cancel", "604");
}

TEST_F(SippClients, GiveUpAPhoneThatRings) {
  call_phone("cancel", "cancelled");
}

TEST_F(SippClients, HoldAndTakeBackACall) {
  call_phone("hold", "held");
}

TEST_F(SippClients, HoldTheExchangeItself) {
  call("hold", "600");
}

TEST_F(SippClients, GetThe200AgainThatTheyHaveNotAcknowledged) {
  call("lost_ack", "600", 1, {"-nr"});
}

TEST_F(SippClients, GetTheAckAgainThatTheyHaveLost) {
  call_phone("call", "answer_again", 1, {"-nr"});
}

TEST_F(SippClients, GetThe180AgainForAnInviteThatComesTwice) {
  call("invite_again", "604", 1, {"-nr"});
}

TEST_F(SippClients, AreUnderstoodThoughTcpCutsTheirMessages) {
  const CuttingRelay relay{CuttingRelay::Way::cuts, port("tcp")};
  output_of(sipp("call", 3,
                 {"-t", "t1", "-s", "service", "-key", "caller", "101", fmt::format("127.0.0.1:{}", relay.port())}));
  EXPECT_LE(relay.longest(), 7u);
  EXPECT_GT(relay.pieces(), 300u);
}

TEST_F(SippClients, AreUnderstoodThoughTcpGluesTheirMessages) {
  const CuttingRelay relay{CuttingRelay::Way::glues, port("tcp")};
  // Ten INVITEs at once, then ten times ACK, and BYE.
  output_of(sipp(
      "call", 10,
      {"-t", "t1", "-r", "1000", "-s", "service", "-key", "caller", "101", fmt::format("127.0.0.1:{}", relay.port())}));
  EXPECT_GT(relay.longest(), 2000u);
  EXPECT_LT(relay.pieces(), 20u);
}

}  // namespace
}  // namespace labnet::sip_server
