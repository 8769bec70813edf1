#include "clients/rtmp/clock_data.hpp"

#include <gtest/gtest.h>

namespace labnet::rtmp_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;
using namespace std::chrono_literals;

system_clock::time_point at(std::chrono::year_month_day day, milliseconds time) {
  return std::chrono::sys_days{day} + time;
}

rtmp::Data told(const std::string& day, const std::string& time) {
  rtmp::Data data;
  data.name = "onFI";
  data.values.emplace_back(rtmp::AmfObject{}.with("sd", day).with("st", time));
  return data;
}

TEST(ClockData, IsWrittenAsAdobesEncoderDoes) {
  const auto time = at(std::chrono::year{2026} / 11 / 8, 13h + 2min + 7s + 45ms);
  EXPECT_EQ(rtmp::to_text(clock_data(time)), "onFI({sd: \"08-11-2026\", st: \"13:02:07.045\"})");
}

TEST(ClockData, IsReadAsItWasWritten) {
  for (const auto time :
       {at(std::chrono::year{2026} / 1 / 1, 0ms), at(std::chrono::year{2028} / 2 / 29, 86'399'999ms)}) {
    EXPECT_EQ(clock_of(clock_data(time)), time);
  }
  EXPECT_EQ(clock_of(told("31-12-2026", "23:59:59")), at(std::chrono::year{2026} / 12 / 31, 86'399'000ms));
}

TEST(ClockData, IsNothingElse) {
  EXPECT_FALSE(clock_of(told("31-02-2026", "23:59:59.000")));
  EXPECT_FALSE(clock_of(told("01-13-2026", "23:59:59.000")));
  EXPECT_FALSE(clock_of(told("01-01-20260", "23:59:59.000")));
  EXPECT_FALSE(clock_of(told("01-01", "23:59:59.000")));
  EXPECT_FALSE(clock_of(told("", "")));
  for (const auto* time : {"24:00:00", "10:60:00", "10:00", "10:00:00.", "10:00:00.1234", "10:00:00,123",
                           "1o:00:00.123", "-1:00:00.000", "10-00-00.000"}) {
    EXPECT_FALSE(clock_of(told("01-01-2026", time))) << time;
  }
  auto other = clock_data(system_clock::now());
  other.name = "onMetaData";
  EXPECT_FALSE(clock_of(other));
  rtmp::Data empty;
  empty.name = "onFI";
  EXPECT_FALSE(clock_of(empty));
}

}  // namespace
}  // namespace labnet::rtmp_client
