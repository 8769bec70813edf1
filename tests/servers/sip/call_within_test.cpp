// What the two sides of a call ask of each other while it lasts.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/servers/sip/call_fixture.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(SipCall, IsHeldAndTakenUpAgain) {
  establish();
  from_caller(within("INVITE", 2, description(2, "sendonly", "8 0", 2)));
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].first_line(), "INVITE sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_THAT(sent[1].text, HasSubstr("a=sendonly"));
  EXPECT_THAT(header_of(sent[1].text, "To"), HasSubstr(";tag=b"));
  network.arrive(answer_to(sent[1].text, callee_says(200, description(3, "recvonly"))), phone_hop(3));
  sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_THAT(sent[0].first_line(), StartsWith("SIP/2.0 200 OK"));
  EXPECT_THAT(sent[0].text, HasSubstr("a=recvonly"));
  EXPECT_THAT(sent[1].first_line(), StartsWith("ACK "));
  from_caller(within("ACK", 2));
  network.pass(400s);  // silence on hold is none to worry about
  EXPECT_THAT(network.records, IsEmpty());
  from_caller(within("INVITE", 3, description(2, "sendrecv", "8 0", 3)));
  sent = network.take_sent();
  network.arrive(answer_to(sent.at(1).text, callee_says(200, description(3))), phone_hop(3));
  EXPECT_THAT(network.take_sent().at(0).text, HasSubstr("a=sendrecv"));
}

TEST_F(SipCall, ASecondChangeBeforeTheFirstIsDoneIsRefused) {
  establish();
  from_caller(within("INVITE", 2, description(2, "sendonly", "8 0", 2)));
  network.take_sent();
  network.arrive(text_of(from_other_side("INVITE", 1, description(3, "sendonly"))), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 491 Request Pending"));
  from_caller(within("UPDATE", 3, description(2)));
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 500 ")));
}

TEST_F(SipCall, ARefusedChangeLeavesTheCallAsItIs) {
  establish();
  from_caller(within("INVITE", 2, description(2, "sendonly", "8 0", 2)));
  const auto sent = network.take_sent();
  network.arrive(answer_to(sent.at(1).text, callee_says(488)), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("ACK "), StartsWith("SIP/2.0 488 ")));
  from_caller(within("BYE", 3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK", StartsWith("BYE ")));
}

TEST_F(SipCall, InfoGoesThroughWithItsBody) {
  establish();
  auto info = within("INFO", 2);
  info.more.push_back("Content-Type: application/dtmf-relay");
  auto text = text_of(info);
  text.replace(text.find("Content-Length: 0"), 17, "Content-Length: 8");
  text += "Signal=5";
  network.arrive(text, phone_hop(2));
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].text, HasSubstr("Content-Type: application/dtmf-relay\r\n"));
  EXPECT_THAT(sent[0].text, testing::EndsWith("\r\n\r\nSignal=5"));
  network.arrive(answer_to(sent[0].text, callee_says(200)), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK"));
}

TEST_F(SipCall, OldRequestsOfTheDialogAre500AndThoseOfNoneAre481) {
  establish();
  from_caller(within("INFO", 5));
  network.take_sent();
  from_caller(within("INFO", 4));
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 500 ")));
  auto stranger = within("BYE", 9);
  stranger.call_id = "another";
  from_caller(stranger);
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 481 ")));
  stranger.to = "<sip:102@labnet>;tag=nobody";
  stranger.branch = "z9hG4bKelse";
  from_caller(stranger);
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 481 ")));
}

TEST_F(SipCall, AnExtensionCanBeHeldButNotForEver) {
  from_caller(invite("600"));
  const auto answer = network.take_sent().back().text;
  caller_dialog_to = header_of(answer, "To");
  from_caller(within("ACK", 1));
  from_caller(within("INVITE", 2, description(2, "sendonly", "8 0", 2)));
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 200 OK");
  EXPECT_THAT(sent[0].text, HasSubstr("a=recvonly"));
  from_caller(within("ACK", 2));
  from_caller(within("INFO", 3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK"));
  network.pass(601s);
  EXPECT_THAT(record().cause, HasSubstr("no packet from either side for 300 s"));
}

TEST_F(SipCall, OnHoldIsNotForEver) {
  establish();
  from_caller(within("INVITE", 2, description(2, "inactive", "8 0", 2)));
  const auto sent = network.take_sent();
  network.arrive(answer_to(sent.at(1).text, callee_says(200, description(3, "inactive"))), phone_hop(3));
  from_caller(within("ACK", 2));
  network.pass(3500s);
  EXPECT_THAT(network.records, IsEmpty());
  network.pass(600s);
  EXPECT_THAT(record().cause, HasSubstr("for 3600 s"));
}

TEST_F(SipCall, SeveralInfosGoThroughAtATime) {
  establish();
  from_caller(within("INFO", 2));
  from_caller(within("INFO", 3));
  network.arrive(text_of(from_other_side("INFO", 1)), phone_hop(3));
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(3));
  for (const auto& one : sent) EXPECT_THAT(one.first_line(), StartsWith("INFO ")) << one.text;
  network.arrive(answer_to(sent[1].text, callee_says(200)), phone_hop(3));
  EXPECT_EQ(header_of(network.take_sent().at(0).text, "CSeq"), "3 INFO");
}

TEST_F(SipCall, HasNoMoreRequestsUnderWayThanItMay) {
  establish();
  for (int i = 0; i < 16; ++i) from_caller(within("INFO", 2 + i));
  EXPECT_THAT(network.lines(), testing::Each(StartsWith("INFO ")));
  from_caller(within("INFO", 18));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 503 Service Unavailable"));
}

TEST_F(SipCall, AChangeThatIsNotAnsweredIsCancelled) {
  establish();
  from_caller(within("INVITE", 2, description(2, "sendonly", "8 0", 2)));
  const auto change = network.take_sent().at(1).text;
  network.arrive(answer_to(change, callee_says(180)), phone_hop(3));
  auto cancel = within("CANCEL", 2);
  cancel.branch = "z9hG4bKcall2INVITE2";
  from_caller(cancel);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK", StartsWith("CANCEL ")));
  network.arrive(answer_to(change, callee_says(487)), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("ACK "), StartsWith("SIP/2.0 487 ")));

  from_caller(within("INVITE", 3, description(2, "sendonly", "8 0", 3)));
  network.arrive(answer_to(network.take_sent().at(1).text, callee_says(180)), phone_hop(3));
  from_caller(within("BYE", 4));
  EXPECT_THAT(network.lines(), testing::IsSupersetOf({testing::Matcher<std::string>(StartsWith("SIP/2.0 487 ")),
                                                      testing::Matcher<std::string>(StartsWith("CANCEL "))}));
  network.pass(70s);
  EXPECT_EQ(network.exchange.transactions(), 0u);
}

}  // namespace
}  // namespace labnet::sip_server
