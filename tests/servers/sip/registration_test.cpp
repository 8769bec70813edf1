// Registrations at an exchange: digest, bindings, expiry.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/servers/sip/played_network.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

ExchangeConfig config_of_registrations() {
  ExchangeConfig config;
  config.users = {{"101", "secret"}, {"102", "geheim"}};
  return config;
}

class SipRegistration : public testing::Test {
 protected:
  /// A REGISTER with credentials that the exchange takes, or as `change` makes them. Returns what is sent to it.
  struct Attempt {
    std::string user = "101";
    std::string password = "secret";
    int phone = 2;
    std::vector<std::string> more{"Contact: <sip:101@127.0.0.2:5060;ob>"};
    int cseq = 2;
    std::string call_id = "reg";
    bool has_qop = true;
    std::uint32_t count = 1;
    std::string nonce{};  // empty: a new one
    std::string to{};     // empty: the user
  };
  std::string nonce(int phone = 2) {
    network.take_sent();
    network.arrive(text_of({.method = "REGISTER",
                            .uri = "sip:labnet",
                            .from = "<sip:101@labnet>;tag=r",
                            .to = "<sip:101@labnet>",
                            .call_id = fmt::format("n{}", ++challenges)}),
                   phone_hop(phone));
    const auto sent = network.take_sent();
    EXPECT_THAT(sent.at(0).first_line(), StartsWith("SIP/2.0 401 "));
    return sip::parse_challenge(header_of(sent.at(0).text, "WWW-Authenticate"))->nonce;
  }
  std::vector<PlayedNetwork::Sent> attempt(const Attempt& what) {
    digest::Credentials credentials{.user = what.user,
                                    .realm = "labnet",
                                    .nonce = what.nonce.empty() ? nonce(what.phone) : what.nonce,
                                    .uri = "sip:labnet",
                                    .cnonce = what.has_qop ? "c" : "",
                                    .nonce_count = what.count,
                                    .has_qop = what.has_qop};
    credentials.response = digest::response_of(
        credentials, "REGISTER", digest::secret_of(digest::Algorithm::md5, what.user, "labnet", what.password));
    auto more = what.more;
    more.push_back("Authorization: " + digest::to_text(credentials));
    network.arrive(text_of({.method = "REGISTER",
                            .uri = "sip:labnet",
                            .phone = what.phone,
                            .from = "<sip:101@labnet>;tag=r",
                            .to = what.to.empty() ? fmt::format("<sip:{}@labnet>", what.user) : what.to,
                            .call_id = what.call_id,
                            .cseq = what.cseq,
                            .branch = fmt::format("z9hG4bK{}", ++branches),
                            .more = more}),
                   phone_hop(what.phone));
    return network.take_sent();
  }
  static std::string last(const std::vector<PlayedNetwork::Sent>& sent) { return sent.empty() ? "" : sent.back().text; }

  PlayedNetwork network{config_of_registrations()};
  int challenges = 0;
  int branches = 0;
};

TEST_F(SipRegistration, AsksForASignOfLifeBeforeItSaysThatAllIsWell) {
  const auto sent = attempt({});
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].first_line(), "OPTIONS sip:101@127.0.0.2:5060;ob SIP/2.0");
  EXPECT_EQ(sent[1].first_line(), "SIP/2.0 200 OK");
  EXPECT_EQ(header_of(sent[1].text, "Contact"), "<sip:101@127.0.0.2:5060;ob>;expires=3600");
  network.now += 7ms;
  network.arrive(answer_to(sent[0].text, {}), phone_hop(2));
  EXPECT_EQ(network.exchange.reachability("sip:101@127.0.0.2:5060;ob")->round_trip, 7ms);
}

TEST_F(SipRegistration, IsChallengedWithoutCredentialsAndAfterWrongOnes) {
  EXPECT_THAT(last(attempt({.password = "wrong"})), StartsWith("SIP/2.0 401 "));
  EXPECT_THAT(network.refusals.back(), HasSubstr("the password of 101 is wrong"));
  EXPECT_THAT(last(attempt({.user = "999"})), StartsWith("SIP/2.0 401 "));
  EXPECT_THAT(network.refusals.back(), HasSubstr("there is no user 999"));
  EXPECT_THAT(network.stored, IsEmpty());
}

TEST_F(SipRegistration, OfSomebodyElseIsForbidden) {
  EXPECT_THAT(last(attempt({.to = "<sip:102@labnet>"})), StartsWith("SIP/2.0 403 "));
  EXPECT_THAT(network.stored, IsEmpty());
}

TEST_F(SipRegistration, ANonceThatIsTooOldOrOfAnEarlierRunIsStale) {
  const auto old = nonce();
  network.pass(301s);
  EXPECT_THAT(last(attempt({.nonce = old})), HasSubstr("stale=true"));
  // Of an earlier run of the exchange: the password is right all the same.
  EXPECT_THAT(last(attempt({.nonce = "0000000000000000" + std::string(80, 'a')})), HasSubstr("stale=true"));
  EXPECT_THAT(last(attempt({.password = "wrong", .nonce = old})), testing::Not(HasSubstr("stale")));
}

TEST_F(SipRegistration, ACopyGetsTheSameAnswerAndAReplayFromElsewhereChangesNothing) {
  const auto same = nonce();
  EXPECT_THAT(last(attempt({.nonce = same})), StartsWith("SIP/2.0 200 "));
  EXPECT_THAT(last(attempt({.nonce = same})), StartsWith("SIP/2.0 200 "));
  EXPECT_THAT(last(attempt({.phone = 9, .more = {"Contact: <sip:101@127.0.0.9>"}, .nonce = same})),
              HasSubstr("stale=true"));
  EXPECT_THAT(last(attempt({.phone = 9, .more = {"Contact: *", "Expires: 0"}, .cseq = 9, .nonce = same})),
              HasSubstr("stale=true"));
  ASSERT_THAT(network.stored["101"], SizeIs(1));
  EXPECT_EQ(network.stored["101"][0].hop, phone_hop(2));
}

TEST_F(SipRegistration, AcceptsOldPhonesWithoutQopAndEachNonceOnce) {
  const auto same = nonce();
  EXPECT_THAT(last(attempt({.has_qop = false, .nonce = same})), StartsWith("SIP/2.0 200 "));
  EXPECT_THAT(
      last(attempt(
          {.phone = 9, .more = {"Contact: <sip:101@127.0.0.9>"}, .call_id = "thief", .has_qop = false, .nonce = same})),
      HasSubstr("stale=true"));
  EXPECT_EQ(network.stored["101"].size(), 1u);
}

TEST_F(SipRegistration, ACountThatWasUsedIsNoneForSomethingNew) {
  const auto same = nonce();
  attempt({.nonce = same});
  EXPECT_THAT(last(attempt({.cseq = 3, .nonce = same})), HasSubstr("stale=true"));
  EXPECT_THAT(last(attempt({.cseq = 4, .count = 2, .nonce = same})), StartsWith("SIP/2.0 200 "));
}

TEST_F(SipRegistration, EndsWithItsConnectionAndWithItsUser) {
  attempt({});
  auto by_tcp = phone_hop(3);
  by_tcp.transport = sip::Transport::tcp;
  by_tcp.connection = 7;
  Binding other;
  other.contact = "sip:102@127.0.0.3";
  other.hop = by_tcp;
  other.expires_at = network.exchange.wall_time(network.now) + 60s;
  network.exchange.restore("102", {other}, network.now);
  EXPECT_EQ(network.exchange.location().size(), 2u);
  network.exchange.on_transport_fault(by_tcp, network.now);
  EXPECT_EQ(network.exchange.location().size(), 1u);
  EXPECT_THAT(network.stored.at("102"), IsEmpty());
  auto config = config_of_registrations();
  config.users[0].password = "another";
  network.exchange.set_config(config);
  EXPECT_EQ(network.exchange.location().size(), 0u);
  network.exchange.restore("999", {other}, network.now);
  EXPECT_EQ(network.exchange.location().size(), 0u);
}

TEST_F(SipRegistration, ItsAnswersSayWhereTheRequestCameFrom) {
  network.arrive(text_of({.method = "REGISTER",
                          .uri = "sip:labnet",
                          .from = "<sip:101@labnet>;tag=r",
                          .to = "<sip:101@labnet>",
                          .call_id = "nat"}),
                 {.transport = sip::Transport::udp, .address = Ipv4Address{0x7f000063}, .port = 40000});
  EXPECT_THAT(network.take_sent().at(0).text, HasSubstr(";rport=40000;received=127.0.0.99\r\n"));
}

TEST_F(SipRegistration, TellsAllBindingsAndTakesThemAwayOneByOneOrAllAtOnce) {
  attempt({});
  const auto both =
      last(attempt({.phone = 3, .more = {"Contact: <sip:101@127.0.0.3>;expires=120;q=0.5"}, .call_id = "r3"}));
  EXPECT_THAT(both, HasSubstr("Contact: <sip:101@127.0.0.2:5060;ob>;expires=3600\r\n"));
  EXPECT_THAT(both, HasSubstr("Contact: <sip:101@127.0.0.3>;expires=120;q=0.500\r\n"));
  const auto one =
      last(attempt({.phone = 3, .more = {"Contact: <sip:101@127.0.0.3>;expires=0"}, .cseq = 3, .call_id = "r3"}));
  EXPECT_EQ(one.find("127.0.0.3>"), std::string::npos);
  EXPECT_THAT(last(attempt({.more = {"Contact: *"}, .cseq = 4})), StartsWith("SIP/2.0 400 "));
  const auto none = last(attempt({.more = {"Contact: *", "Expires: 0"}, .cseq = 5}));
  EXPECT_THAT(none, StartsWith("SIP/2.0 200 "));
  EXPECT_EQ(header_of(none, "Contact"), "");
  EXPECT_EQ(network.exchange.location().size(), 0u);
}

TEST_F(SipRegistration, WithoutAContactAsksOnly) {
  attempt({});
  const auto answer = last(attempt({.more = {}, .cseq = 3}));
  EXPECT_EQ(header_of(answer, "Contact"), "<sip:101@127.0.0.2:5060;ob>;expires=3600");
}

TEST_F(SipRegistration, TooBriefIs423AndTooLongIsCut) {
  const auto brief = last(attempt({.more = {"Contact: <sip:101@127.0.0.2>;expires=59"}}));
  EXPECT_THAT(brief, StartsWith("SIP/2.0 423 "));
  EXPECT_EQ(header_of(brief, "Min-Expires"), "60");
  EXPECT_THAT(last(attempt({.more = {"Contact: <sip:101@127.0.0.2>", "Expires: 4294967295"}})),
              HasSubstr(";expires=7200"));
}

TEST_F(SipRegistration, EndsWhenItExpires) {
  attempt({.more = {"Contact: <sip:101@127.0.0.2>;expires=60"}});
  network.pass(59s);
  EXPECT_THAT(network.exchange.location().bindings_of("101", network.exchange.wall_time(network.now)), SizeIs(1));
  network.pass(7s);
  EXPECT_EQ(network.exchange.location().size(), 0u);
  EXPECT_THAT(network.stored["101"], IsEmpty());
}

TEST_F(SipRegistration, APhoneThatHasMovedIsKnownByItsInstance) {
  const std::string instance = ";+sip.instance=\"<urn:uuid:1>\"";
  attempt({.more = {"Contact: <sip:101@127.0.0.2>" + instance}});
  attempt({.phone = 3, .more = {"Contact: <sip:101@127.0.0.3>" + instance}, .cseq = 1, .call_id = "another"});
  ASSERT_THAT(network.stored["101"], SizeIs(1));
  EXPECT_EQ(network.stored["101"][0].contact, "sip:101@127.0.0.3");
}

TEST_F(SipRegistration, AnOlderRequestOfTheSamePhoneIsRefused) {
  attempt({.cseq = 5});
  EXPECT_THAT(last(attempt({.more = {"Contact: <sip:101@127.0.0.2:5060;ob>;expires=0"}, .cseq = 4})),
              StartsWith("SIP/2.0 500 "));
  EXPECT_EQ(network.exchange.location().size(), 1u);
}

TEST_F(SipRegistration, TheOldestBindingGoesWhenThereAreTooMany) {
  for (int i = 2; i <= 12; ++i) {
    attempt({.phone = i, .more = {fmt::format("Contact: <sip:101@127.0.0.{}>", i)}, .call_id = fmt::format("r{}", i)});
  }
  ASSERT_THAT(network.stored["101"], SizeIs(10));
  EXPECT_EQ(network.stored["101"].front().contact, "sip:101@127.0.0.3");
}

TEST_F(SipRegistration, HasLimitsForWhatAContactMayBe) {
  EXPECT_THAT(last(attempt({.more = {"Contact: <sip:" + std::string(1019, 'a') + "@b>"}})), StartsWith("SIP/2.0 400 "));
  EXPECT_THAT(last(attempt({.more = {"Contact: <sip:" + std::string(1018, 'a') + "@b>"}})), StartsWith("SIP/2.0 200 "));
  std::string contacts = "Contact: <sip:a0@b>";
  for (int i = 1; i < 16; ++i) contacts += fmt::format(", <sip:a{}@b>", i);
  EXPECT_THAT(last(attempt({.more = {contacts}, .call_id = "x"})), StartsWith("SIP/2.0 200 "));
  EXPECT_THAT(last(attempt({.more = {contacts + ", <sip:a16@b>"}, .call_id = "y"})), StartsWith("SIP/2.0 400 "));
  EXPECT_THAT(last(attempt({.more = {"Contact: <mailto:a@b>"}, .call_id = "z"})), StartsWith("SIP/2.0 400 "));
}

TEST_F(SipRegistration, ACopyThatComesWhileTheFirstIsStoredGetsTheSameAnswerAndNotBefore) {
  network.is_disk_slow = true;
  const auto first = nonce();
  const Attempt what{.nonce = first};
  EXPECT_THAT(attempt(what), IsEmpty());
  --branches;  // the same transaction
  EXPECT_THAT(attempt(what), IsEmpty());
  EXPECT_THAT(network.unstored, SizeIs(1));
  network.store_all();
  const auto answers = network.take_sent();
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_THAT(answers[0].text, StartsWith("OPTIONS "));
  EXPECT_THAT(answers[1].text, StartsWith("SIP/2.0 200 "));
  --branches;
  EXPECT_EQ(last(attempt(what)), answers[1].text) << "one that comes later";
}

TEST_F(SipRegistration, ItsPhoneIsAskedAgainAndAgainWhileItLasts) {
  const auto first = attempt({.more = {"Contact: <sip:101@127.0.0.2>;expires=130"}});
  network.arrive(answer_to(first.at(0).text, {}), phone_hop(2));
  const auto asked = [&](sip::Duration time) {
    network.pass(time);
    std::size_t count = 0;
    std::string last_one;  // which is sent again while nobody answers
    for (const auto& sent : network.take_sent()) {
      if (!sent.text.starts_with("OPTIONS ") || sent.text == last_one) continue;
      last_one = sent.text;
      ++count;
      network.arrive(answer_to(sent.text, {}), phone_hop(2));
    }
    return count;
  };
  EXPECT_EQ(asked(66s), 1u);
  EXPECT_EQ(asked(60s), 1u);
  EXPECT_NE(network.exchange.reachability("sip:101@127.0.0.2"), nullptr);
  EXPECT_EQ(asked(120s), 0u) << "it has expired";
  EXPECT_EQ(network.exchange.reachability("sip:101@127.0.0.2"), nullptr);
}

}  // namespace
}  // namespace labnet::sip_server
