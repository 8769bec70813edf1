// Tests of RTCP's times.
#include "common/rtp/rtcp_timing.hpp"

#include <gtest/gtest.h>

#include "tests/common/rtp/times.hpp"

namespace labnet::rtp {
namespace {

using std::chrono::milliseconds, std::chrono::microseconds;

/// 10 November 1995, 11:33:25.125 UTC: the example of RFC 3550, figure 2.
WallTime example_time() {
  using namespace std::chrono;
  return WallTime{sys_days{1995y / November / 10}} + hours{11} + minutes{33} + seconds{25} + milliseconds{125};
}

TEST(NtpTime, IsThatOfTheExample) {
  const auto time = to_ntp(example_time());
  EXPECT_EQ(time.seconds, 0xb44db705);
  EXPECT_EQ(time.fraction, 0x20000000u);
  EXPECT_EQ(middle_of(time), 0xb7052000);
}

TEST(RoundTrip, IsThatOfTheExample) {
  const ReportBlock block{.last_sender_report = 0xb7052000, .delay_since_sender_report = 0x00054000};
  const NtpTime now{0xb44db710, 0x80000000};
  EXPECT_EQ(round_trip(block, now), microseconds{6'125'000});
}

TEST(RoundTrip, IsUnknownWithoutAReportAndWithImpossibleNumbers) {
  EXPECT_FALSE(round_trip({.delay_since_sender_report = 1}, {100, 0}));
  EXPECT_FALSE(round_trip({.last_sender_report = 100 << 16, .delay_since_sender_report = 1}, {100, 0}));
  EXPECT_EQ(round_trip({.last_sender_report = 100 << 16}, {100, 0}), microseconds{0});
}

TEST(LastSenderReport, IsMentionedWithItsAge) {
  LastSenderReport last;
  ReportBlock block{.last_sender_report = 1, .delay_since_sender_report = 1};
  last.mention(block, at_ms(0));
  EXPECT_EQ(block, ReportBlock{}) << "none has come";
  SenderReport report;
  report.ntp_time = to_ntp(example_time());
  last.receive(report, at_ms(0));
  last.mention(block, at_ms(5250));
  EXPECT_EQ(block.last_sender_report, 0xb7052000);
  EXPECT_EQ(block.delay_since_sender_report, 0x00054000u);
}

TEST(ReportInterval, IsFiveSecondsMoreOrLessByHalf) {
  EXPECT_EQ(report_interval(0, false), milliseconds{2500});
  EXPECT_EQ(report_interval(0x80000000, false), milliseconds{5000});
  EXPECT_EQ(report_interval(UINT32_MAX, false), milliseconds{7499});
  EXPECT_EQ(report_interval(0x80000000, true), milliseconds{2500});
}

}  // namespace
}  // namespace labnet::rtp
