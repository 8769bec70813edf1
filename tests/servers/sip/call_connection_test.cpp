// Calls of phones that have registered by TCP or TLS: their connections end, and they come back on others.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/servers/sip/call_fixture.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// 101 has a phone on connection 11, 102 one on connection 12.
class SipConnection : public testing::Test {
 protected:
  SipConnection() {
    register_phone(network, "101", "secret", 2, caller_hop);
    register_phone(network, "102", "geheim", 3, callee_hop);
  }
  PhoneRequest request(const std::string& method, int cseq, const std::string& body = {}) const {
    return {.method = method,
            .uri = "sip:102@labnet",
            .phone = 2,
            .from = "<sip:101@labnet>;tag=a",
            .to = dialog_to,
            .call_id = "call",
            .cseq = cseq,
            .more = {"Contact: <sip:101@127.0.0.2:5060;transport=tcp>"},
            .body = body};
  }
  void ring() {
    network.arrive(text_of(request("INVITE", 1, description(2))), caller_hop);
    to_callee = network.sent.at(1).text;
    callee_says(180);
    network.take_sent();
  }
  void callee_says(int status, const std::string& body = {}) {
    network.arrive(
        answer_to(to_callee,
                  {.status = status, .to_tag = "b", .contact = "<sip:102@127.0.0.3:5060;transport=tcp>", .body = body}),
        callee_hop);
  }
  void establish() {
    ring();
    callee_says(200, description(3));
    for (const auto& sent : network.take_sent()) {
      if (sent.text.starts_with("SIP/2.0 200")) dialog_to = header_of(sent.text, "To");
    }
    network.arrive(text_of(request("ACK", 1)), caller_hop);
  }

  const sip::Hop caller_hop = connection_hop(2, 11), callee_hop = connection_hop(3, 12);
  PlayedNetwork network{config_of_calls()};
  std::string to_callee;
  std::string dialog_to = "<sip:102@labnet>";
};

TEST_F(SipConnection, OfTheCallerThatEndsWhileItRingsEndsTheCall) {
  ring();
  network.break_connection(caller_hop);
  EXPECT_THAT(network.lines(), ElementsAre("CANCEL sip:102@127.0.0.3:5060 SIP/2.0"));
  ASSERT_THAT(network.records, SizeIs(1));
  EXPECT_EQ(network.records[0].cause, "the connection of 101 has ended before an answer");
  EXPECT_EQ(network.records[0].status, 487);
  callee_says(487);
  network.pass(33s);
  EXPECT_EQ(network.exchange.calls(), 0u);
  EXPECT_EQ(network.media.open_bridges, 0);
}

TEST_F(SipConnection, OfTheCalleeThatEndsWhileItRingsEndsTheCall) {
  ring();
  network.break_connection(callee_hop);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 500 Server Internal Error"));
  EXPECT_EQ(network.records.at(0).cause, "102 cannot be reached");
}

TEST_F(SipConnection, ThatEndsDuringACallDoesNotEndIt) {
  establish();
  network.break_connection(callee_hop);
  network.break_connection(caller_hop);
  EXPECT_EQ(network.exchange.calls(), 1u);
  EXPECT_THAT(network.records, IsEmpty());
}

TEST_F(SipConnection, APhoneThatHasRegisteredOnAnotherOneGetsItsByeThere) {
  establish();
  network.break_connection(callee_hop);
  const auto again = connection_hop(3, 13);
  register_phone(network, "102", "geheim", 3, again);
  network.arrive(text_of(request("BYE", 2)), caller_hop);
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].first_line(), "BYE sip:102@127.0.0.3:5060;transport=tcp SIP/2.0");
  EXPECT_EQ(sent[1].to, again);
}

TEST_F(SipConnection, ARequestWithinTheCallGoesThereToo) {
  establish();
  network.break_connection(callee_hop);
  const auto again = connection_hop(3, 13);
  register_phone(network, "102", "geheim", 3, again);
  network.arrive(text_of(request("INVITE", 2, description(2, "sendonly", "8 0", 2))), caller_hop);
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_THAT(sent[1].first_line(), StartsWith("INVITE sip:102@"));
  EXPECT_EQ(sent[1].to, again);
  EXPECT_EQ(network.kept.begin()->second.sides[1].hop, again);
}

TEST_F(SipConnection, APhoneThatComesBackLaterGetsItsByeThen) {
  establish();
  network.break_connection(callee_hop);
  network.arrive(text_of(request("BYE", 2)), caller_hop);
  EXPECT_THAT(network.lines(), ElementsAre("SIP/2.0 200 OK"));
  EXPECT_EQ(network.exchange.farewells(), 1u);
  EXPECT_EQ(network.exchange.calls(), 0u);
  const auto again = connection_hop(3, 13);
  register_phone(network, "102", "geheim", 3, again);
  network.pass(0s);
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].first_line(), StartsWith("BYE sip:102@"));
  network.arrive(answer_to(sent[0].text, {.to_tag = ""}), again);
  EXPECT_EQ(network.exchange.farewells(), 0u);
}

TEST_F(SipConnection, IsMadeAnewToTheAddressThatThePhoneHadIfItsContactAllowsThat) {
  establish();
  network.break_connection(callee_hop);
  network.new_connection = 14;
  network.arrive(text_of(request("BYE", 2)), caller_hop);
  const auto sent = network.take_sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_THAT(sent[1].first_line(), StartsWith("BYE sip:102@"));
  EXPECT_EQ(sent[1].to, connection_hop(3, 14));
}

TEST_F(SipConnection, IsNotMadeToAThirdOne) {
  establish();
  auto update = request("UPDATE", 2);
  update.more = {"Contact: <sip:101@127.0.0.77:25;transport=tcp>"};
  network.arrive(text_of(update), caller_hop);
  network.break_connection(caller_hop);
  network.take_sent();
  network.new_connection = 14;
  network.exchange.hang_up(network.now);
  EXPECT_THAT(network.lines(), Not(Contains(StartsWith("BYE sip:101@"))));
}

TEST(SipLocation, FindsAPhoneAgainByInstanceThenByContactThenAsTheOnlyOne) {
  Location location;
  const auto now = WallTime{1000s};
  const auto binding = [&](const std::string& contact, const std::string& instance) {
    Binding one;
    one.contact = contact;
    one.instance = instance;
    one.expires_at = now + 60s;
    return one;
  };
  location.replace("102", {binding("sip:a", "one"), binding("sip:b", "two"), binding("sip:c", "")});
  const auto found = [&](const PhoneName& phone, const std::string& contact) {
    const auto* const one = location.find(phone, contact, now);
    return one == nullptr ? "" : one->contact;
  };
  EXPECT_EQ(found({"102", "one"}, "sip:b"), "sip:a");
  EXPECT_EQ(found({"102", "three"}, "sip:b"), "sip:b");
  EXPECT_EQ(found({"102", ""}, "sip:c"), "sip:c");
  EXPECT_EQ(found({"102", ""}, "sip:d"), "");
  EXPECT_EQ(found({"103", "one"}, "sip:a"), "");
  location.replace("102", {binding("sip:a", "one")});
  EXPECT_EQ(found({"102", ""}, "sip:d"), "sip:a");
}

TEST(SipLocation, LosesWhatHasExpiredAndWhatWasOnAConnectionAndNothingElse) {
  Location location;
  const auto now = WallTime{1000s};
  const auto binding = [&](const std::string& contact, const sip::Hop& hop, std::chrono::seconds lifetime) {
    Binding one;
    one.contact = contact;
    one.hop = hop;
    one.expires_at = now + lifetime;
    return one;
  };
  location.replace("101", {binding("sip:a", connection_hop(2, 5), 60s), binding("sip:b", phone_hop(2), 30s)});
  location.replace("102", {binding("sip:c", connection_hop(2, 5), 20s)});
  location.replace("103", {binding("sip:d", connection_hop(2, 6), 90s)});
  EXPECT_EQ(location.size(), 4u);
  EXPECT_THAT(location.expire(now + 10s), IsEmpty());
  EXPECT_THAT(location.expire(now + 30s), ElementsAre("102", "101"));
  EXPECT_EQ(location.size(), 2u);
  EXPECT_THAT(location.remove_all_at(connection_hop(2, 5)), ElementsAre("101"));
  EXPECT_THAT(location.all_of("101"), IsEmpty());
  EXPECT_THAT(location.remove_all_at(connection_hop(2, 5)), IsEmpty());
  EXPECT_TRUE(location.is_registered_at("103", connection_hop(2, 6), now));
  EXPECT_FALSE(location.is_registered_at("103", connection_hop(2, 5), now));
  EXPECT_FALSE(location.is_registered_at("103", connection_hop(2, 6), now + 90s));
}

}  // namespace
}  // namespace labnet::sip_server
