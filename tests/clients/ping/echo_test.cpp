// Payloads, and which reply belongs to which request.
#include "clients/ping/echo.hpp"

#include <gtest/gtest.h>

namespace labnet::ping {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start{1'795'486'919s};

packet::Icmp reply_to(std::uint16_t sequence_number, const Buffer& payload) {
  packet::Icmp reply;
  reply.type = packet::Icmp::echo_reply;
  reply.sequence_number = sequence_number;
  reply.payload = payload;
  return reply;
}

const Buffer alphabet = make_payload(Style::windows, 32, {});

TEST(Payload, OfWindowsIsTheAlphabetUpToW) {
  EXPECT_EQ(as_text(alphabet), "abcdefghijklmnopqrstuvwabcdefghi");
  EXPECT_EQ(make_payload(Style::windows, 0, {}).size(), 0u);
}

TEST(Payload, OfIputilsStartsWithTheTimeOfSending) {
  const auto payload = make_payload(Style::iputils, 56, Timestamp{258s + 3us});
  EXPECT_EQ(as_text(Bytes{payload}.first(18)),
            (std::string_view{"\x02\x01\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x10\x11", 18}));
  EXPECT_EQ(payload.back(), std::byte{0x37});
  EXPECT_EQ(make_payload(Style::iputils, 15, start).front(), std::byte{0});  // no room for the time
}

TEST(EchoTracker, MatchesAReplyAndMeasuresItsRoundTrip) {
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  EXPECT_EQ(tracker.waiting(), 1u);
  const auto answer = tracker.received(reply_to(1, alphabet), start + 5ms);
  EXPECT_EQ(answer.match, EchoTracker::Match::reply);
  EXPECT_EQ(answer.round_trip, 5ms);
  EXPECT_EQ(tracker.waiting(), 0u);
}

TEST(EchoTracker, TellsADuplicateAndCountsItApart) {
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  tracker.received(reply_to(1, alphabet), start + 5ms);
  EXPECT_EQ(tracker.received(reply_to(1, alphabet), start + 6ms).match, EchoTracker::Match::duplicate);
  EXPECT_EQ(tracker.summary(1s).received, 1u);
  EXPECT_EQ(tracker.summary(1s).duplicates, 1u);
}

TEST(EchoTracker, LeavesOutRepliesToWhatItDidNotSend) {
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  EXPECT_EQ(tracker.received(reply_to(2, alphabet), start).match, EchoTracker::Match::foreign);
  EXPECT_EQ(tracker.received(reply_to(1, make_payload(Style::windows, 31, {})), start).match,
            EchoTracker::Match::foreign);
  EXPECT_EQ(tracker.received(reply_to(1, Buffer(32)), start).match, EchoTracker::Match::foreign);
  EXPECT_EQ(tracker.waiting(), 1u);
}

TEST(EchoTracker, TellsAnotherRunApartByTheTimeInThePayload) {
  EchoTracker tracker{Style::iputils, 56};
  tracker.sent(1, start);
  EXPECT_EQ(tracker.received(reply_to(1, make_payload(Style::iputils, 56, start - 1s)), start).match,
            EchoTracker::Match::foreign);
  EXPECT_EQ(tracker.received(reply_to(1, make_payload(Style::iputils, 56, start)), start).match,
            EchoTracker::Match::reply);
}

TEST(EchoTracker, AnErrorEndsTheWaitOnce) {
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  EXPECT_TRUE(tracker.failed(1));
  EXPECT_FALSE(tracker.failed(1));
  EXPECT_FALSE(tracker.failed(2));
  EXPECT_EQ(tracker.summary(1s).errors, 1u);
  EXPECT_EQ(tracker.waiting(), 0u);
}

TEST(EchoTracker, NoLongerMatchesWhatItGaveUp) {
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  EXPECT_EQ(tracker.give_up(), std::vector<std::uint16_t>{1});
  EXPECT_EQ(tracker.waiting(), 0u);
  EXPECT_EQ(tracker.received(reply_to(1, alphabet), start + 5s).match, EchoTracker::Match::foreign);
}

TEST(EchoTracker, ASequenceNumberThatComesAgainReplacesTheFirst) {
  EchoTracker tracker{Style::iputils, 56};
  tracker.sent(0, start);
  tracker.sent(0, start + 1s);
  EXPECT_EQ(tracker.waiting(), 1u);
  EXPECT_EQ(tracker.received(reply_to(0, make_payload(Style::iputils, 56, start)), start + 2s).match,
            EchoTracker::Match::foreign);
  EXPECT_EQ(tracker.summary(1s).transmitted, 2u);
}

TEST(EchoTracker, AReplyBeforeItsRequestTookNoTime) {  // the system's clock was set back in between
  EchoTracker tracker{Style::windows, 32};
  tracker.sent(1, start);
  EXPECT_EQ(tracker.received(reply_to(1, alphabet), start - 1s).round_trip, 0s);
}

TEST(EchoTracker, SumsUpRoundTrips) {
  EchoTracker tracker{Style::windows, 32};
  for (std::uint16_t n = 1; n <= 3; ++n) tracker.sent(n, start);
  tracker.received(reply_to(1, alphabet), start + 30ms);
  tracker.received(reply_to(2, alphabet), start + 10ms);
  const auto summary = tracker.summary(2s);
  EXPECT_EQ(summary.round_trip_min, 10ms);
  EXPECT_EQ(summary.round_trip_average, 20ms);
  EXPECT_EQ(summary.round_trip_max, 30ms);
  EXPECT_EQ(summary.round_trip_deviation, 10ms);
  EXPECT_EQ(summary.lost(), 1u);
  EXPECT_NEAR(summary.loss_percent(), 33.33, 0.01);
  EXPECT_EQ(summary.duration, 2s);
}

TEST(EchoTracker, ThatSentNothingLostNothing) {
  const auto summary = EchoTracker{Style::windows, 32}.summary(0s);
  EXPECT_EQ(summary.loss_percent(), 0);
  EXPECT_EQ(summary.round_trip_max, 0s);
}

}  // namespace
}  // namespace labnet::ping
