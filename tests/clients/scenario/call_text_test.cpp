// Calls as a person sees them.
#include "clients/scenario/call_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/text.hpp"

namespace labnet::scenario {
namespace {

using testing::HasSubstr;
using testing::Not;

const Ipv4Address ladder_phone{0xac140a01}, ladder_exchange{0xac140a0c}, ladder_other{0xac140a02};

SipMessage sent(std::uint64_t number, Ipv4Address from, Ipv4Address to, std::string method, int status = 0) {
  SipMessage message;
  message.number = number;
  message.source = from;
  message.destination = to;
  message.method = std::move(method);
  message.status = status;
  return message;
}

RtpStream talked(std::uint64_t number, Ipv4Address from, Ipv4Address to) {
  RtpStream stream;
  stream.number = number;
  stream.source = from;
  stream.destination = to;
  stream.source_port = 8000;
  stream.destination_port = 20'000;
  stream.ssrc = 0xabc;
  stream.payloads = {{8, 302, 214, 214}};
  stream.packets = 302;
  stream.opening = {number - 1, 20, 55};
  return stream;
}

TEST(CallText, IsALadderInTheOrderOfTheFrames) {
  auto invite = sent(3, ladder_phone, ladder_exchange, "INVITE");
  invite.media = SipMedia{};
  auto registered = sent(2, ladder_exchange, ladder_phone, "REGISTER", 200);
  registered.contacts = 1;
  auto again = sent(9, ladder_exchange, ladder_phone, "INVITE", 100);
  again.is_repeat = true;
  const auto text = call_text({registered, invite, sent(5, ladder_exchange, ladder_other, "INVITE"), again},
                              {talked(8, ladder_other, ladder_exchange)}, Language::english);
  EXPECT_EQ(text,
            "    SIP  172.20.10.12                172.20.10.1                 172.20.10.2\n"
            "           2  |200 REGISTER, 1 binding -->|                           |\n"
            "           3  |<-------------- INVITE, SDP|                           |\n"
            "           5  |INVITE ----------------------------------------------->|\n"
            "           7  |<==================================== type 20, 55 bytes|\n"
            "           8  |<====================================== 302 of PCMA (8)|\n"
            "           9  |100 INVITE again --------->|                           |\n"
            "    RTP  SOURCE            DESTINATION         SSRC        TYPE      PACKETS  LOST  JITTER  BYTES\n"
            "    8    172.20.10.2:8000  172.20.10.12:20000  0x00000abc  PCMA (8)  302      0     0.0 ms  214\n");
}

TEST(CallText, IsNothingWithoutCalls) {
  EXPECT_EQ(call_text({}, {}, Language::english), "");
}

TEST(CallText, SaysRtpWhereTheMessagesAreSecret) {
  EXPECT_TRUE(
      call_text({}, {talked(2, ladder_phone, ladder_exchange)}, Language::english).starts_with("    RTP  172."));
}

TEST(CallText, OfMoreHostsEachMessageIsALine) {
  std::vector<SipMessage> messages;
  for (std::uint32_t i = 0; i < ladder_hosts_max; ++i) {
    messages.push_back(sent(i + 1, {0x0a000001 + i}, {0x0a000002 + i}, "OPTIONS"));
  }
  const auto text = call_text(messages, {}, Language::english);
  EXPECT_THAT(text, HasSubstr("           2  10.0.0.2 -> 10.0.0.3: OPTIONS\n"));
  EXPECT_THAT(text, Not(HasSubstr("|")));
  messages.pop_back();
  EXPECT_THAT(call_text(messages, {}, Language::english), HasSubstr("|"));
}

TEST(CallText, WhatDoesNotFitOrGoesToItselfIsALine) {
  const auto text = call_text(
      {sent(1, ladder_phone, ladder_exchange, std::string(24, 'X')),
       sent(2, ladder_phone, ladder_exchange, std::string(25, 'X')), sent(3, ladder_phone, ladder_phone, "BYE")},
      {}, Language::english);
  EXPECT_THAT(text, HasSubstr("           1  |XXXXXXXXXXXXXXXXXXXXXXXX ->|\n"));
  EXPECT_THAT(text, HasSubstr("           2  172.20.10.1 -> 172.20.10.12: XXXXXXXXXXXXXXXXXXXXXXXXX\n"));
  EXPECT_THAT(text, HasSubstr("           3  172.20.10.1 -> 172.20.10.1: BYE\n"));
}

TEST(CallText, DoesNotSteerTheTerminal) {
  const auto text = call_text({sent(1, ladder_phone, ladder_exchange, "\x1b[2J")}, {}, Language::english);
  EXPECT_THAT(text, HasSubstr("|\\x1b[2J ----"));
}

TEST(CallText, CountsWhatIsBeyondItsLimit) {
  const std::vector<SipMessage> most(ladder_rows_max, sent(1, ladder_phone, ladder_exchange, "OPTIONS"));
  auto more = most;
  more.resize(most.size() + 1, most.front());
  EXPECT_THAT(call_text(most, {}, Language::english), Not(HasSubstr("more")));
  EXPECT_TRUE(call_text(more, {}, Language::english).ends_with("      and 1 more\n"));
  more.push_back(most.front());
  EXPECT_TRUE(call_text(more, {}, Language::spanish).ends_with("      y 2 más\n"));
}

}  // namespace
}  // namespace labnet::scenario
