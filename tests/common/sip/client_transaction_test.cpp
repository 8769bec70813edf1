// When a client sends a request again, and what it takes for news: RFC 3261, section 17.1, and RFC 6026.
#include "common/sip/client_transaction.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace labnet::sip {
namespace {

using namespace std::literals;
using Client = ClientTransaction;
using ClientState = ClientTransaction::State;

constexpr Timers client_timers;
constexpr TimePoint request_sent{};

/// Lets the time pass without any response, and says when the request was sent again, in ms; the last one is when it
/// ended.
std::vector<int> copies_until_the_end(Client& client, TimerOutcome expected_end) {
  std::vector<int> times;
  while (client.next() != never) {
    const auto now = client.next();
    const auto outcome = client.on_timer(now);
    times.push_back(static_cast<int>((now - request_sent) / 1ms));
    if (outcome == TimerOutcome::send_again) continue;
    EXPECT_EQ(outcome, expected_end);
    EXPECT_EQ(client.state(), ClientState::terminated);
  }
  return times;
}

Client invite(Delivery delivery = Delivery::unreliable) {
  return {Client::Kind::invite, delivery, client_timers, request_sent};
}
Client other(Delivery delivery = Delivery::unreliable) {
  return {Client::Kind::other, delivery, client_timers, request_sent};
}

constexpr Client::Outcome news{.is_news = true};
constexpr Client::Outcome nothing_new{};
constexpr Client::Outcome acknowledged_news{.is_news = true, .is_acknowledged = true};
constexpr Client::Outcome acknowledged_copy{.is_acknowledged = true};

TEST(SipClientTransaction, SendsAnInviteSevenTimesWithDoubledPausesAndGivesUpAfter64T1) {
  auto client = invite();
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::timed_out),
            (std::vector{500, 1500, 3500, 7500, 15500, 31500, 32000}));
}

TEST(SipClientTransaction, SendsOtherRequestsElevenTimesWithPausesOfT2AtMost) {
  auto client = other();
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::timed_out),
            (std::vector{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
}

TEST(SipClientTransaction, SendsNothingTwiceWhereTheTransportDelivers) {
  auto of_invite = invite(Delivery::reliable);
  EXPECT_EQ(copies_until_the_end(of_invite, TimerOutcome::timed_out), std::vector{32000});
  auto of_other = other(Delivery::reliable);
  EXPECT_EQ(copies_until_the_end(of_other, TimerOutcome::timed_out), std::vector{32000});
}

TEST(SipClientTransaction, LetsAnInviteRingForEver) {
  auto client = invite();
  EXPECT_EQ(client.on_response(100, request_sent + 10ms), news);
  EXPECT_EQ(client.on_response(180, request_sent + 20ms), news);
  EXPECT_EQ(client.state(), ClientState::proceeding);
  EXPECT_EQ(client.next(), never);
}

TEST(SipClientTransaction, LetsAnInviteRingNoLongerThanItIsTold) {
  auto client = invite();
  client.wait_until(request_sent + 1s);  // does not hold for one that nobody has heard yet
  EXPECT_EQ(client.on_response(180, request_sent + 20ms), news);
  EXPECT_EQ(client.next(), never);
  client.wait_until(request_sent + 60s);
  EXPECT_EQ(client.on_response(183, request_sent + 30ms), news);
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::timed_out), std::vector{60000});
}

TEST(SipClientTransaction, SendsOtherRequestsAgainEveryT2OnceTheyProceed) {
  auto client = other();
  EXPECT_EQ(client.on_response(100, request_sent + 10ms), news);
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::timed_out),
            (std::vector{4010, 8010, 12010, 16010, 20010, 24010, 28010, 32000}));
}

TEST(SipClientTransaction, AcknowledgesARefusalAndEachCopyOfItForTimerD) {
  auto client = invite();
  EXPECT_EQ(client.on_response(486, request_sent + 100ms), acknowledged_news);
  EXPECT_EQ(client.on_response(486, request_sent + 600ms), acknowledged_copy);
  EXPECT_EQ(client.on_response(180, request_sent + 700ms), nothing_new);
  EXPECT_EQ(client.on_response(200, request_sent + 800ms), nothing_new);
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::ended), std::vector{32100});
  EXPECT_EQ(client.on_response(486, request_sent + 33s), nothing_new);
}

TEST(SipClientTransaction, AcknowledgesARefusalByTcpAndEndsAtOnce) {
  auto client = invite(Delivery::reliable);
  EXPECT_EQ(client.on_response(486, request_sent + 100ms), acknowledged_news);
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::ended), std::vector{100});
}

TEST(SipClientTransaction, PassesEveryCopyOfA2xxForTimerMAsEachHasAnAckOfItsOwn) {
  for (const auto delivery : {Delivery::unreliable, Delivery::reliable}) {
    auto client = invite(delivery);
    EXPECT_EQ(client.on_response(180, request_sent + 50ms), news);
    EXPECT_EQ(client.on_response(200, request_sent + 100ms), news);
    EXPECT_EQ(client.on_response(200, request_sent + 600ms), news);
    EXPECT_EQ(client.on_response(486, request_sent + 700ms), nothing_new);
    EXPECT_EQ(client.on_response(183, request_sent + 800ms), nothing_new);
    EXPECT_EQ(copies_until_the_end(client, TimerOutcome::ended), std::vector{32100});
    EXPECT_EQ(client.on_response(200, request_sent + 33s), nothing_new);
  }
}

TEST(SipClientTransaction, AbsorbsCopiesOfTheAnswerToOtherRequestsForTimerK) {
  auto client = other();
  EXPECT_EQ(client.on_response(200, request_sent + 100ms), news);
  EXPECT_EQ(client.on_response(200, request_sent + 600ms), nothing_new);
  EXPECT_EQ(client.on_response(100, request_sent + 600ms), nothing_new);
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::ended), std::vector{5100});

  auto by_tcp = other(Delivery::reliable);
  EXPECT_EQ(by_tcp.on_response(401, request_sent + 100ms), news);
  EXPECT_EQ(copies_until_the_end(by_tcp, TimerOutcome::ended), std::vector{100});
}

TEST(SipClientTransaction, DoesNothingBeforeItsTime) {
  auto client = invite();
  EXPECT_EQ(client.on_timer(request_sent + 499ms), TimerOutcome::nothing);
  EXPECT_EQ(client.on_timer(request_sent + 500ms), TimerOutcome::send_again);
  EXPECT_EQ(client.on_timer(request_sent + 500ms), TimerOutcome::nothing);
}

TEST(SipClientTransaction, HearsNothingOnceItIsTerminated) {
  auto client = invite();
  client.terminate();
  EXPECT_EQ(client.next(), never);
  EXPECT_EQ(client.on_response(200, request_sent), nothing_new);
  EXPECT_EQ(client.on_timer(request_sent + 1h), TimerOutcome::nothing);
}

TEST(SipClientTransaction, TakesItsTimesFromT1) {
  constexpr Timers quick{.t1 = 50ms};
  Client client{Client::Kind::invite, Delivery::unreliable, quick, request_sent};
  EXPECT_EQ(copies_until_the_end(client, TimerOutcome::timed_out), (std::vector{50, 150, 350, 750, 1550, 3150, 3200}));
}

}  // namespace
}  // namespace labnet::sip
