// Headers with one small structure each.
#include <gtest/gtest.h>

#include "common/sip/cseq.hpp"
#include "common/sip/date.hpp"
#include "common/sip/event.hpp"
#include "common/sip/header_values.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/media_type.hpp"
#include "common/sip/number.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/reason.hpp"
#include "common/sip/retry_after.hpp"
#include "common/sip/tokens.hpp"
#include "common/sip/warning.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using test::Received;
using test::request_with;

TEST(SipCSeq, IsANumberAndAMethod) {
  const auto cseq = *parse_cseq("0009\r\n  INVITE");
  EXPECT_EQ(cseq.number, 9u);
  EXPECT_EQ(cseq.method, Method::invite);
  EXPECT_EQ(parse_cseq("1 RE%47IST%45R")->method_text, "RE%47IST%45R");
  EXPECT_EQ(parse_cseq("2147483647 ACK")->number, cseq_max);
}

TEST(SipCSeq, IsRefusedForWhatIsWrong) {
  EXPECT_EQ(parse_cseq("2147483648 ACK").error(), FaultKind::number_too_large);
  EXPECT_EQ(parse_cseq("36893488147419103232 REGISTER").error(), FaultKind::number_too_large);
  for (const auto* value : {"", "1", "1 ", "INVITE", "1INVITE", "-1 ACK", "+1 ACK", "1 ACK x", "1 A@K", "0x1 ACK"}) {
    EXPECT_EQ(parse_cseq(value).error(), FaultKind::malformed_value) << value;
  }
}

TEST(SipNumber, IsDigitsAndNothingElse) {
  EXPECT_EQ(*parse_number(" 0068 "), 68u);
  EXPECT_EQ(*parse_number("4294967295"), UINT32_MAX);
  EXPECT_EQ(parse_number("4294967296").error(), FaultKind::number_too_large);
  EXPECT_EQ(parse_number("18446744073709551617").error(), FaultKind::number_too_large);
  for (const auto* value : {"", "-999", "+1", "1 2", "1;a", "0x1"}) {
    EXPECT_EQ(parse_number(value).error(), FaultKind::malformed_value) << value;
  }
  EXPECT_EQ(*parse_delta_seconds(std::string(99, '9')), delta_seconds_max);
  EXPECT_EQ(*parse_max_forwards("255"), 255u);
  EXPECT_EQ(*parse_max_forwards("300"), max_forwards_max);
  EXPECT_EQ(parse_max_forwards("x").error(), FaultKind::malformed_value);
}

TEST(SipMediaType, IsTakenApart) {
  const auto type = *parse_media_type("Multipart/Mixed ; boundary=\"a b\"");
  EXPECT_TRUE(type.is("multipart", "mixed"));
  EXPECT_FALSE(type.is("multipart", "*"));
  EXPECT_EQ(type.parameters.value("boundary"), "\"a b\"");
  for (const auto* value : {"", "application", "application/", "/sdp", "a/b c", "a/b/c"}) {
    EXPECT_EQ(parse_media_type(value).error(), FaultKind::malformed_value) << value;
  }
}

TEST(SipAccept, TakesSdpWhereItIsMissingAndNothingWhereItIsEmpty) {
  const Received missing{request_with("")}, empty{request_with("Accept:\r\n")};
  EXPECT_TRUE(accepts(missing->headers(), "application", "sdp"));
  EXPECT_FALSE(accepts(missing->headers(), "text", "plain"));
  EXPECT_FALSE(accepts(empty->headers(), "application", "sdp"));
}

TEST(SipAccept, TakesWhatItsRangesInclude) {
  const Received message{request_with("Accept: text/nobodyKnowsThis\r\nAccept: audio/*;q=0.5, APPLICATION/SDP\r\n")};
  EXPECT_TRUE(accepts(message->headers(), "application", "sdp"));
  EXPECT_TRUE(accepts(message->headers(), "audio", "basic"));
  EXPECT_FALSE(accepts(message->headers(), "text", "plain"));
  const Received all{request_with("Accept: */*\r\n")};
  EXPECT_TRUE(accepts(all->headers(), "text", "plain"));
}

TEST(SipWords, AreFoundInAllLines) {
  const Received message{request_with("Supported: replaces,\r\n timer\r\nk: 100rel\r\nAllow: INVITE, ACK\r\n")};
  EXPECT_TRUE(list_has(message->headers(), HeaderName::supported, "TIMER"));
  EXPECT_TRUE(list_has(message->headers(), HeaderName::supported, "100rel"));
  EXPECT_FALSE(list_has(message->headers(), HeaderName::supported, "gruu"));
  EXPECT_TRUE(allows(message->headers(), "ACK"));
  EXPECT_FALSE(allows(message->headers(), "ack"));
  EXPECT_FALSE(parse_token("a b"));
}

TEST(SipDate, IsThatOfTheRfcAndComesBack) {
  const auto time = *parse_date("Sat, 13 Nov 2010 23:29:00 GMT");
  EXPECT_EQ(time.time_since_epoch().count(), 1289690940);
  EXPECT_EQ(date_text(time), "Sat, 13 Nov 2010 23:29:00 GMT");
}

TEST(SipDate, IsNothingElse) {
  for (const auto* value :
       {"", "Fri, 01 Jan 2010 16:00:00 EST", "Friday, 01-Jan-10 16:00:00 GMT", "Fri Jan  1 16:00:00 2010",
        "Fri, 1 Jan 2010 16:00:00 GMT", "Fri, 32 Jan 2010 16:00:00 GMT", "Fri, 01 Jam 2010 16:00:00 GMT",
        "Fre, 01 Jan 2010 16:00:00 GMT", "Fri, 01 Jan 2010 24:00:00 GMT", "Fri, 01 Jan 2010 16:00:00 GMT x"}) {
    EXPECT_EQ(parse_date(value).error(), FaultKind::malformed_value) << value;
  }
}

TEST(SipRetryAfter, HasSecondsACommentAndParameters) {
  const auto simple = *parse_retry_after("18000;duration=3600");
  EXPECT_EQ(simple.seconds, 18000u);
  EXPECT_EQ(simple.parameters.value("duration"), "3600");
  const auto busy = *parse_retry_after("120 (I'm in a (long) \\) meeting) ;x");
  EXPECT_EQ(busy.comment, "I'm in a (long) \\) meeting");
  EXPECT_TRUE(busy.parameters.has("x"));
  EXPECT_EQ(parse_retry_after("949302838503028349304023988").error(), FaultKind::number_too_large);
  EXPECT_EQ(parse_retry_after("120 (a").error(), FaultKind::unbalanced_quote);
  EXPECT_EQ(parse_retry_after("120 (a\\").error(), FaultKind::unbalanced_quote);
  EXPECT_EQ(parse_retry_after("x").error(), FaultKind::malformed_value);
  EXPECT_EQ(parse_retry_after("1 2").error(), FaultKind::malformed_value);
}

TEST(SipWarning, ComesBackAsItWasWritten) {
  const auto text = warning_text(304, "sip.lab", "no \"video\"");
  const auto warning = *parse_warning(text);
  EXPECT_EQ(warning.code, 304);
  EXPECT_EQ(warning.agent, "sip.lab");
  EXPECT_EQ(unquoted(warning.text), "no \"video\"");
  EXPECT_EQ(parse_warning("399 [::1]:5060 \"x\"")->agent, "[::1]:5060");
  for (const auto* value :
       {"", "1812 overture \"In Progress\"", "99 a \"b\"", "399 a b", "399 \"b\"", "399 a \"b\" c"}) {
    EXPECT_EQ(parse_warning(value).error(), FaultKind::malformed_value) << value;
  }
  EXPECT_EQ(parse_warning("399 a \"b").error(), FaultKind::unbalanced_quote);
}

TEST(SipEvent, HasAPackageAndAnId) {
  const auto event = *parse_event("presence.winfo;id=7");
  EXPECT_EQ(event.package, "presence.winfo");
  EXPECT_EQ(event.id(), "7");
  EXPECT_EQ(parse_event("dialog")->id(), "");
  EXPECT_FALSE(parse_event(""));
  const auto state = *parse_subscription_state("active;expires=600");
  EXPECT_EQ(state.state, "active");
  EXPECT_EQ(state.expires(), 600u);
  EXPECT_EQ(parse_subscription_state("terminated;reason=timeout")->expires(), std::nullopt);
  EXPECT_FALSE(parse_subscription_state("active;"));
}

TEST(SipReason, ComesBackAsItWasWritten) {
  const auto text = reason_text("SIP", 200, "Call completed elsewhere");
  EXPECT_EQ(text, "SIP;cause=200;text=\"Call completed elsewhere\"");
  const auto reason = *parse_reason(text);
  EXPECT_EQ(reason.protocol, "SIP");
  EXPECT_EQ(reason.cause(), 200u);
  EXPECT_EQ(reason.text(), "Call completed elsewhere");
  EXPECT_EQ(parse_reason("Q.850;cause=16")->text(), "");
  EXPECT_EQ(parse_reason("Q.850")->cause(), std::nullopt);
  EXPECT_FALSE(parse_reason(";cause=1"));
}

TEST(SipValues, AreCheckedByTheTable) {
  for (const auto& [name, good, bad] : std::initializer_list<std::tuple<HeaderName, const char*, const char*>>{
           {HeaderName::session_expires, "1800;refresher=uac", "soon"},
           {HeaderName::min_se, "90", ""},
           {HeaderName::replaces, "425928@bobster.example.org;to-tag=7743;from-tag=6472", "a@;to-tag=1"},
           {HeaderName::rack, "776656 1 INVITE", "1 INVITE"},
           {HeaderName::rseq, "988789", "x"},
           {HeaderName::content_disposition, "session;handling=optional", "a b"},
           {HeaderName::supported, "", "a b"},
           {HeaderName::contact, "*", ""},
           {HeaderName::refer_to, "<sip:dave@denver.example.org?Replaces=1%40a>", "sip:dave@d?Replaces=1"},
           {HeaderName::require, "100rel", ""}}) {
    EXPECT_TRUE(check_value(name, good)) << text_of(name);
    EXPECT_FALSE(check_value(name, bad)) << text_of(name);
  }
  EXPECT_TRUE(check_value(HeaderName::authorization, "Digest \"")) << "malformed credentials are none";
  EXPECT_TRUE(check_value(HeaderName::other, ";;,,;;,;"));
}

TEST(SipValues, OfAMessageAreCheckedElementByElement) {
  const Received good{request_with("Contact: <sip:a@b>, <sip:c@d>\r\nAllow:\r\nX-A: ;;,\r\n")};
  EXPECT_TRUE(check_values(good->headers()));
  const Received bad{request_with("Contact: <sip:a@b>, \r\n")};
  EXPECT_EQ(check_values(bad->headers()).error(), (Fault{FaultKind::malformed_uri, HeaderName::contact}));
}

}  // namespace
}  // namespace labnet::sip
