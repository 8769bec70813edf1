// Calls that were under way when the exchange was killed: what is kept of them, and how both sides are told.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/text.hpp"
#include "servers/sip/limits.hpp"
#include "tests/servers/sip/call_fixture.hpp"
#include "tests/servers/sip/service_phone.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(SipCall, IsKeptFromTheAnswerToTheEnd) {
  from_caller(invite());
  to_callee = network.sent.at(1).text;
  callee_answers(callee_says(180));
  EXPECT_THAT(network.kept, IsEmpty());
  callee_answers(callee_says(200, description(3)));
  ASSERT_THAT(network.kept, SizeIs(1));
  const auto call = network.kept.begin()->second;
  EXPECT_EQ(call.call_id, "call");
  EXPECT_EQ(call.caller, "101");
  EXPECT_EQ(call.callee, "102");
  EXPECT_EQ(call.began, network.exchange.wall_time(network.now));
  ASSERT_THAT(call.sides, SizeIs(2));
  EXPECT_EQ(call.sides[0].dialog.call_id, "call");
  EXPECT_EQ(call.sides[0].dialog.remote, "\"Ann\" <sip:101@labnet>;tag=a");
  EXPECT_EQ(call.sides[0].dialog.remote_target, "sip:101@127.0.0.2:5060;ob");
  EXPECT_EQ(call.sides[0].hop, phone_hop(2));
  EXPECT_EQ(call.sides[0].phone.user, "101");
  EXPECT_EQ(call.sides[1].dialog.local, header_of(to_callee, "From"));
  EXPECT_EQ(call.sides[1].dialog.remote, "<sip:102@labnet>;tag=b");
  EXPECT_EQ(call.sides[1].dialog.local_cseq, 1u);
  EXPECT_EQ(call.sides[1].hop, phone_hop(3));
  EXPECT_EQ(call.sides[1].phone.user, "102");
  for (const auto& sent : network.take_sent()) {
    if (sent.text.starts_with("SIP/2.0 200")) caller_dialog_to = header_of(sent.text, "To");
  }
  from_caller(within("BYE", 2));
  EXPECT_THAT(network.kept, IsEmpty());
}

TEST_F(SipCall, IsKeptAnewWhenASideHasMoved) {
  establish();
  auto update = within("UPDATE", 2);
  update.more = {"Contact: <sip:101@127.0.0.2:6060>"};
  from_caller(update);
  EXPECT_EQ(network.kept.begin()->second.sides[0].dialog.remote_target, "sip:101@127.0.0.2:6060");
  network.kept.clear();
  from_caller(within("OPTIONS", 3));
  EXPECT_THAT(network.kept, IsEmpty()) << "nothing has changed";
}

TEST_F(SipCall, WithAnExtensionKeepsOneSide) {
  from_caller(invite("600"));
  ASSERT_THAT(network.kept, SizeIs(1));
  EXPECT_THAT(network.kept.begin()->second.sides, SizeIs(1));
}

class SipKilledCall : public SipCall {
 protected:
  SipKilledCall() { establish(); }

  KeptCall kept() const { return network.kept.begin()->second; }
  static std::string answer(const PlayedNetwork::Sent& bye, int status = 200) {
    return answer_to(bye.text, {.status = status, .to_tag = ""});
  }

  PlayedNetwork next_run{config_of_calls()};
};

TEST_F(SipKilledCall, EndsOnBothSidesAfterTheStart) {
  next_run.exchange.restore(kept(), next_run.now);
  next_run.pass(0s);
  const auto byes = next_run.take_sent();
  ASSERT_THAT(byes, SizeIs(2));
  EXPECT_EQ(byes[0].first_line(), "BYE sip:101@127.0.0.2:5060;ob SIP/2.0");
  EXPECT_EQ(byes[0].to, phone_hop(2));
  EXPECT_EQ(header_of(byes[0].text, "Call-ID"), "call");
  EXPECT_EQ(header_of(byes[0].text, "From"), caller_dialog_to);
  EXPECT_EQ(header_of(byes[0].text, "To"), "\"Ann\" <sip:101@labnet>;tag=a");
  EXPECT_EQ(byes[1].first_line(), "BYE sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_EQ(header_of(byes[1].text, "Call-ID"), header_of(to_callee, "Call-ID"));
  EXPECT_EQ(header_of(byes[1].text, "From"), header_of(to_callee, "From"));
  EXPECT_EQ(header_of(byes[1].text, "To"), "<sip:102@labnet>;tag=b");
  EXPECT_EQ(header_of(byes[1].text, "CSeq"), "1000002 BYE");
  next_run.arrive(answer(byes[0]), byes[0].to);
  EXPECT_THAT(next_run.records, IsEmpty());
  next_run.arrive(answer(byes[1], 481), byes[1].to);
  ASSERT_THAT(next_run.records, SizeIs(1));
  EXPECT_EQ(next_run.records[0].cause, "the exchange was killed during the call: 101 has been told, 102 has been told");
  EXPECT_EQ(next_run.records[0].number, kept().number);
  EXPECT_EQ(next_run.records[0].caller, "101");
  EXPECT_EQ(next_run.exchange.farewells(), 0u);
}

TEST_F(SipKilledCall, EndsWithoutAnAnswerToo) {
  next_run.exchange.restore(kept(), next_run.now);
  next_run.pass(33s);
  ASSERT_THAT(next_run.records, SizeIs(1));
  EXPECT_THAT(next_run.records[0].cause, HasSubstr("101 has not answered the BYE, 102 has not answered the BYE"));
  EXPECT_EQ(next_run.exchange.farewells(), 0u);
}

TEST_F(SipKilledCall, GoesTheWayOfItsRoutes) {
  auto call = kept();
  call.sides[0].dialog.routes = {"<sip:p1.lab;lr>", "<sip:p2.lab;lr>"};
  next_run.exchange.restore(call, next_run.now);
  next_run.pass(0s);
  EXPECT_THAT(next_run.sent.at(0).text, HasSubstr("Route: <sip:p1.lab;lr>\r\nRoute: <sip:p2.lab;lr>\r\n"));
}

TEST_F(SipKilledCall, IsNotToldAfterADay) {
  auto call = kept();
  call.began = next_run.exchange.wall_time(next_run.now) - kept_call_age_max;
  next_run.exchange.restore(call, next_run.now);
  EXPECT_EQ(next_run.exchange.farewells(), 2u);
  call.began -= 1s;
  next_run.exchange.restore(call, next_run.now);
  EXPECT_EQ(next_run.exchange.farewells(), 2u);
  ASSERT_THAT(next_run.records, SizeIs(1));
  EXPECT_THAT(next_run.records[0].cause, HasSubstr("101 is not told, as that is long ago"));
}

TEST_F(SipKilledCall, IsToldAFewAtATime) {
  constexpr auto calls = farewells_at_a_time_max;  // with twice as many sides
  for (std::size_t i = 0; i < calls; ++i) {
    auto call = kept();
    call.number = 100 + i;
    next_run.exchange.restore(call, next_run.now);
  }
  next_run.pass(0s);
  auto byes = next_run.take_sent();
  EXPECT_THAT(byes, SizeIs(farewells_at_a_time_max));
  next_run.arrive(answer(byes[0]), byes[0].to);
  next_run.arrive(answer(byes[1]), byes[1].to);
  next_run.pass(0s);
  EXPECT_THAT(next_run.take_sent(), SizeIs(2));
  next_run.pass(70s);  // the others are not there
  EXPECT_EQ(next_run.exchange.farewells(), 0u);
  EXPECT_THAT(next_run.records, SizeIs(calls));
}

TEST_F(SipKilledCall, AreNoMoreThanCanBeHeld) {
  auto call = kept();
  for (std::size_t i = 0; i <= farewells_max / 2; ++i) {
    call.number = 100 + i;
    next_run.exchange.restore(call, next_run.now);
  }
  EXPECT_EQ(next_run.exchange.farewells(), farewells_max);
  ASSERT_THAT(next_run.records, SizeIs(1));
  EXPECT_THAT(next_run.records[0].cause, HasSubstr("there are too many"));
}

TEST_F(SipKilledCall, APhoneByTcpIsToldWhenItHasRegisteredAgain) {
  auto call = kept();
  call.sides[1].hop = connection_hop(3, 7);
  next_run.exchange.restore(call, next_run.now);
  next_run.pass(1s);
  EXPECT_THAT(next_run.lines(), Not(Contains(StartsWith("BYE sip:102@"))));
  register_phone(next_run, "102", "geheim", 3, connection_hop(3, 1001));
  next_run.pass(0s);
  const auto byes = next_run.take_sent();
  ASSERT_THAT(byes, SizeIs(1));
  EXPECT_EQ(byes[0].first_line(), "BYE sip:102@127.0.0.3:5060 SIP/2.0");
  EXPECT_EQ(byes[0].to, connection_hop(3, 1001));
}

TEST_F(SipKilledCall, APhoneByTcpThatDoesNotComeBackIsGivenUp) {
  auto call = kept();
  call.sides[1].hop = connection_hop(3, 7);
  next_run.exchange.restore(call, next_run.now);
  next_run.pass(farewell_patience - 1s);
  EXPECT_EQ(next_run.exchange.farewells(), 1u);
  next_run.pass(2s);
  EXPECT_EQ(next_run.exchange.farewells(), 0u);
  ASSERT_THAT(next_run.records, SizeIs(1));
  EXPECT_THAT(next_run.records[0].cause, HasSubstr("102 has not registered again"));
}

TEST_F(SipKilledCall, ItsNumberIsNotGivenAgain) {
  auto call = kept();
  call.number = 41;
  next_run.exchange.restore(call, next_run.now);
  register_phone(next_run, "101", "secret", 2);
  next_run.arrive(text_of(invite("600")), phone_hop(2));
  EXPECT_THAT(next_run.kept, ElementsAre(testing::Key(42u)));
}

// As a user sees it: a process that is killed

/// The file that the exchange writes to, read by somebody else.
class StoredExchange {
 public:
  explicit StoredExchange(const std::string& file) : file_{file} {}
  std::int64_t number(const std::string& sql) const {
    const auto outcome = test::run({test::debian_python, "-c",
                                    "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
                                    ".fetchone()[0])",
                                    file_, sql});
    return parse_integer<std::int64_t>(trim(outcome.output.substr(0, outcome.output.find('\n')))).value_or(-1);
  }

 private:
  std::string file_;
};

class SipKill : public testing::Test {
 protected:
  void establish() {
    register_by(phone1, server.port("udp"), "101", "secret");
    register_by(phone2, server.port("udp"), "102", "geheim");
    phone1.send(text_of({.method = "INVITE",
                         .uri = "sip:102@labnet",
                         .from = "<sip:101@labnet>;tag=a",
                         .to = "<sip:102@labnet>",
                         .call_id = "killed",
                         .more = {fmt::format("Contact: <sip:101@127.0.0.1:{}>", phone1.port())},
                         .body = description(1)}),
                server.port("udp"));
    EXPECT_THAT(phone1.receive(), StartsWith("SIP/2.0 100 "));
    to_phone2 = phone2.receive();
    phone2.send(answer_to(to_phone2, {.status = 200,
                                      .to_tag = "b",
                                      .contact = fmt::format("<sip:102@127.0.0.1:{}>", phone2.port()),
                                      .body = description(1)}),
                server.port("udp"));
    EXPECT_THAT(phone2.receive(), StartsWith("ACK "));
    to_phone1 = phone1.receive();
    ASSERT_THAT(to_phone1, StartsWith("SIP/2.0 200 "));
    phone1.send(text_of({.method = "ACK",
                         .uri = "sip:127.0.0.1",
                         .from = "<sip:101@labnet>;tag=a",
                         .to = header_of(to_phone1, "To"),
                         .call_id = "killed"}),
                server.port("udp"));
  }
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/exchange.sqlite";
  test::RunningService server{
      "sip", {"--user", "101:secret", "--user", "102:geheim", "--listen", "udp://127.0.0.1:0", "--store", file}};
  const DatagramClient phone1{"127.0.0.1"}, phone2{"127.0.0.1"};
  std::string to_phone1, to_phone2;  // the answer to the INVITE, and the INVITE
};

TEST_F(SipKill, InACallIsToldToBothSides) {
  establish();
  const StoredExchange stored{file};
  ASSERT_TRUE(test::eventually([&] { return stored.number("SELECT COUNT(*) FROM side_under_way") == 2; }));
  server.kill_and_restart();
  const auto bye1 = phone1.receive();
  EXPECT_THAT(bye1, StartsWith(fmt::format("BYE sip:101@127.0.0.1:{} SIP/2.0", phone1.port())));
  EXPECT_EQ(header_of(bye1, "Call-ID"), "killed");
  EXPECT_EQ(header_of(bye1, "From"), header_of(to_phone1, "To"));
  EXPECT_EQ(header_of(bye1, "To"), "<sip:101@labnet>;tag=a");
  const auto bye2 = phone2.receive();
  EXPECT_THAT(bye2, StartsWith(fmt::format("BYE sip:102@127.0.0.1:{} SIP/2.0", phone2.port())));
  EXPECT_EQ(header_of(bye2, "Call-ID"), header_of(to_phone2, "Call-ID"));
  EXPECT_EQ(header_of(bye2, "From"), header_of(to_phone2, "From"));
  phone1.send(answer_to(bye1, {.to_tag = ""}), server.port("udp"));
  phone2.send(answer_to(bye2, {.to_tag = ""}), server.port("udp"));
  EXPECT_THAT(server.wait_for_log("call ended"),
              HasSubstr("the exchange was killed during the call: 101 has been told, 102 has been told"));
  EXPECT_TRUE(test::eventually([&] { return stored.number("SELECT COUNT(*) FROM side_under_way") == 0; }));
  EXPECT_EQ(stored.number("SELECT COUNT(*) FROM call"), 1);
  // A second kill has nothing to tell.
  server.kill_and_restart();
  phone1.send(text_of({.method = "OPTIONS",
                       .uri = "sip:labnet",
                       .from = "<sip:101@labnet>;tag=o",
                       .to = "<sip:labnet>",
                       .call_id = "o"}),
              server.port("udp"));
  EXPECT_THAT(phone1.receive(), AllOf(StartsWith("SIP/2.0 200 "), HasSubstr("Call-ID: o\r\n")));
}

TEST_F(SipKill, OfACallThatHasEndedInTimeTellsNothing) {
  establish();
  const StoredExchange stored{file};
  ASSERT_TRUE(test::eventually([&] { return stored.number("SELECT COUNT(*) FROM side_under_way") == 2; }));
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_EQ(stored.number("SELECT COUNT(*) FROM side_under_way"), 0);
  EXPECT_EQ(stored.number("SELECT COUNT(*) FROM call"), 1);
}

}  // namespace
}  // namespace labnet::sip_server
