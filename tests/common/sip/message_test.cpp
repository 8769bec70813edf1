// Messages read in place.
#include "common/sip/message.hpp"

#include <gtest/gtest.h>

#include "common/sip/limits.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using namespace std::literals;
using test::lines;
using test::Received;
using test::request_with;

std::optional<Fault> fault_of_text(std::string text) {
  return Received{std::move(text)}.fault();
}

std::string with_first_line(std::string_view first_line) {
  auto text = request_with("");
  return text.replace(0, text.find('\r'), first_line);
}

TEST(SipMessage, IsARequestOfZoiper) {
  const Received message{test::zoiper_invite()};
  ASSERT_EQ(message.fault(), std::nullopt);
  EXPECT_TRUE(message->is_request());
  EXPECT_EQ(message->method(), Method::invite);
  EXPECT_EQ(message->request_uri_text(), "sip:102@192.168.1.10;transport=UDP");
  EXPECT_EQ(message->request_uri().user, "102");
  EXPECT_EQ(message->via().branch, "z9hG4bK-524287-1---7c3a1f0b8d2e4a66");
  EXPECT_TRUE(message->via().has_rport);
  EXPECT_EQ(message->from().name(), "Alice");
  EXPECT_EQ(message->from_tag(), "5f7b3a1c");
  EXPECT_EQ(message->to_tag(), "");
  EXPECT_EQ(message->call_id(), "uX3vQm7Zk2bN8tYw1LrPzA..");
  EXPECT_EQ(message->cseq().number, 1u);
  EXPECT_EQ(message->max_forwards(), 70u);
  EXPECT_TRUE(as_text(message->body()).starts_with("v=0\r\n"));
  EXPECT_EQ(message->headers().find("user-agent"), "Z 5.6.4 v2.10.20.4_1");
}

TEST(SipMessage, IsAResponse) {
  const Received message{lines({"SIP/2.0 180 Ringing", "v: SIP/2.0/UDP a;branch=z9hG4bK1", "f: <sip:a@b>;tag=1",
                                "t: <sip:c@d>;tag=2", "i: x", "CSeq: 4711 INVITE"})};
  ASSERT_EQ(message.fault(), std::nullopt);
  EXPECT_TRUE(message->is_response());
  EXPECT_EQ(message->status(), 180);
  EXPECT_EQ(message->reason(), "Ringing");
  EXPECT_EQ(message->method(), Method::invite);
  EXPECT_EQ(message->to_tag(), "2");
  EXPECT_FALSE(message->is_answerable());
}

TEST(SipMessage, KeepsHeadersThatItDoesNotKnowInTheirOrder) {
  const Received message{request_with("X-One: 1\r\nSubject : a\r\n b\r\nx-one: 2\r\nE-mpty:\r\n")};
  const auto& headers = message->headers();
  ASSERT_EQ(headers.size(), 9u);
  EXPECT_EQ(headers[5].text, "X-One");
  EXPECT_EQ(headers[5].name, HeaderName::other);
  EXPECT_EQ(headers[6].text, "Subject");
  EXPECT_EQ(headers[6].value, "a\r\n b");
  EXPECT_EQ(headers[7].value, "2");
  EXPECT_EQ(headers[8].value, "");
  EXPECT_EQ(headers.find("x-ONE"), "1");
  EXPECT_EQ(headers.find("y"), std::nullopt);
  EXPECT_EQ(headers.count(HeaderName::other), 3u);
}

TEST(SipMessage, LeavesWhatStandsBehindTheBody) {
  const Received message{request_with("Content-Length: 3\r\n") + "abcINVITE sip:a@b SIP/2.0\r\n"};
  ASSERT_EQ(message.fault(), std::nullopt);
  EXPECT_EQ(as_text(message->body()), "abc");
  EXPECT_TRUE(as_text(message->bytes()).ends_with("\r\n\r\nabc"));
  const Received without{request_with("") + "all of it"};
  EXPECT_EQ(as_text(without->body()), "all of it");
}

TEST(SipMessage, IsRefusedForItsFirstLine) {
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS  sip:a@b SIP/2.0"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b SIP/2.0 "))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line(""))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTI(NS sip:a@b SIP/2.0"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b HTTP/1.1"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b SIP/2"))->kind, FaultKind::malformed_request_line);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b; lr SIP/2.0"))->kind, FaultKind::white_space_in_uri);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS <sip:a@b> SIP/2.0"))->kind, FaultKind::brackets_around_uri);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b?c=d SIP/2.0"))->kind, FaultKind::headers_in_uri);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a%@b SIP/2.0"))->kind, FaultKind::malformed_escape);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:a@b SIP/3.0"))->kind, FaultKind::version_not_supported);
  EXPECT_EQ(fault_of_text(with_first_line("OPTIONS sip:102@sip.lab sip/2.0")), std::nullopt);
}

TEST(SipMessage, IsRefusedForItsStatusLine) {
  const auto kind_of = [](std::string_view line) { return fault_of_text(with_first_line(line)); };
  for (const auto* line : {"SIP/2.0 099 x", "SIP/2.0 700 x", "SIP/2.0 4294967301 x", "SIP/2.0 2000 x", "SIP/2.0 20 x",
                           "SIP/2.0 200", "SIP/2.0", "SIP/2.0  200 OK", "SIP/2.0 -20 x", "SIP/x 200 OK"}) {
    EXPECT_EQ(kind_of(line), Fault{FaultKind::malformed_status_line}) << line;
  }
  EXPECT_EQ(kind_of("SIP/3.0 200 OK"), Fault{FaultKind::version_not_supported});
  EXPECT_EQ(kind_of("SIP/2.0 200 "), std::nullopt);
}

TEST(SipMessage, IsRefusedForItsLines) {
  EXPECT_EQ(fault_of_text(request_with("X-A: a\nY: b\r\n")), Fault{FaultKind::line_end});
  EXPECT_EQ(fault_of_text(request_with("X-A: a\rb\r\n")), Fault{FaultKind::line_end});
  EXPECT_EQ(fault_of_text(request_with("X\r\n")), Fault{FaultKind::malformed_name});
  EXPECT_EQ(fault_of_text(request_with(": x\r\n")), Fault{FaultKind::malformed_name});
  EXPECT_EQ(fault_of_text(request_with("X Y: x\r\n")), Fault{FaultKind::malformed_name});
  EXPECT_EQ(fault_of_text(request_with("Subject: a\0b\r\n"s)),
            (Fault{FaultKind::control_character, HeaderName::subject}));
  EXPECT_EQ(fault_of_text(request_with("Subject: \"a\\\0b\"\r\n"s)), std::nullopt)
      << "behind a backslash it may be there";
  auto not_ended = request_with("");
  not_ended.resize(not_ended.size() - 2);
  EXPECT_EQ(fault_of_text(not_ended), Fault{FaultKind::head_not_ended});
  not_ended.resize(not_ended.size() - 2);
  EXPECT_EQ(fault_of_text(not_ended)->kind, FaultKind::head_not_ended);
  EXPECT_EQ(fault_of_text("")->kind, FaultKind::malformed_request_line);
}

TEST(SipMessage, IsRefusedForHeadersThatAreMissingOrRepeated) {
  for (const auto name : {HeaderName::via, HeaderName::from, HeaderName::to, HeaderName::call_id, HeaderName::cseq}) {
    auto text = request_with("");
    text.insert(text.find(text_of(name)), "X-");
    EXPECT_EQ(fault_of_text(text), (Fault{FaultKind::missing_header, name}));
  }
  EXPECT_EQ(fault_of_text(request_with("t: <sip:a@b>\r\n")), (Fault{FaultKind::repeated_header, HeaderName::to}));
  EXPECT_EQ(fault_of_text(request_with("l: 0\r\nContent-Length: 0\r\n")),
            (Fault{FaultKind::repeated_header, HeaderName::content_length}));
  EXPECT_EQ(fault_of_text(request_with("Contact: <sip:a@b>\r\nContact: <sip:a@b>\r\n")), std::nullopt);
}

TEST(SipMessage, IsRefusedForWhatEachMessageNeeds) {
  const auto replaced = [](std::string_view line, std::string_view by) {
    auto text = request_with("");
    const auto begin = text.find(line);
    return text.replace(begin, text.find('\r', begin) - begin, by);
  };
  EXPECT_EQ(fault_of_text(replaced("CSeq", "CSeq: 7 INVITE")), (Fault{FaultKind::method_mismatch, HeaderName::cseq}));
  EXPECT_EQ(fault_of_text(replaced("CSeq", "CSeq: 4294967296 OPTIONS")),
            (Fault{FaultKind::number_too_large, HeaderName::cseq}));
  EXPECT_EQ(fault_of_text(replaced("To", "To: \"x <sip:a@b>")), (Fault{FaultKind::unbalanced_quote, HeaderName::to}));
  EXPECT_EQ(fault_of_text(replaced("From", "From: x y")), (Fault{FaultKind::malformed_uri, HeaderName::from}));
  EXPECT_EQ(fault_of_text(replaced("Call-ID", "Call-ID: a b")),
            (Fault{FaultKind::malformed_value, HeaderName::call_id}));
  EXPECT_EQ(fault_of_text(replaced("Call-ID", "Call-ID: a@b@c")),
            (Fault{FaultKind::malformed_value, HeaderName::call_id}));
  EXPECT_EQ(fault_of_text(replaced("Via", "Via: SIP/2.0/UDP")), (Fault{FaultKind::malformed_value, HeaderName::via}));
  EXPECT_EQ(fault_of_text(request_with("Max-Forwards: x\r\n")),
            (Fault{FaultKind::malformed_value, HeaderName::max_forwards}));
}

TEST(SipMessage, IsRefusedForItsLength) {
  EXPECT_EQ(fault_of_text(request_with("Content-Length: -999\r\n"))->kind, FaultKind::malformed_length);
  EXPECT_EQ(fault_of_text(request_with("Content-Length: \r\n"))->kind, FaultKind::malformed_length);
  EXPECT_EQ(fault_of_text(request_with("Content-Length: 99999999999999999999\r\n"))->kind, FaultKind::malformed_length);
  EXPECT_EQ(fault_of_text(request_with("Content-Length: 4\r\n") + "abc")->kind, FaultKind::body_too_short);
  EXPECT_EQ(fault_of_text(request_with("Content-Length: 3\r\n") + "abc"), std::nullopt);
}

TEST(SipMessage, IsRefusedAboveEachLimit) {
  const auto first_line_of = [](std::size_t bytes) {
    std::string line = "OPTIONS sip:a@b SIP/2.0";
    line.insert(7, bytes - line.size(), 'X');
    return line;
  };
  EXPECT_NE(fault_of_text(with_first_line(first_line_of(first_line_bytes_max)))->kind, FaultKind::first_line_too_long);
  EXPECT_EQ(fault_of_text(with_first_line(first_line_of(first_line_bytes_max + 1)))->kind,
            FaultKind::first_line_too_long);

  const auto line_that_fills = [](std::size_t bytes) {
    return request_with("X-A: " + std::string(bytes - request_with("X-A: \r\n").size(), 'x') + "\r\n");
  };
  EXPECT_EQ(fault_of_text(line_that_fills(head_bytes_max)), std::nullopt);
  EXPECT_EQ(fault_of_text(line_that_fills(head_bytes_max + 1))->kind, FaultKind::head_too_large);

  std::string many;
  for (std::size_t i = 5; i < headers_max; ++i) many += "X-A:\r\n";
  EXPECT_EQ(fault_of_text(request_with(many)), std::nullopt);
  EXPECT_EQ(fault_of_text(request_with(many + "X-A:\r\n"))->kind, FaultKind::too_many_headers);

  EXPECT_EQ(fault_of_text(request_with("") + std::string(body_bytes_max, 'x')), std::nullopt);
  EXPECT_EQ(fault_of_text(request_with("") + std::string(body_bytes_max + 1, 'x'))->kind, FaultKind::body_too_large);
}

TEST(SipMessage, IsReadAsFarAsItGoesBehindAFault) {
  const Received message{with_first_line("INVITE sip:a@b; lr SIP/2.0")};
  EXPECT_TRUE(message.fault());
  EXPECT_TRUE(message->is_answerable());
  EXPECT_EQ(message->method(), Method::invite);
  EXPECT_EQ(message->from_tag(), "f1");
  EXPECT_EQ(message->call_id(), "c1@192.168.1.7");
  EXPECT_FALSE(Received { with_first_line("ACK sip:a@b; lr SIP/2.0") } -> is_answerable());
  EXPECT_FALSE(Received { "INVITE sip:a@b SIP/2.0\r\n\r\n" } -> is_answerable());
  EXPECT_FALSE(Received { "\x16\x03\x01" } -> is_answerable());
}

TEST(SipMessage, ForgetsTheOneBefore) {
  Message message;
  const auto first = test::zoiper_invite();
  const auto second = "OPTIONS sip:a@b SIP/2.0\r\n\r\n"s;
  ASSERT_TRUE(message.read(as_bytes(first)));
  EXPECT_FALSE(message.read(as_bytes(second)));
  EXPECT_EQ(message.from_tag(), "");
  EXPECT_EQ(message.call_id(), "");
  EXPECT_TRUE(message.via().host.empty());
  EXPECT_EQ(message.max_forwards(), std::nullopt);
  EXPECT_EQ(message.headers().size(), 0u);
  EXPECT_TRUE(message.body().empty());
}

TEST(SipStoredMessage, OutlivesTheBytesItWasReadFrom) {
  auto stored = [] {
    const Received message{test::zoiper_invite() + "surplus"};
    return StoredMessage{*message};
  }();
  const auto tag = stored->from_tag();
  const auto moved = std::move(stored);
  EXPECT_EQ(tag, "5f7b3a1c");
  EXPECT_EQ(as_text(moved->bytes()), test::zoiper_invite());
  EXPECT_EQ((*moved).method(), Method::invite);
}

TEST(SipKeepAlive, IsADatagramOfLineEndsAlone) {
  EXPECT_TRUE(is_keep_alive({}));
  EXPECT_TRUE(is_keep_alive(as_bytes("\r\n\r\n")));
  EXPECT_TRUE(is_keep_alive(as_bytes("\0\0\0\0"sv)));
  EXPECT_FALSE(is_keep_alive(as_bytes("\r\n\r\nA")));
  EXPECT_FALSE(is_keep_alive(as_bytes(std::string(9, '\n'))));
}

}  // namespace
}  // namespace labnet::sip
