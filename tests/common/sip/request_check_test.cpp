// Requests refused for what the server is not able to.
#include "common/sip/request_check.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using namespace std::literals;
using test::Received;
using test::request_with;

constexpr std::array able_methods{Method::invite, Method::ack, Method::cancel, Method::options};
constexpr std::array able_extensions{"timer"sv};
constexpr std::array able_types{"application/sdp"sv};
constexpr Abilities able{.methods = able_methods, .extensions = able_extensions, .media_types = able_types};

std::optional<Refusal> refusal(const std::string& text, const Abilities& abilities = able) {
  const Received request{text};
  EXPECT_EQ(request.fault(), std::nullopt) << text;
  return refusal_of(*request, abilities);
}

TEST(SipRequestCheck, LetsAnOrdinaryRequestGoOn) {
  EXPECT_EQ(refusal(test::zoiper_invite()), std::nullopt);
  EXPECT_EQ(refusal(request_with("Require: TIMER\r\nMax-Forwards: 0\r\n")), std::nullopt);
}

TEST(SipRequestCheck, RefusesMethods) {
  EXPECT_EQ(refusal(request_with("", "REGISTER")),
            (Refusal{.status = 405, .header = HeaderName::allow, .value = "INVITE, ACK, CANCEL, OPTIONS"}));
  EXPECT_EQ(refusal(request_with("", "NEWMETHOD"))->status, 501);
  EXPECT_EQ(refusal(request_with("", "invite"))->status, 501);
}

TEST(SipRequestCheck, RefusesSchemes) {
  auto text = request_with("");
  text.replace(text.find("sip:102@sip.lab"), 15, "tel:102");
  EXPECT_EQ(refusal(text), (Refusal{.status = 416}));
}

TEST(SipRequestCheck, RefusesExtensionsByName) {
  EXPECT_EQ(refusal(request_with("Require: 100rel, timer\r\nRequire: gruu\r\n")),
            (Refusal{.status = 420, .header = HeaderName::unsupported, .value = "100rel, gruu"}));
  EXPECT_EQ(refusal(request_with("Require: 100rel\r\n", "CANCEL")), std::nullopt);
  EXPECT_EQ(refusal(request_with("Require: 100rel\r\n", "ACK")), std::nullopt);
}

TEST(SipRequestCheck, RefusesBodies) {
  EXPECT_EQ(refusal(request_with("Content-Type: text/plain\r\n") + "x"),
            (Refusal{.status = 415, .header = HeaderName::accept, .value = "application/sdp"}));
  EXPECT_EQ(refusal(request_with("") + "x")->status, 415) << "nobody says what it is";
  EXPECT_EQ(refusal(request_with("Content-Type: text/plain\r\n")), std::nullopt) << "there is no body";
  EXPECT_EQ(refusal(request_with("Content-Type: application/SDP\r\nContent-Encoding: gzip\r\n") + "x"),
            (Refusal{.status = 415, .header = HeaderName::accept_encoding, .value = "identity"}));
}

TEST(SipRequestCheck, RefusesWhoTakesNoAnswer) {
  auto answers = able;
  answers.invite_answer = "application/sdp";
  EXPECT_EQ(refusal(request_with("Accept: text/nobodyKnowsThis\r\n", "INVITE"), answers), (Refusal{.status = 406}));
  EXPECT_EQ(refusal(request_with("", "INVITE"), answers), std::nullopt);
  EXPECT_EQ(refusal(request_with("Accept: text/nobodyKnowsThis\r\n", "INVITE")), std::nullopt);
}

TEST(SipRequestCheck, RefusesHeadersThatCannotBeRead) {
  EXPECT_EQ(refusal(request_with("Contact: sip:a@b?c=d\r\n")),
            (Refusal{.status = 400, .reason = "a URI with a question mark needs angle brackets"}));
}

TEST(SipRequestCheck, OfAProxyCountsHopsAndLeavesTheRest) {
  auto proxy = able;
  proxy.forwards = true;
  EXPECT_EQ(refusal(request_with("Max-Forwards: 0\r\n"), proxy), (Refusal{.status = 483}));
  EXPECT_EQ(refusal(request_with("Max-Forwards: 1\r\nRequire: 100rel\r\n", "NEWMETHOD") + "x", proxy), std::nullopt);
  EXPECT_EQ(refusal(request_with("Proxy-Require: a\r\n"), proxy)->status, 420);
  EXPECT_EQ(refusal(request_with("Proxy-Require: a\r\n")), std::nullopt);
}

}  // namespace
}  // namespace labnet::sip
