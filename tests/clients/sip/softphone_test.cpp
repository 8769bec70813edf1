// What a phone answers outside of calls, and text messages.
#include "clients/sip/softphone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/sip/played_phone.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct OnePhone : testing::Test {
  std::string request(const std::string& method, const std::string& more = {}, const std::string& to_tag = {}) {
    return method + " sip:101@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx" + method +
           "\r\nFrom: <sip:102@lab>;tag=f\r\nTo: <sip:101@lab>" + to_tag + "\r\nCall-ID: c\r\nCSeq: 1 " + method +
           "\r\n" + more + "Content-Length: 0\r\n\r\n";
  }
  std::string answer_of(const std::string& text) {
    phone.hear(text);
    wire.settle();
    const auto sent = wire.take_sent();
    return sent.empty() ? std::string{} : sent.back().text;
  }
  PlayedWire wire;
  PlayedPhone phone{wire, 2, config_of(2)};
};

TEST_F(OnePhone, AnswersOptionsWithWhatItIsAbleTo) {
  const auto answer = answer_of(request("OPTIONS"));
  EXPECT_THAT(answer, StartsWith("SIP/2.0 200 OK\r\n"));
  EXPECT_EQ(header_of(answer, "Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, UPDATE, INFO");
  EXPECT_EQ(header_of(answer, "Accept"), "application/sdp, text/plain");
  EXPECT_EQ(header_of(answer, "Contact"), "<sip:101@127.0.0.2:5060>");
}

TEST_F(OnePhone, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(answer_of(request("SUBSCRIBE", "Event: presence\r\n")), StartsWith("SIP/2.0 489"));
  EXPECT_THAT(answer_of(request("NOTIFY", "Event: message-summary\r\n")), StartsWith("SIP/2.0 481"));
  EXPECT_THAT(answer_of(request("UPDATE")), StartsWith("SIP/2.0 481"));
  EXPECT_THAT(answer_of(request("INFO")), StartsWith("SIP/2.0 481"));
  EXPECT_THAT(answer_of(request("PUBLISH", "Event: presence\r\n")), StartsWith("SIP/2.0 405"));
  const auto transfer = answer_of(request("REFER", "Refer-To: <sip:103@lab>\r\n"));
  EXPECT_THAT(transfer, StartsWith("SIP/2.0 405 This Phone Transfers No Calls"));
  EXPECT_EQ(header_of(transfer, "Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, UPDATE, INFO");
  EXPECT_THAT(answer_of(request("DANCE")), StartsWith("SIP/2.0 501"));
  EXPECT_THAT(answer_of(request("OPTIONS", "Require: 100rel\r\n")), StartsWith("SIP/2.0 420"));
  EXPECT_THAT(answer_of(request("BYE")), StartsWith("SIP/2.0 481"));
  EXPECT_THAT(answer_of(request("BYE", {}, ";tag=unknown")), StartsWith("SIP/2.0 481"));
  EXPECT_THAT(answer_of(request("CANCEL")), StartsWith("SIP/2.0 481"));
}

TEST_F(OnePhone, PassesOverKeepAlivesAndWhatIsNoMessage) {
  EXPECT_THAT(answer_of("\r\n\r\n"), IsEmpty());
  EXPECT_THAT(answer_of("hello"), IsEmpty());
}

TEST_F(OnePhone, AnUnknownResponseBelongsToNothing) {
  EXPECT_THAT(answer_of("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bKnone\r\nFrom: <sip:a@b>;tag=1"
                        "\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
              IsEmpty());
}

TEST_F(OnePhone, ATextIsSentWithCredentialsOnceTheyAreAskedFor) {
  phone.phone.send_text("102", "hello", wire.now);
  EXPECT_FALSE(phone.phone.is_idle());
  wire.settle();
  const auto first = wire.take_sent().at(0).text;
  EXPECT_THAT(first, StartsWith("MESSAGE sip:102@lab SIP/2.0\r\n"));
  EXPECT_EQ(header_of(first, "Content-Type"), "text/plain");
  EXPECT_THAT(first, testing::EndsWith("\r\n\r\nhello"));
  phone.hear(answer_to(first, {401, {std::string{challenge}}}));
  wire.settle();
  const auto second = wire.take_sent().at(0).text;
  EXPECT_THAT(header_of(second, "Authorization"), HasSubstr("username=\"101\""));
  phone.hear(answer_to(second, {200}));
  EXPECT_THAT(phone.take_told(), ElementsAre("message sent 200"));
  EXPECT_TRUE(phone.phone.is_idle());
}

TEST_F(OnePhone, ATextMayBeSoLongAndNoLonger) {
  phone.phone.send_text("102", std::string(text_bytes_max, 'a'), wire.now);
  wire.settle();
  EXPECT_EQ(wire.take_sent().size(), 1u);
  phone.phone.send_text("102", std::string(text_bytes_max + 1, 'a'), wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  EXPECT_THAT(phone.take_told(), ElementsAre("message sent 413"));
}

TEST_F(OnePhone, ATextThatNobodyAnswersIs408) {
  phone.phone.send_text("102", "hello", wire.now);
  wire.pass(32s);
  EXPECT_THAT(phone.take_told(), ElementsAre("message sent 408"));
}

TEST_F(OnePhone, ATextArrivesAtAnotherPhone) {
  PlayedPhone other{wire, 3, config_of(3, hop_number(2))};
  other.phone.send_text("101", "good morning", wire.now);
  wire.settle();
  EXPECT_THAT(phone.take_told(), ElementsAre("message sip:102@lab: good morning"));
  EXPECT_THAT(other.take_told(), ElementsAre("message sent 200"));
}

TEST_F(OnePhone, HangsUpAllItsCalls) {
  PlayedPhone other{wire, 3, config_of(3, hop_number(2))};
  PlayedPhone third{wire, 4, config_of(4, hop_number(2))};
  other.call("101");
  third.call("101");
  wire.settle();
  EXPECT_EQ(phone.phone.calls(), 2u);
  phone.phone.hang_up(wire.now);
  wire.settle();
  EXPECT_EQ(phone.phone.calls(), 0u);
  EXPECT_EQ(other.told.back(), "end remote 200 hung up by the other side");
  EXPECT_EQ(third.told.back(), "end remote 200 hung up by the other side");
}

TEST(BusyPhone, AnswersOptionsAsItWouldAnswerAnInvite) {
  PlayedWire wire;
  auto config = config_of(2);
  config.calls_max = 1;
  PlayedPhone phone{wire, 2, config};
  const auto options =
      "OPTIONS sip:101@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKo\r\nFrom: <sip:lab>;tag=f"
      "\r\nTo: <sip:101@lab>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"s;
  phone.call("102");
  wire.settle();
  wire.take_sent();
  phone.hear(options);
  wire.settle();
  EXPECT_THAT(wire.take_sent().at(0).text, StartsWith("SIP/2.0 486"));
}

/// 101's phone at the end of a connection to its server.
struct ConnectedPhone : testing::Test {
  static sip::Hop server(std::uint64_t connection) {
    auto hop = server_hop;
    hop.transport = sip::Transport::tcp;
    hop.connection = connection;
    return hop;
  }
  std::vector<std::string> first_lines() {
    wire.settle();
    std::vector<std::string> lines;
    for (const auto& message : wire.take_sent()) lines.push_back(message.first_line());
    return lines;
  }
  void answer_last(const PlayedResponse& response) {
    wire.settle();
    phone.hear(answer_to(wire.take_sent().back().text, response));
  }
  void lose_connection() {
    phone.is_broken = true;
    phone.phone.on_connection_lost(server(1), wire.now);
  }
  void connect_again() {
    phone.is_broken = false;
    phone.phone.on_connection(server(2), wire.now);
  }
  PlayedWire wire;
  PlayedPhone phone{wire, 2, config_of(2, server(1))};
};

TEST_F(ConnectedPhone, RegistersAgainAtTheNextConnection) {
  phone.phone.account().start(wire.now);
  answer_last({200});
  lose_connection();
  wire.pass(1h);
  EXPECT_THAT(first_lines(), IsEmpty()) << "there is no way";
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
  connect_again();
  answer_last({200});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
}

TEST_F(ConnectedPhone, ARegistrationThatWasUnderWayFailsAndIsTriedAgainAtTheNextConnection) {
  phone.phone.account().start(wire.now);
  wire.settle();
  lose_connection();
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server cannot be reached")));
  wire.pass(1h);
  wire.take_sent();
  connect_again();
  EXPECT_THAT(first_lines(), ElementsAre("REGISTER sip:lab SIP/2.0"));
}

TEST_F(ConnectedPhone, OnWhichNobodyAnswersIsSilent) {
  phone.phone.account().start(wire.now);
  wire.pass(32s);
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server does not answer"), "silence"));
}

TEST_F(OnePhone, WithoutAConnectionThereIsNoneToDoubt) {
  phone.phone.account().start(wire.now);
  wire.pass(32s);
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server does not answer")));
}

TEST_F(ConnectedPhone, WhatWaitsForAnAnswerEnds) {
  phone.call("102");
  phone.phone.send_text("102", "hello", wire.now);
  lose_connection();
  EXPECT_THAT(phone.take_told(),
              testing::UnorderedElementsAre("end fault 503 the server cannot be reached", "message sent 503"));
  connect_again();
  EXPECT_THAT(first_lines(), testing::Not(testing::Contains(StartsWith("BYE"))));
  EXPECT_TRUE(phone.phone.is_idle());
}

TEST_F(ConnectedPhone, ACallEndsAndTheOtherSideIsToldByTheNextConnection) {
  phone.call("102");
  answer_last({200, {std::string{server_contact}}, description()});
  first_lines();
  phone.take_told();
  lose_connection();
  EXPECT_THAT(phone.take_told(), ElementsAre("end fault 200 the connection to the server is gone"));
  EXPECT_FALSE(phone.phone.is_idle()) << "the other side is to be told";
  connect_again();
  answer_last({200});
  EXPECT_TRUE(phone.phone.is_idle());
  EXPECT_THAT(wire.take_lines(), testing::Contains("BYE sip:127.0.0.1:5060 SIP/2.0"));
}

TEST_F(ConnectedPhone, AByeThatWasUnderWayIsSentAgain) {
  phone.call("102").hang_up(wire.now);
  answer_last({200, {std::string{server_contact}}, description()});
  EXPECT_THAT(first_lines(), ElementsAre(StartsWith("ACK"), StartsWith("BYE")));
  lose_connection();
  connect_again();
  EXPECT_THAT(first_lines(), ElementsAre(StartsWith("BYE")));
}

TEST_F(ConnectedPhone, WhereNoConnectionIsToComeNothingIsWaitedFor) {
  phone.call("102");
  answer_last({200, {std::string{server_contact}}, description()});
  lose_connection();
  EXPECT_EQ(phone.phone.calls(), 1u);
  phone.phone.on_connection_given_up();
  EXPECT_EQ(phone.phone.calls(), 0u);
}

}  // namespace
}  // namespace labnet::sip_client
