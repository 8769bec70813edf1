// What the other side of a call asks, but for INVITE and BYE: UPDATE, INFO, OPTIONS, events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/sip/called_phone.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(Called, AnUpdateWithoutADescriptionRefreshesTheSession) {
  const auto tag = talk();
  const auto answer = answer_of(request("UPDATE", 2, {}, tag));
  EXPECT_THAT(answer, StartsWith("SIP/2.0 200"));
  EXPECT_EQ(header_of(answer, "Contact"), "<sip:101@127.0.0.2:5060>");
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
  EXPECT_THAT(phone.told, IsEmpty());
}

TEST_F(Called, AnUpdateMovesTheOtherSide) {
  const auto tag = talk();
  auto update = request("UPDATE", 2, {}, tag);
  update.replace(update.find("Contact: <sip:127.0.0.1:5060>"), 29, "Contact: <sip:127.0.0.9:5099>");
  answer_of(update);
  phone.current->hang_up(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_sent().back().text, StartsWith("BYE sip:127.0.0.9:5099 SIP/2.0"));
}

TEST_F(Called, AnUpdateWithAnOfferIsAnsweredAsAReinviteIs) {
  const auto tag = talk();
  const auto held = answer_of(request("UPDATE", 2, description("sendonly"), tag));
  EXPECT_THAT(held, StartsWith("SIP/2.0 200"));
  EXPECT_EQ(header_of(held, "Content-Type"), "application/sdp");
  EXPECT_THAT(held, HasSubstr("a=recvonly"));
  EXPECT_THAT(phone.take_told(), ElementsAre("media recvonly PCMA"));
  const auto refused = answer_of(request("UPDATE", 3, description("sendrecv", "3"), tag));
  EXPECT_THAT(refused, StartsWith("SIP/2.0 488"));
  EXPECT_THAT(header_of(refused, "Warning"), HasSubstr("no common codec"));
  EXPECT_THAT(phone.told, IsEmpty());
}

TEST_F(Called, AnUpdateThatMeetsAnOfferOfThePhoneIs491) {
  const auto tag = talk();
  phone.current->hold(wire.now);
  wire.settle();
  wire.take_sent();
  EXPECT_THAT(answer_of(request("UPDATE", 2, description(), tag)), StartsWith("SIP/2.0 491"));
  EXPECT_THAT(answer_of(request("UPDATE", 3, {}, tag)), StartsWith("SIP/2.0 200")) << "it offers nothing";
}

TEST_F(Called, AnUpdateThatMeetsAnOfferInThe200Is491) {
  const auto tag = tag_of(answer_of(request("INVITE", 1)));
  EXPECT_THAT(answer_of(request("UPDATE", 2, description(), tag)), StartsWith("SIP/2.0 491"));
}

TEST_F(Called, AnUpdateBeforeTheFirstOfferIsAnsweredHasToWait) {
  phone.plan.after = 10s;
  const auto tag = tag_of(answer_of(request("INVITE", 1, description())));
  const auto refusal = answer_of(request("UPDATE", 2, description(), tag));
  EXPECT_THAT(refusal, StartsWith("SIP/2.0 500"));
  EXPECT_THAT(header_of(refusal, "Retry-After"), testing::MatchesRegex("[0-9]|10"));
  EXPECT_THAT(answer_of(request("UPDATE", 3, {}, tag)), StartsWith("SIP/2.0 200"));
}

TEST_F(Called, KeysComeByInfoToo) {
  const auto tag = talk();
  const auto relayed = request("INFO", 2, "Signal=5\r\nDuration=160\r\n", tag, "application/dtmf-relay");
  EXPECT_THAT(answer_of(relayed), StartsWith("SIP/2.0 200"));
  EXPECT_THAT(answer_of(request("INFO", 3, "signal = #", tag, "application/dtmf-relay")), StartsWith("SIP/2.0 200"));
  EXPECT_THAT(answer_of(request("INFO", 4, "11\r\n", tag, "application/dtmf")), StartsWith("SIP/2.0 200"));
  EXPECT_THAT(answer_of(request("INFO", 5, "*", tag, "application/dtmf")), StartsWith("SIP/2.0 200"));
  EXPECT_THAT(phone.take_told(), ElementsAre("key 5", "key #", "key #", "key *"));
}

TEST_F(Called, AnInfoThatTellsNoKeyIsRefusedWithTheReason) {
  const auto tag = talk();
  int cseq = 1;
  for (const auto* const body : {"Signal=x", "Signal=16", "Duration=160", "Signal="}) {
    EXPECT_THAT(answer_of(request("INFO", ++cseq, body, tag, "application/dtmf-relay")),
                StartsWith("SIP/2.0 400 Not a Key of a Telephone"))
        << body;
  }
  const auto other = answer_of(request("INFO", ++cseq, "<x/>", tag, "application/media_control+xml"));
  EXPECT_THAT(other, StartsWith("SIP/2.0 415"));
  EXPECT_EQ(header_of(other, "Accept"), "application/dtmf-relay, application/dtmf");
  const auto packaged = answer_of(request("INFO", ++cseq, {}, tag, {}, "Info-Package: nobody\r\n"));
  EXPECT_THAT(packaged, StartsWith("SIP/2.0 469 Bad Info Package"));
  EXPECT_THAT(packaged, HasSubstr("\r\nRecv-Info:"));
  EXPECT_THAT(answer_of(request("INFO", ++cseq, {}, tag)), StartsWith("SIP/2.0 200")) << "a sign of life";
  EXPECT_THAT(phone.told, IsEmpty());
}

TEST_F(Called, OptionsWithinACallTellWhatThePhoneIsAbleTo) {
  const auto tag = talk();
  const auto answer = answer_of(request("OPTIONS", 2, {}, tag));
  EXPECT_THAT(answer, StartsWith("SIP/2.0 200"));
  EXPECT_THAT(header_of(answer, "Allow"), HasSubstr("UPDATE, INFO"));
  EXPECT_EQ(header_of(answer, "Accept"), "application/sdp, text/plain");
}

TEST_F(Called, EventsAndTransfersWithinACallAreRefusedAndTheCallGoesOn) {
  const auto tag = talk();
  EXPECT_THAT(answer_of(request("SUBSCRIBE", 2, {}, tag)), StartsWith("SIP/2.0 489"));
  const auto notify = request("NOTIFY", 3, "SIP/2.0 100 Trying", tag, "message/sipfrag", "Event: refer\r\n");
  EXPECT_THAT(answer_of(notify), StartsWith("SIP/2.0 489"));
  const auto transfer = answer_of(request("REFER", 4, {}, tag, {}, "Refer-To: <sip:103@lab>\r\n"));
  EXPECT_THAT(transfer, StartsWith("SIP/2.0 405 This Phone Transfers No Calls"));
  EXPECT_THAT(header_of(transfer, "Allow"), Not(HasSubstr("REFER")));
  EXPECT_THAT(phone.told, IsEmpty());
  EXPECT_EQ(phone.current->state(), PhoneCall::State::talking);
}

}  // namespace
}  // namespace labnet::sip_client
