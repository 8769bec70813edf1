// Dates of the calendar: those that exist, those that do not, and times that no file should have.
#include "common/ftp/calendar.hpp"

#include <gtest/gtest.h>

#include "tests/common/ftp/moment.hpp"

namespace labnet::ftp {
namespace {

TEST(FtpCalendar, KnowsWhichYearsHaveALeapDay) {
  EXPECT_TRUE(file_time({2024, 2, 29}));
  EXPECT_TRUE(file_time({2000, 2, 29}));
  EXPECT_FALSE(file_time({2025, 2, 29}));
  EXPECT_FALSE(file_time({2100, 2, 29}));
}

TEST(FtpCalendar, RejectsWhatIsNoDateOrTimeOfDay) {
  for (const CalendarTime& time : std::initializer_list<CalendarTime>{{2026, 0, 1},
                                                                      {2026, 13, 1},
                                                                      {2026, 1, 0},
                                                                      {2026, 1, 32},
                                                                      {2026, 4, 31},
                                                                      {2026, 257, 1},
                                                                      {2026, 1, 257},
                                                                      {2026, 1, 1, 24},
                                                                      {2026, 1, 1, 0, 60},
                                                                      {2026, 1, 1, 0, 0, 61},
                                                                      {0, 1, 1},
                                                                      {10000, 1, 1},
                                                                      {32768 * 2 + 2026, 1, 1}}) {
    EXPECT_FALSE(file_time(time)) << time.year << '-' << time.month << '-' << time.day << ' ' << time.hour << ':'
                                  << time.minute << ':' << time.second;
  }
}

TEST(FtpCalendar, ALeapSecondIsTheSecondThatFollows) {
  EXPECT_EQ(moment(2016, 12, 31, 23, 59, 60), moment(2017, 1, 1));
  EXPECT_FALSE(file_time({9999, 12, 31, 23, 59, 60})) << "there is no year 10000";
}

TEST(FtpCalendar, GoesThereAndBack) {
  for (const auto time :
       {moment(1, 1, 1), moment(1969, 12, 31, 23, 59, 59), moment(1970, 1, 1), moment(2000, 2, 29, 12),
        moment(2026, 2, 13, 10, 15, 7), moment(2038, 1, 19, 3, 14, 8), moment(9999, 12, 31, 23, 59, 59)}) {
    EXPECT_EQ(file_time(calendar_time(time)), time) << time.time_since_epoch().count();
  }
}

TEST(FtpCalendar, TellsTimesBeyondItsYearsAsTheNearestOfThem) {
  EXPECT_EQ(file_time(calendar_time(moment(9999, 12, 31, 23, 59, 59) + std::chrono::seconds{1})),
            moment(9999, 12, 31, 23, 59, 59));
  EXPECT_EQ(file_time(calendar_time(moment(1, 1, 1) - std::chrono::seconds{1})), moment(1, 1, 1));
  EXPECT_EQ(calendar_time(FileTime::max()).year, year_max);
  EXPECT_EQ(calendar_time(FileTime::min()).year, year_min);
}

}  // namespace
}  // namespace labnet::ftp
