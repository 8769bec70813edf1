// Calls up to their answer, and their end: between two phones, or with a server that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/sip/phone_call.hpp"
#include "common/sip/authorization.hpp"
#include "tests/clients/sip/played_phone.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// 101 and 102 call each other without a server between them.
struct TwoPhones : testing::Test {
  void begin_call() {
    caller.call("102");
    wire.settle();
  }
  PlayedWire wire;
  PlayedPhone caller{wire, 2, config_of(2, hop_number(3))};
  PlayedPhone callee{wire, 3, config_of(3, hop_number(2))};
};

TEST_F(TwoPhones, CallTalkAndHangUp) {
  auto& call = caller.call("102");
  wire.settle();
  EXPECT_THAT(wire.take_lines(), ElementsAre("INVITE sip:102@lab SIP/2.0", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK",
                                             "ACK sip:102@127.0.0.3:5060 SIP/2.0"));
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180", "media sendrecv PCMA", "answered"));
  EXPECT_THAT(callee.take_told(), ElementsAre("incoming sip:101@lab", "media sendrecv PCMA", "answered"));
  ASSERT_TRUE(call.agreement());
  EXPECT_EQ(call.agreement()->remote->address, "127.0.0.3");
  EXPECT_EQ(call.agreement()->remote_port, 40000);
  EXPECT_TRUE(call.agreement()->sending_events);

  call.hang_up(wire.now);
  EXPECT_THAT(caller.take_told(), ElementsAre("end local 200 hung up"));
  wire.settle();
  EXPECT_THAT(wire.take_lines(), ElementsAre("BYE sip:102@127.0.0.3:5060 SIP/2.0", "SIP/2.0 200 OK"));
  EXPECT_THAT(callee.take_told(), ElementsAre("end remote 200 hung up by the other side"));
  EXPECT_TRUE(caller.phone.is_idle());
  EXPECT_TRUE(callee.phone.is_idle());
}

TEST(CallLikeZoiper, DescribesItselfAsZoiperDoes) {
  PlayedWire wire;
  auto config = config_of(2);
  config.like = Like::zoiper;
  PlayedPhone phone{wire, 2, config};
  phone.call("102");
  wire.settle();
  const auto invite = wire.take_sent().at(0).text;
  EXPECT_THAT(invite, StartsWith("INVITE sip:102@lab;transport=UDP SIP/2.0\r\n"));
  EXPECT_EQ(header_of(invite, "Contact"), "<sip:101@127.0.0.2:5060;transport=UDP>");
  EXPECT_EQ(header_of(invite, "Allow-Events"), "presence, kpml, talk");
  EXPECT_THAT(invite.substr(invite.find("\r\n\r\n") + 4),
              testing::MatchesRegex("v=0\r\no=Z 0 [0-9]+ IN IP4 127.0.0.2\r\ns=Z\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
                                    "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
                                    "a=fmtp:101 0-16\r\na=sendrecv\r\n"));
}

TEST(CallLikeZoiper, AnswersSoToo) {
  PlayedWire wire;
  auto config = config_of(3, hop_number(2));
  config.like = Like::zoiper;
  PlayedPhone caller{wire, 2, config_of(2, hop_number(3))};
  PlayedPhone callee{wire, 3, config};
  caller.call("102");
  std::string answer;
  wire.loses = [&](const PlayedMessage& message) {
    if (message.text.starts_with("SIP/2.0 200")) answer = message.text;
    return false;
  };
  wire.settle();
  EXPECT_THAT(answer, HasSubstr("\r\no=Z 0 "));
  EXPECT_THAT(answer, HasSubstr("\r\ns=Z\r\n"));
  EXPECT_THAT(answer, testing::Not(HasSubstr("rtpmap:8 ")));
}

TEST_F(TwoPhones, TheOneWhoWasCalledMayHangUpToo) {
  begin_call();
  callee.current->hang_up(wire.now);
  wire.settle();
  EXPECT_EQ(wire.lines.at(4), "BYE sip:101@127.0.0.2:5060 SIP/2.0");
  EXPECT_EQ(caller.told.back(), "end remote 200 hung up by the other side");
  EXPECT_TRUE(callee.phone.is_idle());
}

TEST_F(TwoPhones, ACallRingsAsLongAsItIsPlanned) {
  callee.plan.after = 2s;
  begin_call();
  wire.pass(1999ms);
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180"));
  wire.pass(1ms);
  EXPECT_THAT(caller.take_told(), ElementsAre("media sendrecv PCMA", "answered"));
}

TEST_F(TwoPhones, ACallMayRingUntilItIsAnswered) {
  callee.plan.after = sip::Duration::max();
  begin_call();
  wire.pass(50s);
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180"));
  callee.current->answer(wire.now);
  wire.settle();
  EXPECT_EQ(caller.take_told().back(), "answered");
}

TEST_F(TwoPhones, ARefusalIsToldWithItsCode) {
  callee.plan.status = 603;
  begin_call();
  EXPECT_THAT(wire.take_lines(), ElementsAre(StartsWith("INVITE"), "SIP/2.0 603 Decline", StartsWith("ACK")));
  EXPECT_THAT(caller.take_told(), ElementsAre("end remote 603 603 Decline"));
  EXPECT_THAT(callee.take_told(), ElementsAre("incoming sip:101@lab", "end local 603 refused with 603 Decline"));
  EXPECT_TRUE(caller.phone.is_idle());
}

TEST_F(TwoPhones, AFurtherCallThanThePhoneTakesIsBusy) {
  PlayedPhone busy{wire, 4, [] {
                     auto config = config_of(4, hop_number(2));
                     config.calls_max = 1;
                     return config;
                   }()};
  PlayedPhone third{wire, 5, config_of(5, hop_number(4))};
  busy.call("101");
  wire.settle();
  third.call("103");
  wire.settle();
  EXPECT_THAT(third.take_told(), ElementsAre("end remote 486 486 Busy Here"));
}

TEST_F(TwoPhones, WhoeverHangsUpWhileItRingsCancels) {
  callee.plan.after = 10s;
  auto& call = caller.call("102");
  wire.settle();
  call.hang_up(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_lines(), ElementsAre(StartsWith("INVITE"), "SIP/2.0 180 Ringing", StartsWith("CANCEL"),
                                             "SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated", StartsWith("ACK")));
  EXPECT_EQ(caller.told.back(), "end local 487 cancelled");
  EXPECT_EQ(callee.told.back(), "end remote 487 cancelled by the caller");
  wire.pass(20s);
  EXPECT_THAT(wire.take_lines(), IsEmpty());
}

TEST_F(TwoPhones, ACallThatNobodyAnswersIsGivenUp) {
  callee.plan.after = sip::Duration::max();
  begin_call();
  wire.pass(59s);
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180"));
  wire.pass(1s);
  EXPECT_THAT(caller.take_told(), ElementsAre("end local 487 no answer within 60 s"));
}

TEST_F(TwoPhones, ALost200ComesAgain) {
  int lost = 0;
  wire.loses = [&](const PlayedMessage& message) { return message.text.starts_with("SIP/2.0 200") && lost++ == 0; };
  begin_call();
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180"));
  wire.pass(500ms);
  EXPECT_THAT(caller.take_told(), ElementsAre("media sendrecv PCMA", "answered"));
}

TEST_F(TwoPhones, ALostAckIsSentAgainForTheNextCopyOfThe200) {
  int lost = 0;
  wire.loses = [&](const PlayedMessage& message) { return message.text.starts_with("ACK") && lost++ == 0; };
  begin_call();
  EXPECT_EQ(callee.current->state(), PhoneCall::State::answered);
  wire.pass(500ms);
  EXPECT_EQ(callee.current->state(), PhoneCall::State::talking);
  EXPECT_THAT(caller.take_told(), ElementsAre("ringing 180", "media sendrecv PCMA", "answered"));
}

TEST_F(TwoPhones, WithoutAnAckTheCallEndsAfter32Seconds) {
  wire.loses = [](const PlayedMessage& message) { return message.text.starts_with("ACK"); };
  begin_call();
  wire.pass(33s);
  EXPECT_EQ(callee.told.back(), "end fault 200 no ACK for 64*T1: it should have come to <sip:102@127.0.0.3:5060>");
  EXPECT_EQ(caller.told.back(), "end remote 200 hung up by the other side");
}

TEST_F(TwoPhones, ByeWaitsForTheAckOfThe200) {
  int lost = 0;
  wire.loses = [&](const PlayedMessage& message) { return message.text.starts_with("ACK") && lost++ == 0; };
  begin_call();
  callee.current->hang_up(wire.now);
  wire.settle();
  ASSERT_NE(callee.current, nullptr);
  wire.pass(500ms);
  EXPECT_EQ(callee.told.back(), "end local 200 hung up");
}

/// The phone 101 and a server that the test plays.
struct WithServer : testing::Test {
  std::string taken() {
    wire.settle();
    const auto sent = wire.take_sent();
    EXPECT_FALSE(sent.empty());
    return sent.empty() ? std::string{} : sent.back().text;
  }
  void answer(const std::string& request, const PlayedResponse& response) { phone.hear(answer_to(request, response)); }
  PlayedResponse accepted() { return {200, {std::string{server_contact}}, description()}; }
  PlayedWire wire;
  PlayedPhone phone{wire, 2, config_of(2)};
};

TEST_F(WithServer, AnInviteIsSentAgainWithCredentialsOnceTheyAreAskedFor) {
  phone.call("102");
  const auto first = taken();
  answer(first, {407, {R"(Proxy-Authenticate: Digest realm="lab", nonce="n", qop="auth")"}});
  wire.settle();
  const auto sent = wire.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(sent[0].text, StartsWith("ACK sip:102@lab"));
  const auto& second = sent[1].text;
  EXPECT_EQ(header_of(second, "CSeq"), "2 INVITE");
  EXPECT_EQ(header_of(second, "Call-ID"), header_of(first, "Call-ID"));
  const auto credentials = sip::parse_authorization(header_of(second, "Proxy-Authorization"));
  ASSERT_TRUE(credentials);
  EXPECT_TRUE(
      digest::is_right(*credentials, "INVITE", digest::secret_of(digest::Algorithm::md5, "101", "lab", "secret")));
  answer(second, accepted());
  const auto ack = taken();
  EXPECT_THAT(ack, StartsWith("ACK sip:127.0.0.1:5060 SIP/2.0"));
  EXPECT_EQ(header_of(ack, "Proxy-Authorization"), header_of(second, "Proxy-Authorization"));
  EXPECT_THAT(phone.take_told(), ElementsAre("media sendrecv PCMA", "answered"));
}

TEST_F(WithServer, AnInviteSatisfiesTheProxyAndTheOneBehindIt) {
  const auto last = [&] {
    wire.settle();
    return wire.take_sent().back().text;
  };
  phone.call("102");
  answer(last(), {407, {R"(Proxy-Authenticate: Digest realm="outer", nonce="p", qop="auth")"}});
  answer(last(), {401, {std::string{challenge}}});
  const auto third = last();
  EXPECT_THAT(header_of(third, "Authorization"), HasSubstr("realm=\"lab\""));
  EXPECT_THAT(header_of(third, "Proxy-Authorization"), HasSubstr("realm=\"outer\""));
  answer(third, accepted());
  EXPECT_THAT(phone.take_told(), ElementsAre("media sendrecv PCMA", "answered"));
}

TEST_F(WithServer, AWrongPasswordEndsTheCall) {
  phone.call("102");
  answer(taken(), {401, {std::string{challenge}}});
  answer(taken(), {401, {std::string{challenge}}});
  EXPECT_THAT(phone.take_told(), ElementsAre("end remote 401 the server does not accept the number and its password"));
}

TEST_F(WithServer, A200ThatCrossesTheCancelIsAcknowledgedAndEnded) {
  auto& call = phone.call("102");
  const auto invite = taken();
  answer(invite, {180});
  call.hang_up(wire.now);
  EXPECT_THAT(taken(), StartsWith("CANCEL"));
  answer(invite, accepted());
  wire.settle();
  const auto sent = wire.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(sent[0].text, StartsWith("ACK"));
  EXPECT_THAT(sent[1].text, StartsWith("BYE"));
  EXPECT_EQ(phone.told.back(), "end local 200 cancelled");
  answer(sent[1].text, {200});
  EXPECT_TRUE(phone.phone.is_idle());
}

TEST_F(WithServer, CancelWaitsForAProvisionalResponse) {
  auto& call = phone.call("102");
  const auto invite = taken();
  call.hang_up(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  answer(invite, {100});
  EXPECT_THAT(taken(), StartsWith("CANCEL"));
}

TEST_F(WithServer, ASecondPhoneThatAnswersIsAcknowledgedAndLetGo) {
  phone.call("102");
  const auto invite = taken();
  answer(invite, accepted());
  wire.settle();
  wire.take_sent();
  auto other = accepted();
  other.to_tag = "other";
  answer(invite, other);
  wire.settle();
  const auto sent = wire.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(header_of(sent[1].text, "To"), HasSubstr("tag=other"));
  EXPECT_THAT(sent[1].text, StartsWith("BYE"));
  EXPECT_EQ(phone.take_told().back(), "answered");
}

TEST_F(WithServer, EarlyMediaAreToldBeforeTheAnswer) {
  phone.call("102");
  const auto invite = taken();
  answer(invite, {183, {std::string{server_contact}}, description()});
  EXPECT_THAT(phone.take_told(), ElementsAre("media sendrecv PCMA", "ringing 183"));
  answer(invite, accepted());
  EXPECT_THAT(phone.take_told(), ElementsAre("answered"));
}

TEST_F(WithServer, AnAnswerThatDoesNotFitIsAcknowledgedAndEnded) {
  phone.call("102");
  answer(taken(), {200, {std::string{server_contact}}, description("sendrecv", "3")});
  wire.settle();
  const auto sent = wire.take_sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(sent[0].text, StartsWith("ACK"));
  EXPECT_THAT(sent[1].text, StartsWith("BYE"));
  EXPECT_THAT(phone.told.back(), HasSubstr("end fault 200 no common codec"));
}

TEST_F(WithServer, AnAnswerWithoutADescriptionIsEnded) {
  phone.call("102");
  answer(taken(), {200, {std::string{server_contact}}});
  EXPECT_EQ(phone.told.back(), "end fault 200 the other side has described no media");
}

TEST_F(WithServer, AServerThatDoesNotAnswerIsTold) {
  phone.call("102");
  wire.pass(32s);
  EXPECT_THAT(phone.take_told(), ElementsAre("end fault 408 the server does not answer"));
}

TEST_F(WithServer, AByeThatIsChallengedIsSentAgain) {
  auto& call = phone.call("102");
  answer(taken(), accepted());
  taken();
  call.hang_up(wire.now);
  answer(taken(), {401, {std::string{challenge}}});
  const auto bye = taken();
  EXPECT_THAT(bye, StartsWith("BYE"));
  EXPECT_EQ(header_of(bye, "CSeq"), "3 BYE");
  EXPECT_TRUE(sip::parse_authorization(header_of(bye, "Authorization")));
  EXPECT_FALSE(phone.phone.is_idle());
  answer(bye, {200});
  EXPECT_TRUE(phone.phone.is_idle());
}

TEST_F(WithServer, RequestsTakeTheWayThatTheRecordRouteHasTold) {
  auto& call = phone.call("102");
  auto response = accepted();
  response.headers.emplace_back("Record-Route: <sip:127.0.0.9;lr>");
  response.headers[0] = "Contact: <sip:102@127.0.0.7:5062>";
  answer(taken(), response);
  wire.settle();
  const auto ack = wire.take_sent().at(0);
  EXPECT_EQ(ack.first_line(), "ACK sip:102@127.0.0.7:5062 SIP/2.0");
  EXPECT_EQ(header_of(ack.text, "Route"), "<sip:127.0.0.9;lr>");
  EXPECT_EQ(ack.to, hop_number(9));
  call.hang_up(wire.now);
}

}  // namespace
}  // namespace labnet::sip_client
