// What somebody may do who is not known, or who says to be somebody else: how much he is answered, and whom he can
// harm.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "servers/sip/limits.hpp"
#include "tests/servers/sip/call_fixture.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

ExchangeConfig config_for_strangers() {
  auto config = config_of_calls();
  config.exempts_loopback = false;
  config.extensions["beep"] = {.status = 200, .announcement = Announcement::tone};
  config.extensions["engaged"] = {.status = 486};
  config.open_extensions = {"service", "beep", "engaged"};
  return config;
}

class SipStranger : public testing::Test {
 protected:
  std::string call_text(const std::string& callee, int number, int phone = 9) const {
    return text_of({.method = "INVITE",
                    .uri = "sip:" + callee + "@labnet",
                    .phone = phone,
                    .from = "<sip:s@x>;tag=a",
                    .to = "<sip:" + callee + "@labnet>",
                    .call_id = fmt::format("s{}-{}", phone, number),
                    .more = {fmt::format("Contact: <sip:s@127.0.0.{}>", phone)},
                    .body = description(phone)});
  }
  /// Returns the final answer.
  std::string call(const std::string& callee, int number, int phone = 9) {
    network.arrive(call_text(callee, number, phone), phone_hop(phone));
    return network.take_sent().back().text;
  }
  void acknowledge(const std::string& answer, int number, int phone = 9) {
    network.arrive(text_of({.method = "ACK",
                            .uri = "sip:127.0.0.1",
                            .phone = phone,
                            .from = "<sip:s@x>;tag=a",
                            .to = header_of(answer, "To"),
                            .call_id = fmt::format("s{}-{}", phone, number)}),
                   phone_hop(phone));
  }
  std::size_t bytes_sent() {
    std::size_t bytes = 0;
    for (const auto& sent : network.take_sent()) bytes += sent.text.size();
    return bytes;
  }

  PlayedNetwork network{config_for_strangers()};
};

TEST_F(SipStranger, WhoDoesNotAcknowledgeGetsThreeAnswersAndOneBye) {
  const auto text = call_text("service", 1);
  network.arrive(text, phone_hop(9));
  network.pass(70s);
  const auto sent = network.take_sent();
  std::vector<std::string> lines;
  for (const auto& one : sent) lines.push_back(one.first_line());
  EXPECT_THAT(lines, ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK",
                                 "BYE sip:s@127.0.0.9 SIP/2.0"));
  const auto bytes = std::accumulate(sent.begin(), sent.end(), std::size_t{0},
                                     [](std::size_t sum, const auto& one) { return sum + one.text.size(); });
  EXPECT_LT(bytes, 5 * text.size());
  EXPECT_EQ(network.exchange.calls(), 0u);
  EXPECT_THAT(network.records.at(0).cause, HasSubstr("no ACK from s"));
}

TEST_F(SipStranger, HearsNothingBeforeHeHasAcknowledged) {
  const auto answer = call("beep", 1);
  EXPECT_THAT(answer, StartsWith("SIP/2.0 200 "));
  EXPECT_EQ(network.media.played, Announcement::none);
  EXPECT_FALSE(network.media.agreements[0].remote) << "no report either";
  EXPECT_EQ(network.media.open_ports, 1) << "an extension has no second side";
  acknowledge(answer, 1);
  EXPECT_EQ(network.media.played, Announcement::tone);
  EXPECT_EQ(network.media.agreements[0].remote->address, "127.0.0.9");
}

TEST_F(SipStranger, GetsARefusalOnce) {
  network.arrive(call_text("engaged", 1), phone_hop(9));
  network.pass(70s);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 100 Trying", "SIP/2.0 486 Busy Here"));
}

TEST_F(SipStranger, ManyCallsThatNobodyAcknowledgesAreAnsweredByLessThanWasAsked) {
  for (std::size_t i = 0; i < WayBack::open_per_address_max; ++i) {
    EXPECT_THAT(call("service", static_cast<int>(i)), StartsWith("SIP/2.0 200 "));
  }
  const auto text = call_text("service", 100);
  network.arrive(text, phone_hop(9));
  auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].first_line(), StartsWith("SIP/2.0 503 "));
  EXPECT_LT(sent[0].text.size(), text.size());
  EXPECT_THAT(std::stoi(header_of(sent[0].text, "Retry-After")), AllOf(Ge(5), Le(14)));
  EXPECT_THAT(call("service", 1, 8), StartsWith("SIP/2.0 200 ")) << "of another address";
  network.pass(33s);
  network.take_sent();
  EXPECT_THAT(call("service", 101), StartsWith("SIP/2.0 200 ")) << "they have ended";
}

TEST_F(SipStranger, WhoHasAcknowledgedOnceIsAnsweredAsOthersAre) {
  acknowledge(call("service", 0), 0);
  for (int i = 1; i < 30; ++i) EXPECT_THAT(call("service", i), StartsWith("SIP/2.0 200 "));
  network.pass(31s);
  EXPECT_GT(network.take_sent().size(), 29u * 8) << "each answer goes again and again until its ACK comes";
}

TEST_F(SipStranger, OfAllAddressesTheyAreNotMoreThanTheirShare) {
  const auto per_address = static_cast<int>(WayBack::open_per_address_max);
  const auto all = static_cast<int>(WayBack::open_max);
  for (int i = 0; i < all; ++i) {
    EXPECT_THAT(call("service", i % per_address, 10 + i / per_address), StartsWith("SIP/2.0 200 "));
  }
  EXPECT_THAT(call("service", 0, 200), StartsWith("SIP/2.0 503 "));
  // Who is registered has shown his address with it, and calls on.
  register_phone(network, "101", "secret", 2);
  auto request = PhoneRequest{.method = "INVITE",
                              .uri = "sip:600@labnet",
                              .phone = 2,
                              .from = "<sip:101@labnet>;tag=a",
                              .to = "<sip:600@labnet>",
                              .call_id = "known",
                              .more = {"Contact: <sip:101@127.0.0.2>"},
                              .body = description(2)};
  network.arrive(text_of(request), phone_hop(2));
  EXPECT_THAT(network.lines().back(), StartsWith("SIP/2.0 200 "));
}

TEST(SipWayBack, ForgetsTheOneThatWasShownLongestAgo) {
  WayBack way_back;
  sip::TimePoint now{1h};
  const auto address = [](std::size_t number) { return Ipv4Address{static_cast<std::uint32_t>(number)}; };
  for (std::size_t i = 0; i < WayBack::shown_max; ++i) way_back.show(address(i), now += 1ms);
  EXPECT_TRUE(way_back.is_shown(address(0), now));
  way_back.show(address(WayBack::shown_max), now += 1ms);
  EXPECT_FALSE(way_back.is_shown(address(0), now));
  EXPECT_TRUE(way_back.is_shown(address(1), now));
  now += WayBack::shown_for / 2;
  way_back.show(address(1), now);
  EXPECT_FALSE(way_back.is_shown(address(2), now += WayBack::shown_for / 2));
  EXPECT_TRUE(way_back.is_shown(address(1), now));
}

// Passwords

class SipGuess : public SipStranger {
 protected:
  std::string nonce_for(int phone, const std::string& user = "101") {
    network.arrive(text_of(registration(phone, user)), phone_hop(phone));
    const auto text = network.take_sent().back().text;
    return sip::parse_challenge(header_of(text, "WWW-Authenticate")).value().nonce;
  }
  PhoneRequest registration(int phone, const std::string& user) {
    return {.method = "REGISTER",
            .uri = "sip:labnet",
            .phone = phone,
            .from = fmt::format("<sip:{}@labnet>;tag=r", user),
            .to = fmt::format("<sip:{}@labnet>", user),
            .call_id = fmt::format("g{}", ++attempts),
            .more = {fmt::format("Contact: <sip:{}@127.0.0.{}>", user, phone)}};
  }
  /// The answer to a REGISTER from there with that nonce.
  std::string attempt(int phone, const std::string& user, const std::string& password, const std::string& nonce) {
    auto request = registration(phone, user);
    digest::Credentials credentials{
        .user = user, .realm = "labnet", .nonce = nonce, .uri = "sip:labnet", .cnonce = "c"};
    credentials.nonce_count = ++count;
    credentials.response = digest::response_of(credentials, "REGISTER",
                                               digest::secret_of(digest::Algorithm::md5, user, "labnet", password));
    request.more.push_back("Authorization: " + digest::to_text(credentials));
    network.arrive(text_of(request), phone_hop(phone));
    return network.take_sent().back().text;
  }

  int attempts = 0;
  std::uint32_t count = 0;
};

TEST_F(SipGuess, IsNotHeardAnyMoreAfterTen) {
  const auto nonce = nonce_for(9);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(attempt(9, "101", "wrong", nonce), StartsWith("SIP/2.0 401 "));
  EXPECT_THAT(attempt(9, "101", "wrong", nonce), StartsWith("SIP/2.0 403 "));
  EXPECT_THAT(attempt(9, "101", "secret", nonce), StartsWith("SIP/2.0 403 ")) << "the right guess comes too late";
  network.pass(1s);
  EXPECT_THAT(attempt(9, "101", "wrong", nonce), StartsWith("SIP/2.0 401 "));
}

TEST_F(SipGuess, HarmsNeitherTheOwnerNorOthersAtTheSameAddress) {
  const auto nonce = nonce_for(9);
  for (int i = 0; i < 20; ++i) attempt(9, "101", "wrong", nonce);
  EXPECT_THAT(attempt(2, "101", "secret", nonce_for(2)), StartsWith("SIP/2.0 200 "));
  EXPECT_THAT(attempt(9, "102", "geheim", nonce), StartsWith("SIP/2.0 200 "));
}

TEST_F(SipGuess, WithTheOwnersAddressForgedDoesNotLockHimOut) {
  const auto own = nonce_for(9);  // a forger gets no other: those for the owner go to the owner
  for (int i = 0; i < 30; ++i) {
    EXPECT_THAT(attempt(2, "101", "wrong", own), AllOf(StartsWith("SIP/2.0 401 "), HasSubstr("stale=true")));
    attempt(2, "101", "wrong", "made up");
  }
  EXPECT_THAT(attempt(2, "101", "secret", nonce_for(2)), StartsWith("SIP/2.0 200 "));
}

TEST_F(SipGuess, WithANonceOfAnotherAddressIsNotEvenLookedAt) {
  const auto own = nonce_for(9);
  EXPECT_THAT(attempt(8, "101", "secret", own), AllOf(StartsWith("SIP/2.0 401 "), HasSubstr("stale=true")));
  EXPECT_THAT(attempt(8, "101", "wrong", own), AllOf(StartsWith("SIP/2.0 401 "), HasSubstr("stale=true")));
}

TEST_F(SipGuess, OfManyUsersIsCountedTogether) {
  auto config = config_for_strangers();
  for (int i = 0; i < 20; ++i) config.users.push_back({fmt::format("2{:02}", i), "x"});
  network.exchange.set_config(config);
  const auto nonce = nonce_for(9);
  int guesses = 0;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 10; ++j) {
      if (attempt(9, fmt::format("2{:02}", i), "wrong", nonce).starts_with("SIP/2.0 401 ")) ++guesses;
    }
  }
  EXPECT_EQ(guesses, 10 * wrong_passwords_users);
}

// Too much at a time

TEST(SipOverload, ANewCallWithoutRoomForItsTransactionIs503WithATimeAndNothingIsKept) {
  auto config = config_of_calls();
  config.transactions.server_transactions_max = 1;
  PlayedNetwork network{config};
  const auto call = [&](const std::string& id) {
    network.arrive(text_of({.method = "INVITE",
                            .uri = "sip:service@labnet",
                            .phone = 9,
                            .from = "<sip:s@x>;tag=a",
                            .to = "<sip:service@labnet>",
                            .call_id = id,
                            .more = {"Contact: <sip:s@127.0.0.9>"},
                            .body = description(9)}),
                   phone_hop(9));
    return network.take_sent();
  };
  EXPECT_THAT(call("one"), SizeIs(2));
  const auto sent = call("two");
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first_line(), "SIP/2.0 503 Service Unavailable");
  EXPECT_THAT(std::stoi(header_of(sent[0].text, "Retry-After")), AllOf(Ge(5), Le(14)));
  EXPECT_THAT(network.refusals, ElementsAre(HasSubstr("too many transactions")));
  EXPECT_EQ(network.exchange.calls(), 1u);
  EXPECT_EQ(network.media.open_bridges, 1);
}

TEST_F(SipCall, OfWhichThereAreTooManyIs503WithATime) {
  auto config = config_of_calls();
  config.calls_max = 0;
  PlayedNetwork full{config};
  register_phone(full, "101", "secret", 2);
  full.arrive(text_of(invite("600")), phone_hop(2));
  const auto sent = full.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].first_line(), StartsWith("SIP/2.0 503 "));
  EXPECT_NE(header_of(sent[0].text, "Retry-After"), "");
}

}  // namespace
}  // namespace labnet::sip_server
