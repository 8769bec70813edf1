// Messages written.
#include "common/sip/writer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using namespace std::literals;
using test::lines;
using test::Received;
using test::request_with;
using test::response_for;

std::string text_of_bytes(const Buffer& bytes) {
  return std::string{as_text(bytes)};
}

std::string response_text(const Message& request, const ResponseParts& parts) {
  return text_of_bytes(response_for(request, parts));
}

TEST(SipWriter, WritesARequestInTheOrderOfPhones) {
  Buffer buffer;
  MessageWriter writer{buffer};
  const std::array routes{"<sip:p1;lr>"sv, "<sip:p2;lr>"sv};
  writer.begin_request({.method = "INVITE",
                        .uri = "sip:102@sip.lab",
                        .via = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport",
                        .routes = routes,
                        .contact = "<sip:101@10.0.0.1>",
                        .to = "<sip:102@sip.lab>",
                        .from = "<sip:101@sip.lab>;tag=1",
                        .call_id = "x",
                        .cseq = 4711});
  writer.header(HeaderName::user_agent, "labnet");
  writer.header("X-Lab", "1");
  writer.header(HeaderName::expires, 60);
  const auto written = writer.finish("application/sdp", as_bytes("v=0\r\n"));
  ASSERT_TRUE(written);
  EXPECT_EQ(
      as_text(*written),
      lines({"INVITE sip:102@sip.lab SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", "Max-Forwards: 70",
             "Route: <sip:p1;lr>", "Route: <sip:p2;lr>", "Contact: <sip:101@10.0.0.1>", "To: <sip:102@sip.lab>",
             "From: <sip:101@sip.lab>;tag=1", "Call-ID: x", "CSeq: 4711 INVITE", "User-Agent: labnet", "X-Lab: 1",
             "Expires: 60", "Content-Type: application/sdp", "Content-Length: 5"}) +
          "v=0\r\n");
  EXPECT_EQ(Received{text_of_bytes(buffer)}.fault(), std::nullopt);
}

TEST(SipWriter, AnswersWithWhatTheRequestHas) {
  const Received request{
      request_with("v: SIP/2.0/TCP b;branch=z9hG4bK2,\r\n SIP/2.0/UDP c\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: "
                   "<sip:p2;lr>\r\n",
                   "INVITE")};
  EXPECT_EQ(
      response_text(*request, {.status = 180, .to_tag = "t1", .contact = "<sip:102@10.0.0.2>"}),
      lines({"SIP/2.0 180 Ringing", "Via: SIP/2.0/UDP 192.168.1.7:5061;branch=z9hG4bKa1;rport",
             "Via: SIP/2.0/TCP b;branch=z9hG4bK2, SIP/2.0/UDP c", "Record-Route: <sip:p1;lr>",
             "Record-Route: <sip:p2;lr>", "Contact: <sip:102@10.0.0.2>", "To: <sip:102@sip.lab>;tag=t1",
             "From: <sip:101@sip.lab>;tag=f1", "Call-ID: c1@192.168.1.7", "CSeq: 7 INVITE", "Content-Length: 0"}));
}

TEST(SipWriter, WritesNoTagAndNoRouteInto100ButTheTimestamp) {
  const Received request{request_with("Record-Route: <sip:p1;lr>\r\nTimestamp: 54\r\n", "INVITE")};
  const auto text = response_text(*request, {.status = 100, .to_tag = "t1"});
  EXPECT_EQ(text.find("t1"), text.npos);
  EXPECT_EQ(text.find("Record-Route"), text.npos);
  EXPECT_NE(text.find("Timestamp: 54\r\n"), text.npos);
  EXPECT_EQ(response_text(*request, {.status = 486}).find("Record-Route"), text.npos);
  EXPECT_NE(response_text(*request, {.status = 200}).find("Record-Route"), text.npos);
}

TEST(SipWriter, LeavesATagThatIsThere) {
  auto text = request_with("", "BYE");
  text.insert(text.find("\r\nCall-ID"), ";tag=mine");
  EXPECT_NE(response_text(*Received{text}, {.to_tag = "other"}).find("To: <sip:102@sip.lab>;tag=mine\r\n"), text.npos);
}

TEST(SipWriter, MarksTheTopViaWithTheSource) {
  const Received request{request_with("")};
  const auto text = response_text(*request, {.source = Source{"10.0.0.9", 1234}});
  EXPECT_NE(text.find("Via: SIP/2.0/UDP 192.168.1.7:5061;branch=z9hG4bKa1;rport=1234;received=10.0.0.9\r\n"),
            text.npos);
}

TEST(SipWriter, MarksTheFirstOfSeveralViasInOneLine) {
  auto text = request_with("");
  text.insert(text.find(";rport") + 6, " , SIP/2.0/TCP b\r\n ;x");
  EXPECT_NE(response_text(*Received{text}, {.source = Source{"10.0.0.9", 1234}})
                .find("received=10.0.0.9 , SIP/2.0/TCP b ;x\r\n"),
            text.npos);
}

TEST(SipWriter, AnswersARequestThatHasAFault) {
  auto text = request_with("");
  text.replace(text.find("<sip:102@sip.lab>\r\n"), 17, "\"x <sip:a@b>\x01");
  text.replace(text.find(";branch"), 0, ";;");
  const Received request{text};
  ASSERT_TRUE(request.fault());
  EXPECT_TRUE(request->is_answerable());
  const auto response = response_text(*request, {.status = 400, .to_tag = "t", .source = Source{"10.0.0.9", 1}});
  EXPECT_NE(response.find("Via: SIP/2.0/UDP 192.168.1.7:5061;;;branch=z9hG4bKa1;rport\r\n"), text.npos);
  EXPECT_NE(response.find("To: \"x <sip:a@b> \r\n"), text.npos);
  EXPECT_NE(response.find("Call-ID: c1@192.168.1.7\r\n"), text.npos);
  EXPECT_EQ(response_text(*Received{"A b SIP/2.0\r\nVia: SIP/2.0/UDP c\r\n\r\n"}, {.status = 400}),
            lines({"SIP/2.0 400 Bad Request", "Via: SIP/2.0/UDP c", "Content-Length: 0"}));
}

TEST(SipWriter, LetsNobodyBeginAHeader) {
  Buffer buffer;
  MessageWriter writer{buffer};
  writer.begin_response(*Received{request_with("")}, {.reason = "OK\r\nX: y", .to_tag = "a\r\nb"});
  writer.header("X-Lab", "1\r\nVia: \\\rfake\n");
  const auto text = std::string{as_text(*writer.finish())};
  EXPECT_NE(text.find("SIP/2.0 200 OK  X: y\r\n"), text.npos);
  EXPECT_NE(text.find("X-Lab: 1  Via: \\ fake \r\n"), text.npos);
  EXPECT_EQ(
      Received { text } -> headers().size(), 7u);
}

TEST(SipWriter, CopiesHeadersOfAnotherMessageUnfolded) {
  const Received from{
      request_with("x-One:  a\r\n\tb\r\nRoute: <sip:p>\r\nSubject: \"\\\0\"\r\ns2: c\r\nROUTE: <sip:q>\r\n"s)};
  Buffer buffer;
  MessageWriter writer{buffer};
  writer.copy(*from, HeaderName::route);
  for (std::size_t i = 0; i < from->headers().size(); ++i) {
    if (from->headers()[i].name == HeaderName::other) writer.copy(from->headers()[i]);
  }
  writer.copy(*from, HeaderName::subject);
  EXPECT_EQ(
      as_text(*writer.finish()),
      "Route: <sip:p>\r\nRoute: <sip:q>\r\nx-One: a b\r\ns2: c\r\nSubject: \"\\\0\"\r\nContent-Length: 0\r\n\r\n"sv);
}

/// RFC 3261, section 17.1.1.3.
TEST(SipWriter, AcknowledgesWhatIsNo2xx) {
  const Received invite{request_with("v: SIP/2.0/UDP b\r\nRoute: <sip:p;lr>\r\nContact: <sip:a@b>\r\n", "INVITE")};
  const Received response{response_text(*invite, {.status = 486, .to_tag = "t9"})};
  Buffer buffer;
  MessageWriter writer{buffer};
  writer.begin_ack(*invite, *response);
  EXPECT_EQ(as_text(*writer.finish()),
            lines({"ACK sip:102@sip.lab SIP/2.0", "Via: SIP/2.0/UDP 192.168.1.7:5061;branch=z9hG4bKa1;rport",
                   "Max-Forwards: 70", "Route: <sip:p;lr>", "To: <sip:102@sip.lab>;tag=t9",
                   "From: <sip:101@sip.lab>;tag=f1", "Call-ID: c1@192.168.1.7", "CSeq: 7 ACK", "Content-Length: 0"}));
}

TEST(SipWriter, CancelsARequest) {
  const Received invite{request_with("", "INVITE")};
  Buffer buffer;
  MessageWriter writer{buffer};
  writer.begin_cancel(*invite);
  EXPECT_EQ(as_text(*writer.finish()),
            lines({"CANCEL sip:102@sip.lab SIP/2.0", "Via: SIP/2.0/UDP 192.168.1.7:5061;branch=z9hG4bKa1;rport",
                   "Max-Forwards: 70", "To: <sip:102@sip.lab>", "From: <sip:101@sip.lab>;tag=f1",
                   "Call-ID: c1@192.168.1.7", "CSeq: 7 CANCEL", "Content-Length: 0"}));
}

TEST(SipWriter, GivesNothingAboveItsLimit) {
  const Received request{request_with("")};
  const auto size = response_for(*request, {}).size();
  for (const auto limit : {size, size - 1}) {
    Buffer buffer(3);
    MessageWriter writer{buffer, limit};
    writer.begin_response(*request, {});
    EXPECT_EQ(writer.finish().has_value(), limit == size);
    EXPECT_EQ(buffer.size(), limit == size ? size + 3 : 3);
  }
}

}  // namespace
}  // namespace labnet::sip
