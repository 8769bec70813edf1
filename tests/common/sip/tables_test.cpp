// Methods, status codes, transports and faults: the tables.
#include <gtest/gtest.h>

#include "common/sip/fault.hpp"
#include "common/sip/methods.hpp"
#include "common/sip/status.hpp"
#include "common/sip/transport.hpp"

namespace labnet::sip {
namespace {

TEST(SipMethod, IsFoundByItsNameWithRegardToCase) {
  EXPECT_EQ(method_of("INVITE"), Method::invite);
  EXPECT_EQ(method_of("REGISTER"), Method::register_);
  EXPECT_EQ(method_of("PUBLISH"), Method::publish);
  EXPECT_EQ(method_of("invite"), Method::other);
  EXPECT_EQ(method_of("RE%47IST%45R"), Method::other);
  EXPECT_EQ(method_of(""), Method::other);
  EXPECT_EQ(name_of(Method::subscribe), "SUBSCRIBE");
}

TEST(SipMethod, SaysWhatItDoesToADialog) {
  EXPECT_TRUE(row_of(Method::invite).creates_dialog);
  EXPECT_FALSE(row_of(Method::register_).creates_dialog);
  EXPECT_TRUE(row_of(Method::update).refreshes_target);
  EXPECT_FALSE(row_of(Method::bye).refreshes_target);
}

TEST(SipStatus, HasItsReasonPhraseOrThatOfItsClass) {
  EXPECT_EQ(reason_phrase(180), "Ringing");
  EXPECT_EQ(reason_phrase(481), "Call/Transaction Does Not Exist");
  EXPECT_EQ(reason_phrase(606), "Not Acceptable");
  EXPECT_EQ(reason_phrase(499), "Bad Request");
  EXPECT_EQ(reason_phrase(199 - 1), "Session Progress");
  EXPECT_EQ(reason_phrase(699), "Busy Everywhere");
  EXPECT_EQ(reason_phrase(99), "");
  EXPECT_EQ(reason_phrase(700), "");
}

TEST(SipTransport, HasItsNamesAndItsPort) {
  EXPECT_EQ(transport_of("UDP"), Transport::udp);
  EXPECT_EQ(transport_of("tls"), Transport::tls);
  EXPECT_EQ(transport_of("SCTP"), Transport::other);
  EXPECT_EQ(via_name(Transport::tcp), "TCP");
  EXPECT_EQ(uri_name(Transport::tcp), "tcp");
  EXPECT_EQ(default_port(Transport::tls), 5061);
  EXPECT_EQ(default_port(Transport::udp), 5060);
  EXPECT_FALSE(is_stream(Transport::udp));
  EXPECT_TRUE(is_stream(Transport::tls));
}

TEST(SipFault, SaysWhereAndWhatAndHowItIsAnswered) {
  EXPECT_EQ(describe(Fault{FaultKind::unbalanced_quote, HeaderName::to}),
            "To: a quotation mark or bracket is not closed");
  EXPECT_EQ(describe(Fault{FaultKind::line_end}), "a line does not end with CR LF");
  EXPECT_EQ(status_of(FaultKind::version_not_supported), 505);
  EXPECT_EQ(status_of(FaultKind::uri_too_long), 414);
  EXPECT_EQ(status_of(FaultKind::body_too_large), 513);
  EXPECT_EQ(status_of(FaultKind::body_too_short), 400);
  for (int i = 0; i <= static_cast<int>(FaultKind::body_too_large); ++i) {
    EXPECT_NE(describe(static_cast<FaultKind>(i)), "") << i;
  }
}

}  // namespace
}  // namespace labnet::sip
