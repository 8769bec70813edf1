// Within a call: hold and resume, both at once, offers that come late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/sip/phone_call.hpp"
#include "tests/clients/sip/called_phone.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Talking : testing::Test {
  Talking() : call{caller.call("102")} {
    wire.settle();
    wire.take_lines();
    caller.take_told();
    callee.take_told();
  }
  PlayedWire wire;
  PlayedPhone caller{wire, 2, config_of(2, hop_number(3))};
  PlayedPhone callee{wire, 3, config_of(3, hop_number(2))};
  PhoneCall& call;
};

TEST_F(Talking, HoldAndResume) {
  call.hold(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_lines(), ElementsAre("INVITE sip:102@127.0.0.3:5060 SIP/2.0", "SIP/2.0 200 OK",
                                             "ACK sip:102@127.0.0.3:5060 SIP/2.0"));
  EXPECT_THAT(caller.take_told(), ElementsAre("media sendonly PCMA"));
  EXPECT_THAT(callee.take_told(), ElementsAre("media recvonly PCMA"));
  EXPECT_TRUE(callee.current->is_held());
  EXPECT_FALSE(call.is_held());

  call.resume(wire.now);
  wire.settle();
  EXPECT_THAT(caller.take_told(), ElementsAre("media sendrecv PCMA"));
  EXPECT_THAT(callee.take_told(), ElementsAre("media sendrecv PCMA"));
}

TEST_F(Talking, TheOneWhoWasCalledMayHoldToo) {
  callee.current->hold(wire.now);
  wire.settle();
  EXPECT_TRUE(call.is_held());
}

TEST_F(Talking, HoldingTwiceSendsOneRequest) {
  call.hold(wire.now);
  wire.settle();
  wire.take_lines();
  call.hold(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_lines(), IsEmpty());
}

TEST_F(Talking, WhatIsWantedMeanwhileFollows) {
  call.hold(wire.now);
  call.resume(wire.now);
  wire.settle();
  EXPECT_THAT(caller.take_told(), ElementsAre("media sendonly PCMA", "media sendrecv PCMA"));
}

TEST_F(Talking, BothAtOnceAreRefusedAndComeAgainOneAfterTheOther) {
  call.hold(wire.now);
  callee.current->hold(wire.now);
  wire.settle();
  const auto lines = wire.take_lines();
  EXPECT_EQ(std::ranges::count(lines, "SIP/2.0 491 Request Pending"), 2);
  EXPECT_THAT(caller.take_told(), IsEmpty());
  wire.pass(2s);  // the callee's turn comes within 2 s, the caller's after 2.1 s at the earliest
  EXPECT_THAT(caller.take_told(), ElementsAre("media recvonly PCMA"));
  wire.pass(2s);
  EXPECT_THAT(caller.take_told(), ElementsAre("media inactive PCMA"));
  EXPECT_EQ(callee.take_told().back(), "media inactive PCMA");
}

TEST_F(Talking, AReinviteThatNobodyAnswersEndsTheCall) {
  wire.loses = [](const PlayedMessage& message) { return message.text.starts_with("INVITE"); };
  call.hold(wire.now);
  wire.pass(32s);
  EXPECT_THAT(caller.take_told(), ElementsAre("end fault 200 the server does not answer"));
  EXPECT_EQ(callee.told.back(), "end remote 200 hung up by the other side");
}

TEST_F(Talking, HangingUpWhileAHoldIsUnderWayEndsBoth) {
  call.hold(wire.now);
  call.hang_up(wire.now);
  wire.settle();
  EXPECT_EQ(callee.told.back(), "end remote 200 hung up by the other side");
  wire.pass(40s);
  EXPECT_TRUE(caller.phone.is_idle());
  EXPECT_TRUE(callee.phone.is_idle());
}

TEST_F(Called, AnInviteWithoutAnOfferIsAnsweredByOne) {
  const auto ok = answer_of(request("INVITE", 1));
  EXPECT_THAT(ok, StartsWith("SIP/2.0 200"));
  EXPECT_THAT(ok, HasSubstr("m=audio 40000 RTP/AVP 8 0 101\r\n"));
  const auto tag = tag_of(ok);
  EXPECT_THAT(phone.take_told(), ElementsAre("incoming sip:102@lab", "answered"));
  answer_of(request("ACK", 1, description("sendrecv", "0"), tag));
  EXPECT_THAT(phone.take_told(), ElementsAre("media sendrecv PCMU"));
}

TEST_F(Called, AnAckWithoutTheAnswerThatIsDueEndsTheCall) {
  const auto ok = answer_of(request("INVITE", 1));
  const auto tag = tag_of(ok);
  EXPECT_THAT(answer_of(request("ACK", 1, {}, tag)), StartsWith("BYE sip:127.0.0.1:5060"));
  EXPECT_EQ(phone.told.back(), "end fault 200 the other side has described no media");
}

TEST_F(Called, AnOfferThatDoesNotFitIsRefusedWithTheReason) {
  const auto refusal = answer_of(request("INVITE", 1, description("sendrecv", "3")));
  EXPECT_THAT(refusal, StartsWith("SIP/2.0 488"));
  EXPECT_THAT(header_of(refusal, "Warning"), StartsWith("305 lab \"no common codec: offered GSM/8000"));
}

TEST_F(Called, ABodyThatIsNoDescriptionIs400) {
  EXPECT_THAT(answer_of(request("INVITE", 1, "hello")), StartsWith("SIP/2.0 400"));
}

TEST_F(Called, IsPutOnHoldByAnOfferWithoutAnAddressToo) {
  const auto tag = talk();
  auto held = description();
  held.replace(held.find("c=IN IP4 127.0.0.1"), 18, "c=IN IP4 0.0.0.0");
  EXPECT_THAT(answer_of(request("INVITE", 2, held, tag)), HasSubstr("a=recvonly"));
  EXPECT_TRUE(phone.current->is_held());
}

TEST_F(Called, ASecondReinviteBeforeTheAckOfTheFirstHasToWait) {
  const auto tag = talk();
  answer_of(request("INVITE", 2, description("sendonly"), tag));
  const auto refusal = answer_of(request("INVITE", 3, description(), tag));
  EXPECT_THAT(refusal, StartsWith("SIP/2.0 500"));
  EXPECT_EQ(header_of(refusal, "Retry-After"), "5");
}

TEST_F(Called, AReinviteThatDoesNotFitLeavesAllAsItWas) {
  const auto tag = talk();
  EXPECT_THAT(answer_of(request("INVITE", 2, description("sendrecv", "3"), tag)), StartsWith("SIP/2.0 488"));
  EXPECT_THAT(phone.told, IsEmpty());
  EXPECT_EQ(phone.current->state(), PhoneCall::State::talking);
}

TEST_F(Called, AnOlderRequestIs500) {
  const auto tag = talk();
  answer_of(request("OPTIONS", 5, {}, tag));
  EXPECT_THAT(answer_of(request("OPTIONS", 4, {}, tag)), StartsWith("SIP/2.0 500"));
}

TEST_F(Called, ARefusedHoldLeavesTheCallAsItWas) {
  talk();
  phone.current->hold(wire.now);
  wire.settle();
  const auto invite = wire.take_sent().back().text;
  phone.hear(answer_to(invite, {488}));
  EXPECT_THAT(phone.told, IsEmpty());
  EXPECT_EQ(phone.current->state(), PhoneCall::State::talking);
  EXPECT_FALSE(phone.current->is_held());
}

TEST_F(Called, AServerThatHasForgottenTheCallEndsIt) {
  talk();
  phone.current->hold(wire.now);
  wire.settle();
  phone.hear(answer_to(wire.take_sent().back().text, {481}));
  EXPECT_THAT(phone.take_told(), ElementsAre("end fault 200 the other side does not know the call any more"));
}

TEST_F(Called, AByeWhileItRingsEndsTheInviteToo) {
  phone.plan.after = 10s;
  const auto ringing = answer_of(request("INVITE", 1, description()));
  const auto tag = tag_of(ringing);
  EXPECT_THAT(answer_of(request("BYE", 2, {}, tag)), StartsWith("SIP/2.0 487"));
  EXPECT_EQ(phone.told.back(), "end remote 487 cancelled by the caller");
}

}  // namespace
}  // namespace labnet::sip_client
