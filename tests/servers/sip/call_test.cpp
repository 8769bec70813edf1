// Calls through the exchange, message by message: how they begin and end.
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
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(SipCall, HasTheLadderOfTheTwoLegs) {
  from_caller(invite());
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 100 Trying");
  EXPECT_EQ(sent[1].first_line(), "INVITE sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_EQ(sent[1].to, phone_hop(3));
  to_callee = sent[1].text;
  EXPECT_NE(header_of(to_callee, "Call-ID"), "call");
  EXPECT_EQ(header_of(to_callee, "Max-Forwards"), "69");
  EXPECT_THAT(header_of(to_callee, "From"), StartsWith("\"Ann\" <sip:101@labnet>;tag="));
  EXPECT_EQ(header_of(to_callee, "To"), "<sip:102@labnet>");
  EXPECT_THAT(to_callee, HasSubstr("c=IN IP4 127.0.0.1\r\n"));
  EXPECT_THAT(to_callee, HasSubstr("m=audio 20002 RTP/AVP 8 0\r\n"));

  callee_answers(callee_says(180));
  sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 180 Ringing");
  const auto to_with_tag = header_of(sent[0].text, "To");

  callee_answers(callee_says(200, description(3)));
  sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].first_line(), "ACK sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_EQ(sent[1].first_line(), "SIP/2.0 200 OK");
  EXPECT_EQ(header_of(sent[1].text, "To"), to_with_tag);
  EXPECT_EQ(header_of(sent[1].text, "Contact"), "<sip:127.0.0.1:5060>");
  EXPECT_THAT(sent[1].text, HasSubstr("m=audio 20000 RTP/AVP 8 0\r\n"));
  EXPECT_EQ(network.media.agreements[0].remote->address, "127.0.0.2");
  EXPECT_EQ(network.media.agreements[1].remote->address, "127.0.0.3");

  caller_dialog_to = to_with_tag;
  from_caller(within("ACK", 1));
  EXPECT_THAT(network.take_sent(), IsEmpty());
  network.pass(10s);
  from_caller(within("BYE", 2));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK", "BYE sip:102@127.0.0.3:5060 SIP/2.0"));
  ASSERT_THAT(network.records, SizeIs(1));
  EXPECT_EQ(record().cause, "101 has hung up");
  EXPECT_EQ(record().codec, "PCMA/8000");
  EXPECT_EQ(record().ended - *record().answered, 10s);
  EXPECT_EQ(network.media.open_bridges, 0);
  EXPECT_EQ(network.exchange.calls(), 0u);
}

TEST_F(SipCall, EndsAsWellWhenTheCalleeHangsUp) {
  establish();
  network.arrive(text_of(from_other_side("BYE", 1)), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK", "BYE sip:101@127.0.0.2:5060;ob SIP/2.0"));
  EXPECT_EQ(record().ender, Ender::callee);
}

TEST_F(SipCall, IsCancelledWhileItRings) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  callee_answers(callee_says(180));
  network.take_sent();
  from_caller([&] {
    auto cancel = invite();
    cancel.method = "CANCEL";
    cancel.branch = "z9hG4bKcall1INVITE2";
    cancel.body.clear();
    return cancel;
  }());
  EXPECT_THAT(network.lines(),
              ElementsAre("SIP/2.0 200 OK", "CANCEL sip:102@127.0.0.3:5060 SIP/2.0", "SIP/2.0 487 Request Terminated"));
  EXPECT_EQ(record().cause, "101 has hung up before an answer");
  callee_answers(callee_says(487));
  EXPECT_THAT(network.lines(), ElementsAre("ACK sip:102@127.0.0.3:5060 SIP/2.0"));
  EXPECT_EQ(network.exchange.calls(), 0u);
}

TEST_F(SipCall, AnAnswerThatCrossesTheCancelIsAcknowledgedAndEnded) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  callee_answers(callee_says(180));
  auto cancel = invite();
  cancel.method = "CANCEL";
  cancel.branch = "z9hG4bKcall1INVITE2";
  cancel.body.clear();
  from_caller(cancel);
  network.take_sent();
  callee_answers(callee_says(200, description(3)));
  EXPECT_THAT(network.lines(), ElementsAre("ACK sip:102@127.0.0.3:5060 SIP/2.0", "BYE sip:102@127.0.0.3:5060 SIP/2.0"));
  EXPECT_EQ(network.exchange.calls(), 0u);
}

TEST_F(SipCall, TellsTheCallerWhyNot) {
  struct Case {
    int callee;
    std::string caller;
    std::string cause;
  };
  int number = 0;
  for (const auto& [callee, caller, cause] :
       {Case{486, "486 Busy Here", "102 refuses: 486 Busy Here"}, Case{603, "603 Decline", "102 refuses: 603 Decline"},
        Case{404, "404 Not Found", "102 refuses: 404 Not Found"},
        Case{302, "480 Temporarily Unavailable", "102 refuses: 302 "},
        Case{401, "480 Temporarily Unavailable", "102 refuses: 401 "},
        Case{503, "500 Server Internal Error", "102 cannot be reached"}}) {
    auto request = invite();
    request.call_id = fmt::format("why{}", ++number);
    from_caller(request);
    to_callee = network.sent.at(1).text;
    network.take_sent();
    callee_answers(callee_says(callee));
    EXPECT_THAT(network.lines(), ElementsAre("ACK sip:102@127.0.0.3:5060 SIP/2.0", "SIP/2.0 " + caller));
    EXPECT_THAT(network.records.back().cause, StartsWith(cause));
  }
  EXPECT_EQ(network.exchange.calls(), 0u);
}

TEST_F(SipCall, KnowsNobodyWhoIsNotThere) {
  from_caller(invite("999"));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 404 Not Found"));
  network.pass(2h);  // 102's registration has ended
  auto again = invite();
  again.call_id = "later";
  register_phone(network, "101", "secret", 2);
  from_caller(again);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 480 Temporarily Unavailable"));
  EXPECT_EQ(network.records.back().cause, "102 has no phone registered");
}

TEST_F(SipCall, OfAPhoneThatIsNotRegisteredThereNeedsAPassword) {
  auto request = invite();
  request.phone = 9;
  network.arrive(text_of(request), phone_hop(9));
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 407 Proxy Authentication Required");
  const auto challenge = sip::parse_challenge(header_of(sent[0].text, "Proxy-Authenticate"));
  digest::Credentials credentials{
      .user = "101", .realm = "labnet", .nonce = challenge->nonce, .uri = "sip:102@labnet", .cnonce = "c"};
  credentials.response =
      digest::response_of(credentials, "INVITE", digest::secret_of(digest::Algorithm::md5, "101", "labnet", "secret"));
  request.cseq = 2;
  request.more.push_back("Proxy-Authorization: " + digest::to_text(credentials));
  network.arrive(text_of(request), phone_hop(9));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "INVITE sip:102@127.0.0.3:5060 SIP/2.0"));
}

TEST_F(SipCall, RingsAllPhonesAndTheFirstAnswerWins) {
  register_phone(network, "102", "geheim", 4);
  from_caller(invite());
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(3));
  const auto first = sent[1], second = sent[2];
  const auto says = [&](const PlayedNetwork::Sent& to, int status, const std::string& tag) {
    network.arrive(answer_to(to.text, {.status = status,
                                       .to_tag = tag,
                                       .contact = "<sip:102@phone>",
                                       .body = status == 200 ? description(4) : ""}),
                   to.to);
  };
  says(first, 180, "x");
  says(second, 180, "y");
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 180 Ringing", "SIP/2.0 180 Ringing"));
  says(first, 200, "x");
  EXPECT_THAT(network.lines(),
              ElementsAre("ACK sip:102@phone SIP/2.0", "SIP/2.0 200 OK", HasSubstr("CANCEL sip:102@127.0.0.")));
  says(second, 200, "y");  // it has crossed the CANCEL
  EXPECT_THAT(network.lines(), ElementsAre("ACK sip:102@phone SIP/2.0", "BYE sip:102@phone SIP/2.0"));
}

TEST_F(SipCall, IsRefusedByAllPhonesBeforeTheCallerHears) {
  register_phone(network, "102", "geheim", 4);
  from_caller(invite());
  auto sent = network.take_sent();
  network.arrive(answer_to(sent[1].text, {.status = 486}), sent[1].to);
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("ACK ")));
  network.arrive(answer_to(sent[2].text, {.status = 500}), sent[2].to);
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("ACK "), "SIP/2.0 486 Busy Here"));
}

TEST_F(SipCall, RingsNoLongerThanItMay) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  callee_answers(callee_says(180));
  network.take_sent();
  network.pass(181s);
  EXPECT_THAT(network.lines(), testing::IsSupersetOf(
                                   {"CANCEL sip:102@127.0.0.3:5060 SIP/2.0"s, "SIP/2.0 480 Temporarily Unavailable"s}));
  EXPECT_EQ(record().cause, "102 has not answered within 180 s");
}

TEST_F(SipCall, SaysThatAPhoneIsGone) {
  from_caller(invite());
  network.pass(33s);
  EXPECT_THAT(network.lines(), testing::Contains("SIP/2.0 408 Request Timeout"));
  EXPECT_EQ(record().cause, "102 has not been heard of");
}

TEST_F(SipCall, EndsBothSidesWhenTheAckDoesNotCome) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  callee_answers(callee_says(200, description(3)));
  network.take_sent();
  network.pass(32s);
  const auto lines = network.lines();
  EXPECT_THAT(lines, testing::Contains("BYE sip:102@127.0.0.3:5060 SIP/2.0"));
  EXPECT_THAT(lines, testing::Contains("BYE sip:101@127.0.0.2:5060;ob SIP/2.0"));
  EXPECT_THAT(record().cause, HasSubstr("no ACK from 101"));
  EXPECT_THAT(record().cause, HasSubstr("udp 127.0.0.2:5060"));
}

TEST_F(SipCall, EarlyMediaGoThrough) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  network.take_sent();
  callee_answers(callee_says(183, description(3)));
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 183 Session Progress");
  EXPECT_THAT(sent[0].text, HasSubstr("m=audio 20000 RTP/AVP 8 0\r\n"));
  callee_answers(callee_says(200, description(3)));
  EXPECT_THAT(network.sent.back().text, HasSubstr("o=- "));
  EXPECT_EQ(network.sent.back().first_line(), "SIP/2.0 200 OK");
}

TEST_F(SipCall, WithoutAnOfferGetsTheCalleesAndItsAnswerGoesWithTheAck) {
  auto request = invite();
  request.body.clear();
  from_caller(request);
  to_callee = network.sent.at(1).text;
  EXPECT_THAT(to_callee, Not(HasSubstr("v=0")));
  network.take_sent();
  callee_answers(callee_says(200, description(3)));
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].text, HasSubstr("m=audio 20000 RTP/AVP 8 0\r\n"));
  caller_dialog_to = header_of(sent[0].text, "To");
  callee_answers(callee_says(200, description(3)));
  EXPECT_THAT(network.take_sent(), IsEmpty());  // its ACK is still to come
  from_caller(within("ACK", 1, description(2, "sendrecv", "8")));
  sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "ACK sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_THAT(sent[0].text, HasSubstr("m=audio 20002 RTP/AVP 8\r\n"));
}

TEST_F(SipCall, MediaThatDoNotFitAreRefusedInWords) {
  auto request = invite();
  request.body = description(2);
  request.body.replace(request.body.find("RTP/AVP"), 7, "RTP/SAVP");
  from_caller(request);
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_THAT(sent[1].first_line(), StartsWith("SIP/2.0 488 "));
  EXPECT_THAT(header_of(sent[1].text, "Warning"), HasSubstr("RTP/SAVP"));
  EXPECT_THAT(record().cause, HasSubstr("RTP/SAVP"));
}

TEST_F(SipCall, EndsWhenNothingIsHeardForLong) {
  establish();
  network.media.packets = 5;
  network.pass(301s);
  EXPECT_THAT(network.records, IsEmpty());
  network.pass(300s);
  EXPECT_THAT(record().cause, HasSubstr("no packet from either side for 300 s"));
}

TEST_F(SipCall, ExtensionsDoAsTheyAreTold) {
  from_caller(invite("600"));
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].first_line(), "SIP/2.0 200 OK");
  EXPECT_EQ(network.media.open_ports, 1);
  caller_dialog_to = header_of(sent[1].text, "To");
  from_caller(within("ACK", 1));
  EXPECT_EQ(network.media.played, Announcement::echo);
  auto busy = invite("601");
  busy.call_id = "busy";
  from_caller(busy);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 486 Busy Here"));
  auto never = invite("602");
  never.call_id = "never";
  from_caller(never);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 180 Ringing"));
  auto early = invite("603");
  early.call_id = "early";
  from_caller(early);
  EXPECT_THAT(network.take_sent().back().text, HasSubstr("m=audio 20000"));
  EXPECT_EQ(network.media.played, Announcement::tone);
}

TEST_F(SipCall, AnOpenExtensionAnswersAnybody) {
  auto request = invite("service");
  request.phone = 9;
  request.from = "sipp <sip:sipp@127.0.0.9:5061>;tag=1";
  network.arrive(text_of(request), phone_hop(9));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 200 OK"));
}

TEST_F(SipCall, HasNoMoreThanThereArePortsFor) {
  network.media.is_full = true;
  from_caller(invite());
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 503 Service Unavailable"));
  EXPECT_EQ(record().cause, "no media port is free");
}

TEST_F(SipCall, HasALimit) {
  auto config = config_of_calls();
  config.calls_max = 1;
  PlayedNetwork small{config};
  const auto call = [&](const std::string& id) {
    auto request = invite("service");
    request.call_id = id;
    small.arrive(text_of(request), phone_hop(9));
    return small.lines().back();
  };
  EXPECT_EQ(call("one"), "SIP/2.0 200 OK");
  EXPECT_EQ(call("two"), "SIP/2.0 503 Service Unavailable");
}

TEST_F(SipCall, AMessageGoesToThePhoneAndItsAnswerComesBack) {
  PhoneRequest message{.method = "MESSAGE",
                       .uri = "sip:102@labnet",
                       .phone = 2,
                       .from = "<sip:101@labnet>;tag=m",
                       .to = "<sip:102@labnet>",
                       .call_id = "m"};
  auto text = text_of(message);
  text.replace(text.find("Content-Length: 0"), 17, "Content-Type: text/plain\r\nContent-Length: 5");
  text += "Hola!";
  network.arrive(text, phone_hop(2));
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "MESSAGE sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_THAT(sent[0].text, testing::EndsWith("\r\n\r\nHola!"));
  network.arrive(answer_to(sent[0].text, {.status = 202, .reason = "Accepted"}), phone_hop(3));
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 202 Accepted"));
}

TEST_F(SipCall, WhatTheExchangeDoesNotDoGetsItsRightAnswer) {
  struct Case {
    std::string method, answer;
  };
  for (const auto& [method, answer] :
       {Case{"OPTIONS", "SIP/2.0 200 "}, Case{"SUBSCRIBE", "SIP/2.0 489 "}, Case{"PUBLISH", "SIP/2.0 489 "},
        Case{"REFER", "SIP/2.0 405 "}, Case{"NEWMETHOD", "SIP/2.0 501 "}, Case{"BYE", "SIP/2.0 481 "},
        Case{"UPDATE", "SIP/2.0 481 "}, Case{"NOTIFY", "SIP/2.0 481 "}}) {
    from_caller({.method = method,
                 .uri = "sip:labnet",
                 .from = "<sip:101@labnet>;tag=o",
                 .to = "<sip:labnet>",
                 .call_id = method});
    EXPECT_THAT(network.lines(), ElementsAre(StartsWith(answer))) << method;
  }
}

TEST_F(SipCall, MediaAtALinkLocalAddressAreRefusedInWords) {
  auto request = invite();
  request.body = description(2);
  request.body.replace(request.body.find("c=IN IP4 127.0.0.2"), 18, "c=IN IP6 fe80::2");
  from_caller(request);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", StartsWith("SIP/2.0 488 ")));
  EXPECT_EQ(record().cause, "media cannot go to or from a link-local address such as fe80::2");
  EXPECT_EQ(network.media.open_bridges, 0);
}

TEST_F(SipCall, RefusedMediaTakeNoPorts) {
  network.media.is_full = true;
  for (const std::string callee : {"102", "600"}) {
    auto request = invite(callee);
    request.call_id = "refused" + callee;
    request.body = description(2);
    request.body.replace(request.body.find("RTP/AVP"), 7, "RTP/SAVP");
    from_caller(request);
    EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", StartsWith("SIP/2.0 488 ")));
  }
}

TEST_F(SipCall, WithoutAContactIsNone) {
  auto request = invite();
  request.more.clear();
  from_caller(request);
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 400 ")));
}

TEST_F(SipCall, OfAUserThatIsNoneAnyMoreNeedsAPassword) {
  auto config = config_of_calls();
  config.users.erase(config.users.begin());
  network.exchange.set_config(config);
  from_caller(invite());
  EXPECT_THAT(network.lines(), ElementsAre(StartsWith("SIP/2.0 407 ")));
}

TEST_F(SipCall, AllEndWhenTheExchangeDoes) {
  establish();
  auto second = invite();
  second.call_id = "second";
  from_caller(second);
  network.take_sent();
  network.exchange.hang_up(network.now);
  const auto lines = network.lines();
  EXPECT_THAT(lines, testing::Contains(StartsWith("BYE sip:101@")));
  EXPECT_THAT(lines, testing::Contains(StartsWith("BYE sip:102@")));
  EXPECT_THAT(lines, testing::Contains("SIP/2.0 480 Temporarily Unavailable"));
  EXPECT_EQ(network.media.open_bridges, 0);
}

}  // namespace
}  // namespace labnet::sip_server
