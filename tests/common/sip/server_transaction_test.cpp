// When a server sends a response again, and when it gives up the wait for an ACK: RFC 3261, section 17.2, and RFC 6026.
#include "common/sip/server_transaction.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace labnet::sip {
namespace {

using namespace std::literals;
using Server = ServerTransaction;
using ServerState = ServerTransaction::State;

constexpr Timers server_timers;
constexpr TimePoint request_came{};

/// Lets the time pass, and says when the response was sent again, in ms; the last one is when the transaction ended.
std::vector<int> copies_until_the_end_of(Server& server, TimerOutcome expected_end) {
  std::vector<int> times;
  while (server.next() != never) {
    const auto now = server.next();
    const auto outcome = server.on_timer(now);
    times.push_back(static_cast<int>((now - request_came) / 1ms));
    if (outcome == TimerOutcome::send_again) continue;
    EXPECT_EQ(outcome, expected_end);
    EXPECT_EQ(server.state(), ServerState::terminated);
  }
  return times;
}

Server of_invite(Delivery delivery = Delivery::unreliable) {
  return {Server::Kind::invite, delivery, server_timers};
}
Server of_other(Delivery delivery = Delivery::unreliable) {
  return {Server::Kind::other, delivery, server_timers};
}

TEST(SipServerTransaction, AnswersACopyByTheLastProvisionalResponse) {
  for (auto server : {of_invite(), of_other()}) {
    EXPECT_FALSE(server.on_request_again());
    EXPECT_TRUE(server.on_response(100, request_came));
    EXPECT_TRUE(server.on_request_again());
    EXPECT_EQ(server.next(), never);
  }
}

TEST(SipServerTransaction, SendsARefusalAgainUntilTimerHAndSaysThatNoAckCame) {
  auto server = of_invite();
  EXPECT_TRUE(server.on_response(486, request_came));
  EXPECT_TRUE(server.on_request_again());
  EXPECT_TRUE(server.awaits_acknowledgement());
  EXPECT_EQ(copies_until_the_end_of(server, TimerOutcome::timed_out),
            (std::vector{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
}

TEST(SipServerTransaction, IsConfirmedByTheAckAndAbsorbsItsCopiesForTimerI) {
  auto server = of_invite();
  EXPECT_TRUE(server.on_response(486, request_came));
  EXPECT_TRUE(server.on_acknowledgement(request_came + 100ms));
  EXPECT_EQ(server.state(), ServerState::confirmed);
  EXPECT_FALSE(server.on_acknowledgement(request_came + 200ms));
  EXPECT_FALSE(server.on_request_again());
  EXPECT_EQ(copies_until_the_end_of(server, TimerOutcome::ended), std::vector{5100});
}

TEST(SipServerTransaction, WaitsForTheAckOfARefusalByTcpTooAndEndsWithIt) {
  auto unheard = of_invite(Delivery::reliable);
  EXPECT_TRUE(unheard.on_response(486, request_came));
  EXPECT_EQ(copies_until_the_end_of(unheard, TimerOutcome::timed_out), std::vector{32000});

  auto heard = of_invite(Delivery::reliable);
  EXPECT_TRUE(heard.on_response(486, request_came));
  EXPECT_TRUE(heard.on_acknowledgement(request_came + 100ms));
  EXPECT_EQ(copies_until_the_end_of(heard, TimerOutcome::ended), std::vector{100});
}

TEST(SipServerTransaction, SendsA2xxAgainOnAnyTransportUntilTheAck) {
  for (const auto delivery : {Delivery::unreliable, Delivery::reliable}) {
    auto unheard = of_invite(delivery);
    EXPECT_TRUE(unheard.on_response(200, request_came));
    EXPECT_EQ(unheard.state(), ServerState::accepted);
    EXPECT_EQ(copies_until_the_end_of(unheard, TimerOutcome::timed_out),
              (std::vector{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
  }
}

TEST(SipServerTransaction, AbsorbsCopiesOfAnAcceptedInviteUntilTimerLAlsoAfterTheAck) {
  auto server = of_invite();
  EXPECT_TRUE(server.on_response(200, request_came));
  EXPECT_FALSE(server.on_request_again());
  EXPECT_TRUE(server.on_acknowledgement(request_came + 100ms));
  EXPECT_FALSE(server.on_request_again());
  EXPECT_EQ(server.state(), ServerState::accepted);
  EXPECT_EQ(copies_until_the_end_of(server, TimerOutcome::ended), std::vector{32000});
}

TEST(SipServerTransaction, AnswersCopiesOfOtherRequestsByTheFinalResponseForTimerJ) {
  auto server = of_other();
  EXPECT_TRUE(server.on_response(200, request_came));
  EXPECT_TRUE(server.on_request_again());
  EXPECT_FALSE(server.awaits_acknowledgement());
  EXPECT_EQ(copies_until_the_end_of(server, TimerOutcome::ended), std::vector{32000});

  auto by_tcp = of_other(Delivery::reliable);
  EXPECT_TRUE(by_tcp.on_response(200, request_came));
  EXPECT_EQ(copies_until_the_end_of(by_tcp, TimerOutcome::ended), std::vector{0});
}

TEST(SipServerTransaction, SendsOneFinalResponseAlone) {
  auto server = of_invite();
  EXPECT_TRUE(server.on_response(100, request_came));
  EXPECT_TRUE(server.on_response(180, request_came));
  EXPECT_TRUE(server.on_response(200, request_came));
  EXPECT_FALSE(server.on_response(487, request_came));
  EXPECT_FALSE(server.on_response(180, request_came));
}

TEST(SipServerTransaction, DoesNothingOnceItIsTerminated) {
  auto server = of_invite();
  EXPECT_TRUE(server.on_response(486, request_came));
  server.terminate();
  EXPECT_EQ(server.next(), never);
  EXPECT_FALSE(server.on_request_again());
  EXPECT_FALSE(server.on_acknowledgement(request_came));
  EXPECT_EQ(server.on_timer(request_came + 1h), TimerOutcome::nothing);
}

}  // namespace
}  // namespace labnet::sip
