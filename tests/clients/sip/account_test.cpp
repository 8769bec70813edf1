// A registration, answered by a server that the test plays.
#include "clients/sip/account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/sip/authorization.hpp"
#include "tests/clients/sip/played_phone.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Registering : testing::Test {
  /// The one message that went to the server since the last call.
  std::string taken() {
    wire.settle();
    const auto sent = wire.take_sent();
    EXPECT_EQ(sent.size(), 1u);
    return sent.empty() ? std::string{} : sent.back().text;
  }
  void answer(const std::string& request, PlayedResponse response) { phone.hear(answer_to(request, response)); }
  /// Up to the 200, which grants so many seconds.
  std::string registered(int granted = 60) {
    phone.phone.account().start(wire.now);
    answer(taken(), {401, {std::string{challenge}}});
    auto request = taken();
    answer(request, {200, {"Expires: " + std::to_string(granted)}});
    return request;
  }

  PlayedWire wire;
  PlayedPhone phone{wire, 2, config_of(2)};
};

bool has_right_digest(const std::string& request, const std::string& header = "Authorization") {
  const auto credentials = sip::parse_authorization(header_of(request, header));
  return credentials && credentials->user == "101" &&
         digest::is_right(*credentials, request.substr(0, request.find(' ')),
                          digest::secret_of(digest::Algorithm::md5, "101", "lab", "secret"));
}

TEST_F(Registering, AnswersTheChallengeInTheSameDialogueWithTheNextNumber) {
  phone.phone.account().start(wire.now);
  const auto first = taken();
  EXPECT_THAT(first, StartsWith("REGISTER sip:lab SIP/2.0\r\n"));
  EXPECT_THAT(header_of(first, "Authorization"), IsEmpty());
  EXPECT_EQ(header_of(first, "Contact"), "<sip:101@127.0.0.2:5060>");
  EXPECT_EQ(header_of(first, "Expires"), "60");

  answer(first, {401, {std::string{challenge}}});
  const auto second = taken();
  EXPECT_EQ(header_of(second, "Call-ID"), header_of(first, "Call-ID"));
  EXPECT_EQ(header_of(second, "From"), header_of(first, "From"));
  EXPECT_EQ(header_of(second, "CSeq"), "2 REGISTER");
  EXPECT_NE(header_of(second, "Via"), header_of(first, "Via"));
  EXPECT_TRUE(has_right_digest(second)) << second;
  EXPECT_THAT(phone.told, IsEmpty());

  answer(second, {200, {"Expires: 60"}});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
  EXPECT_EQ(phone.phone.account().state(), Account::State::registered);
}

TEST_F(Registering, IsRefreshedBetweenHalfAndNineTenthsOfTheTimeWithTheNextNonceCount) {
  registered(60);
  const auto wait = phone.phone.next() - wire.now;
  // The transaction of the REGISTER ends in between.
  wire.pass(29999ms);
  EXPECT_THAT(wire.take_sent(), IsEmpty()) << wait.count();
  wire.pass(24001ms);
  const auto refresh = wire.take_sent();
  ASSERT_FALSE(refresh.empty());
  const auto& text = refresh.front().text;
  EXPECT_EQ(header_of(text, "CSeq"), "3 REGISTER");
  EXPECT_THAT(header_of(text, "Authorization"), HasSubstr("nc=00000002"));
  EXPECT_TRUE(has_right_digest(text));
}

TEST_F(Registering, TakesTheTimeOfItsOwnContactAmongOthers) {
  phone.phone.account().start(wire.now);
  answer(taken(),
         {200, {"Contact: <sip:101@127.0.0.9:5060>;expires=3000, <sip:101@127.0.0.2:5060>;expires=30", "Expires: 60"}});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 30"));
}

TEST_F(Registering, ANonceThatHasGrownStaleIsReplacedWithoutAWord) {
  registered();
  wire.pass(54s);
  const auto refresh = wire.take_sent().front().text;
  answer(refresh, {401, {R"(WWW-Authenticate: Digest realm="lab", nonce="n2", qop="auth", stale=true)"}});
  const auto again = taken();
  EXPECT_THAT(header_of(again, "Authorization"), HasSubstr("nonce=\"n2\""));
  EXPECT_THAT(header_of(again, "Authorization"), HasSubstr("nc=00000001"));
  answer(again, {200});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60", "registered 60"));
}

TEST_F(Registering, WhoeverCallsEveryNonceStaleIsLeftAlone) {
  phone.phone.account().start(wire.now);
  const auto stale = R"(WWW-Authenticate: Digest realm="lab", nonce="n", qop="auth", stale=true)"s;
  int requests = 0;
  while (phone.phone.account().state() == Account::State::registering) {
    ASSERT_LT(++requests, 10);
    answer(taken(), {401, {stale}});
  }
  EXPECT_EQ(requests, 4);
  EXPECT_THAT(phone.told, ElementsAre(StartsWith("failed: ")));
}

TEST_F(Registering, AWrongPasswordIsToldAndTriedAgainEachTimeLater) {
  const auto fail_once = [&] {
    for (int i = 0; i < 2; ++i) {
      answer(taken(), {401, {std::string{challenge}}});
    }
  };
  phone.phone.account().start(wire.now);
  fail_once();
  ASSERT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server does not accept the number")));
  EXPECT_EQ(phone.phone.account().state(), Account::State::failed);
  wire.pass(29900ms);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  wire.pass(7600ms);
  auto sent = wire.take_sent();
  ASSERT_FALSE(sent.empty());
  for (int i = 0; i < 2; ++i) {
    answer(sent.front().text, {401, {std::string{challenge}}});
    wire.settle();
    sent = wire.take_sent();
  }
  ASSERT_EQ(phone.told.size(), 1u);
  wire.pass(59s);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  wire.pass(17s);
  EXPECT_THAT(wire.take_sent(), Not(IsEmpty()));
}

TEST_F(Registering, AsksForALongerTimeWhereItIsTooBrief) {
  phone.phone.account().start(wire.now);
  answer(taken(), {423, {"Min-Expires: 300"}});
  const auto longer = taken();
  EXPECT_EQ(header_of(longer, "Expires"), "300");
  answer(longer, {200});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 300"));
}

TEST_F(Registering, A423ThatAsksForNoMoreIsAFailure) {
  phone.phone.account().start(wire.now);
  answer(taken(), {423, {"Min-Expires: 60"}});
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: 423 Interval Too Brief; again in 3")));
}

TEST_F(Registering, AnswersAProxyInTheProxysHeader) {
  phone.phone.account().start(wire.now);
  answer(taken(), {407, {R"(Proxy-Authenticate: Digest realm="lab", nonce="p", qop="auth")"}});
  EXPECT_TRUE(has_right_digest(taken(), "Proxy-Authorization"));
}

/// The realms that a request has credentials for, and whose: "Proxy-Authorization outer anna".
std::vector<std::string> credentials_in(const std::string& request) {
  sip::Message message;
  EXPECT_TRUE(message.read(as_bytes(std::string_view{request})));
  std::vector<std::string> found;
  for (const auto name : {sip::HeaderName::authorization, sip::HeaderName::proxy_authorization}) {
    message.headers().for_each(name, [&](std::string_view value) {
      const auto credentials = sip::parse_authorization(value);
      EXPECT_TRUE(credentials) << value;
      if (credentials)
        found.push_back(std::string{sip::text_of(name)} + " " + credentials->realm + " " + credentials->user);
    });
  }
  return found;
}

std::string asks_for(std::string_view header, std::string_view realm, std::string_view nonce, bool is_stale = false) {
  return std::string{header} + ": Digest realm=\"" + std::string{realm} + "\", nonce=\"" + std::string{nonce} +
         "\", qop=\"auth\"" + (is_stale ? ", stale=true" : "");
}

TEST_F(Registering, AnswersTheProxyAndThenTheRegistrarBehindIt) {
  phone.phone.account().start(wire.now);
  answer(taken(), {407, {asks_for("Proxy-Authenticate", "outer", "p1")}});
  const auto second = taken();
  EXPECT_THAT(credentials_in(second), ElementsAre("Proxy-Authorization outer 101"));
  answer(second, {401, {asks_for("WWW-Authenticate", "lab", "r1")}});
  const auto third = taken();
  EXPECT_THAT(credentials_in(third), ElementsAre("Authorization lab 101", "Proxy-Authorization outer 101"));
  EXPECT_THAT(header_of(third, "Proxy-Authorization"), HasSubstr("nc=00000002"));
  EXPECT_THAT(header_of(third, "Authorization"), HasSubstr("nc=00000001"));

  // The one's nonce grows old, and the other one's does not.
  answer(third, {407, {asks_for("Proxy-Authenticate", "outer", "p2", true)}});
  const auto fourth = taken();
  EXPECT_THAT(header_of(fourth, "Proxy-Authorization"), HasSubstr("nonce=\"p2\""));
  EXPECT_THAT(header_of(fourth, "Proxy-Authorization"), HasSubstr("nc=00000001"));
  EXPECT_THAT(header_of(fourth, "Authorization"), HasSubstr("nc=00000002"));
  answer(fourth, {200});
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
}

TEST_F(Registering, AnswersSeveralRealmsThatAskInOneResponse) {
  phone.phone.account().start(wire.now);
  answer(taken(), {401,
                   {asks_for("WWW-Authenticate", "lab", "r"), asks_for("Proxy-Authenticate", "one", "1"),
                    asks_for("Proxy-Authenticate", "two", "2")}});
  EXPECT_THAT(credentials_in(taken()),
              ElementsAre("Authorization lab 101", "Proxy-Authorization one 101", "Proxy-Authorization two 101"));
}

TEST_F(Registering, OneWrongPasswordAmongSeveralIsAFailure) {
  phone.phone.account().start(wire.now);
  answer(taken(), {407, {asks_for("Proxy-Authenticate", "outer", "p1")}});
  answer(taken(), {401, {asks_for("WWW-Authenticate", "lab", "r1")}});
  answer(taken(), {407, {asks_for("Proxy-Authenticate", "outer", "p2")}});
  EXPECT_THAT(phone.take_told(),
              ElementsAre(StartsWith("failed: the server does not accept the number and its password")));
}

TEST_F(Registering, WhoeverAsksInEverOtherRealmsIsLeftAlone) {
  phone.phone.account().start(wire.now);
  for (std::size_t realm = 0; realm < Login::realms_max; ++realm) {
    answer(taken(), {407, {asks_for("Proxy-Authenticate", "realm" + std::to_string(realm), "n")}});
  }
  const auto last = taken();
  EXPECT_EQ(credentials_in(last).size(), Login::realms_max);
  answer(last, {407, {asks_for("Proxy-Authenticate", "one more", "n")}});
  EXPECT_THAT(phone.take_told(),
              ElementsAre(StartsWith("failed: the server asks for a password in ever other realms")));
}

TEST(RegisteringThroughAProxy, IsKnownThereByAnotherNameAndPassword) {
  PlayedWire wire;
  auto config = config_of(2);
  config.logins = {{"outer", "anna", "other"}};
  PlayedPhone phone{wire, 2, config};
  phone.phone.account().start(wire.now);
  wire.settle();
  const auto first = wire.take_sent().at(0).text;
  phone.hear(answer_to(
      first, {401, {asks_for("WWW-Authenticate", "lab", "r"), asks_for("Proxy-Authenticate", "outer", "p")}}));
  wire.settle();
  const auto second = wire.take_sent().at(0).text;
  EXPECT_THAT(credentials_in(second), ElementsAre("Authorization lab 101", "Proxy-Authorization outer anna"));
  const auto credentials = sip::parse_authorization(header_of(second, "Proxy-Authorization"));
  ASSERT_TRUE(credentials);
  EXPECT_TRUE(
      digest::is_right(*credentials, "REGISTER", digest::secret_of(digest::Algorithm::md5, "anna", "outer", "other")));
  EXPECT_TRUE(has_right_digest(second));
}

/// The answer as it comes where the server sees the phone at another address than its own.
std::string seen_at(std::string answer, const std::string& address, int port) {
  const auto rport = answer.find(";rport");
  EXPECT_NE(rport, std::string::npos) << answer;
  return answer.replace(rport, 6, ";received=" + address + ";rport=" + std::to_string(port));
}

TEST_F(Registering, TellsTheAddressAtWhichTheServerSeesIt) {
  phone.phone.account().start(wire.now);
  phone.hear(seen_at(answer_to(taken(), {401, {std::string{challenge}}}), "203.0.113.7", 40001));
  const auto second = taken();
  EXPECT_EQ(header_of(second, "Contact"), "<sip:101@203.0.113.7:40001>");
  EXPECT_THAT(header_of(second, "Via"), StartsWith("SIP/2.0/UDP 127.0.0.2:5060;")) << "its own, as the Via has it";
  phone.hear(seen_at(answer_to(second, {200, {"Expires: 60"}}), "203.0.113.7", 40001));
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));

  phone.call("102");
  EXPECT_EQ(header_of(taken(), "Contact"), "<sip:101@203.0.113.7:40001>");
}

TEST_F(Registering, RegistersOnceMoreWhereTheFirstAnswerIsThe200) {
  phone.phone.account().start(wire.now);
  phone.hear(seen_at(answer_to(taken(), {200, {"Expires: 60"}}), "203.0.113.7", 40001));
  const auto second = taken();
  EXPECT_EQ(header_of(second, "Contact"), "<sip:101@203.0.113.7:40001>, <sip:101@127.0.0.2:5060>;expires=0");
  phone.hear(seen_at(answer_to(second, {200, {"Expires: 60"}}), "203.0.113.7", 40001));
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
  // The gateway has forgotten the phone meanwhile, and gives it another port.
  wire.pass(54s);
  const auto refresh = wire.take_sent().front().text;
  EXPECT_EQ(header_of(refresh, "Contact"), "<sip:101@203.0.113.7:40001>");
  phone.hear(seen_at(answer_to(refresh, {200, {"Expires: 60"}}), "203.0.113.7", 40002));
  EXPECT_EQ(header_of(taken(), "Contact"), "<sip:101@203.0.113.7:40002>, <sip:101@203.0.113.7:40001>;expires=0");
}

TEST_F(Registering, AGatewayThatGivesEachRequestAnotherPortIsNotFollowedForEver) {
  phone.phone.account().start(wire.now);
  int requests = 0;
  while (phone.phone.account().state() == Account::State::registering) {
    ASSERT_LT(++requests, 10);
    phone.hear(seen_at(answer_to(taken(), {200, {"Expires: 60"}}), "203.0.113.7", 40000 + requests));
  }
  EXPECT_THAT(phone.take_told(), ElementsAre("registered 60"));
}

TEST_F(Registering, WhatTheServerSeesIsNotTakenWhereItIsNoAddress) {
  phone.phone.account().start(wire.now);
  phone.hear(seen_at(answer_to(taken(), {401, {std::string{challenge}}}), "nobody.example", 40001));
  EXPECT_EQ(header_of(taken(), "Contact"), "<sip:101@127.0.0.2:5060>");
}

TEST_F(Registering, TakesTheFirstChallengeThatItUnderstands) {
  phone.phone.account().start(wire.now);
  answer(taken(), {401,
                   {R"(WWW-Authenticate: Digest realm="lab", nonce="n0", algorithm=SHA-512-256, qop="auth")",
                    R"(WWW-Authenticate: Digest realm="lab", nonce="n1", algorithm=SHA-256, qop="auth")",
                    std::string{challenge}}});
  const auto credentials = sip::parse_authorization(header_of(taken(), "Authorization"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->algorithm, digest::Algorithm::sha256);
}

TEST_F(Registering, ARetryAfterIsKeptTo) {
  phone.phone.account().start(wire.now);
  answer(taken(), {503, {"Retry-After: 120"}});
  EXPECT_THAT(phone.take_told(), ElementsAre("failed: 503 Service Unavailable; again in 120"));
}

TEST_F(Registering, ASilentServerIsAFailureAfter32Seconds) {
  phone.phone.account().start(wire.now);
  wire.pass(31s);
  EXPECT_THAT(phone.told, IsEmpty());
  wire.pass(1s);
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server does not answer; again in 3")));
}

TEST_F(Registering, AWireThatDoesNotCarryIsAFailureAtOnce) {
  phone.is_broken = true;
  phone.phone.account().start(wire.now);
  EXPECT_THAT(phone.take_told(), ElementsAre(StartsWith("failed: the server cannot be reached")));
}

std::string options() {
  return "OPTIONS sip:101@127.0.0.2:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKo\r\n"
         "From: <sip:lab>;tag=o\r\nTo: <sip:101@127.0.0.2>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n";
}

TEST_F(Registering, AnOptionsInBetweenIsAnsweredBehindTheRegistrationsAnswer) {
  phone.phone.account().start(wire.now);
  const auto request = taken();
  phone.hear(options());
  wire.settle();
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  answer(request, {200});
  EXPECT_THAT(taken(), StartsWith("SIP/2.0 200 OK\r\n"));
}

TEST_F(Registering, AnOptionsInBetweenIsAnsweredAnywayAfterAMoment) {
  phone.phone.account().start(wire.now);
  taken();
  phone.hear(options());
  wire.pass(199ms);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  wire.pass(1ms);
  EXPECT_THAT(taken(), StartsWith("SIP/2.0 200 OK\r\n"));
}

TEST_F(Registering, UnregistersWithAnExpiresOfNothing) {
  const auto before = registered();
  phone.take_told();
  phone.phone.account().stop(wire.now);
  const auto last = taken();
  EXPECT_EQ(header_of(last, "Expires"), "0");
  EXPECT_EQ(header_of(last, "Call-ID"), header_of(before, "Call-ID"));
  EXPECT_FALSE(phone.phone.is_idle());
  answer(last, {200});
  EXPECT_THAT(phone.take_told(), ElementsAre("unregistered"));
  EXPECT_TRUE(phone.phone.is_idle());
  wire.pass(200s);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
}

TEST_F(Registering, StoppedMeanwhileItWaitsForTheAnswerAndThenUnregisters) {
  phone.phone.account().start(wire.now);
  const auto first = taken();
  phone.phone.account().stop(wire.now);
  answer(first, {200});
  EXPECT_EQ(header_of(taken(), "Expires"), "0");
}

TEST_F(Registering, StoppedWithoutEverHavingRegisteredSendsNothing) {
  phone.phone.account().stop(wire.now);
  wire.settle();
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  EXPECT_THAT(phone.take_told(), ElementsAre("unregistered"));
}

TEST_F(Registering, RemovesWhateverIsRegisteredByAContactThatMeansAll) {
  phone.phone.account().remove_all(wire.now);
  const auto first = taken();
  EXPECT_EQ(header_of(first, "Contact"), "*");
  EXPECT_EQ(header_of(first, "Expires"), "0");
  answer(first, {401, {std::string{challenge}}});
  const auto second = taken();
  EXPECT_EQ(header_of(second, "Contact"), "*");
  EXPECT_THAT(header_of(second, "Authorization"), HasSubstr("username=\"101\""));
  answer(second, {200});
  EXPECT_THAT(phone.take_told(), ElementsAre("unregistered"));
  wire.pass(1h);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
}

TEST_F(Registering, TellsThatNothingCouldBeRemovedAndDoesNotTryAgain) {
  phone.phone.account().remove_all(wire.now);
  answer(taken(), {403});
  EXPECT_THAT(phone.take_told(), ElementsAre("failed: 403 Forbidden; again in 0"));
  wire.pass(1h);
  EXPECT_THAT(wire.take_sent(), IsEmpty());
  EXPECT_EQ(phone.phone.account().state(), Account::State::off);
  // Afterwards it registers as ever.
  phone.phone.account().start(wire.now);
  EXPECT_THAT(header_of(taken(), "Contact"), StartsWith("<sip:101@"));
}

TEST(RegisteringLikeZoiper, HasItsParametersAndItsWayToUnregister) {
  PlayedWire wire;
  auto config = config_of(2);
  config.like = Like::zoiper;
  PlayedPhone phone{wire, 2, config};
  phone.phone.account().start(wire.now);
  wire.settle();
  const auto first = wire.take_sent().at(0).text;
  EXPECT_THAT(first, StartsWith("REGISTER sip:lab;transport=UDP SIP/2.0\r\n"));
  EXPECT_EQ(header_of(first, "To"), "<sip:101@lab;transport=UDP>");
  EXPECT_THAT(header_of(first, "Contact"),
              testing::MatchesRegex("<sip:101@127.0.0.2:5060;rinstance=[0-9a-f]{16};transport=UDP>"));
  EXPECT_THAT(header_of(first, "Via"), HasSubstr("branch=z9hG4bK-524287-1---"));
  EXPECT_THAT(header_of(first, "Call-ID"), testing::MatchesRegex("[A-Za-z0-9_-]{22}\\.\\."));
  EXPECT_EQ(header_of(first, "Allow-Events"), "presence, kpml, talk");
  phone.hear(answer_to(first, {401, {std::string{challenge}}}));
  wire.settle();
  const auto second = wire.take_sent().at(0).text;
  EXPECT_THAT(header_of(second, "Authorization"),
              testing::MatchesRegex("Digest username=\"101\",realm=\"lab\",nonce=\"n1\",uri=\"sip:lab;transport=UDP\","
                                    "response=\"[0-9a-f]{32}\",cnonce=\"[0-9a-f]{16}\",nc=00000001,qop=auth,"
                                    "algorithm=MD5"));
  phone.hear(answer_to(second, {200}));
  phone.phone.account().stop(wire.now);
  wire.settle();
  const auto last = wire.take_sent().at(0).text;
  EXPECT_EQ(header_of(last, "Contact"), header_of(first, "Contact") + ";expires=0");
  EXPECT_THAT(header_of(last, "Expires"), IsEmpty());
}

}  // namespace
}  // namespace labnet::sip_client
