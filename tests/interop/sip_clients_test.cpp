// Phones and test tools that others wrote, against the exchange: SIPp and sipsak.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interop/clients.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::sip_server {
namespace {

using testing::HasSubstr;

class InteropSip : public testing::Test {
 protected:
  std::string server(const std::string& scheme = "udp") const {
    return fmt::format("127.0.0.1:{}", service.port(scheme));
  }
  /// SIPp without a terminal; ends by itself.
  test::Outcome sipp(std::vector<std::string> options) const {
    std::vector<std::string> command{"sipp", "-nostdin", "-timeout", "9s", "-timeout_error", "-i", "127.0.0.1"};
    command.insert(command.end(), options.begin(), options.end());
    return test::run(command, {.environment = {{"TERM", "dumb"}}, .folder = folder.path()});
  }
  std::string scenario(const std::string& name, const std::string& body) const {
    return folder.write(name + ".xml", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<scenario name=\"" + name +
                                           "\">\n" + body + "</scenario>\n");
  }

  test::TemporaryFolder folder;
  test::RunningService service{"sip",
                               {"--user", "101:secret", "--user", "102:geheim", "--listen", "udp://127.0.0.1:0",
                                "--listen", "tcp://127.0.0.1:0"}};
};

TEST_F(InteropSip, SippCallsTheOpenExtension) {
  const auto outcome = sipp({"-sn", "uac", "-m", "20", "-r", "20", "-d", "100", server()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST_F(InteropSip, SippCallsItByTcp) {
  const auto outcome = sipp({"-sn", "uac", "-t", "t1", "-m", "20", "-r", "20", "-d", "100", server("tcp")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

constexpr std::string_view register_scenario = R"(
<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:101@labnet>;tag=[pid]r[call_number]
To: <sip:101@labnet>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:101@[local_ip]:[local_port]>
Expires: 3600
Content-Length: 0

]]></send>
<recv response="401" auth="true"/>
<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:101@labnet>;tag=[pid]r[call_number]
To: <sip:101@labnet>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:101@[local_ip]:[local_port]>
[authentication username=101 password=secret]
Expires: 3600
Content-Length: 0

]]></send>
<recv response="200"/>
)";

TEST_F(InteropSip, SippRegistersByDigest) {
  const auto file = scenario("register", std::string{register_scenario});
  const auto outcome = sipp({"-sf", file, "-m", "5", "-aa", server()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST_F(InteropSip, SippHearsThatNobodyIsThere) {
  const auto file = scenario("nobody", R"(
<send retrans="500"><![CDATA[
INVITE sip:604@[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:101@labnet>;tag=[pid]c[call_number]
To: <sip:604@labnet>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:101@[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<recv response="407" auth="true"/>
<send><![CDATA[
ACK sip:604@[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-1]
Max-Forwards: 70
From: <sip:101@labnet>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
)");
  const auto outcome = sipp({"-sf", file, "-m", "1", server()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST_F(InteropSip, SipsakAsksWhetherItIsThere) {
  const auto outcome = test::run({"sipsak", "-vv", "-s", "sip:101@" + server()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("SIP/2.0 200 OK"));
}

TEST_F(InteropSip, SipsakRegisters) {
  const auto outcome = test::run({"sipsak", "-U", "-vv", "-C", "sip:101@127.0.0.1:5099", "-a", "secret", "-u", "101",
                                  "-x", "60", "-s", "sip:101@" + server()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

}  // namespace
}  // namespace labnet::sip_server
