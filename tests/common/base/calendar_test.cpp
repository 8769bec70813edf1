// Dates of the calendar: those that exist, those that do not, and times that nothing should have.
#include "common/base/calendar.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

using std::chrono::sys_seconds;

sys_seconds moment(int year, unsigned month, unsigned day, unsigned hour = 0, unsigned minute = 0,
                   unsigned second = 0) {
  return time_of({year, month, day, hour, minute, second}).value();
}

TEST(Calendar, KnowsWhichYearsHaveALeapDay) {
  EXPECT_TRUE(time_of({2024, 2, 29}));
  EXPECT_TRUE(time_of({2000, 2, 29}));
  EXPECT_FALSE(time_of({2025, 2, 29}));
  EXPECT_FALSE(time_of({2100, 2, 29}));
}

TEST(Calendar, RejectsWhatIsNoDateOrTimeOfDay) {
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
    EXPECT_FALSE(time_of(time)) << time.year << '-' << time.month << '-' << time.day << ' ' << time.hour << ':'
                                << time.minute << ':' << time.second;
  }
}

TEST(Calendar, ALeapSecondIsTheSecondThatFollows) {
  EXPECT_EQ(moment(2016, 12, 31, 23, 59, 60), moment(2017, 1, 1));
  EXPECT_FALSE(time_of({9999, 12, 31, 23, 59, 60})) << "there is no year 10000";
}

TEST(Calendar, GoesThereAndBack) {
  for (const auto time :
       {moment(1, 1, 1), moment(1969, 12, 31, 23, 59, 59), moment(1970, 1, 1), moment(2000, 2, 29, 12),
        moment(2026, 2, 13, 10, 15, 7), moment(2038, 1, 19, 3, 14, 8), moment(9999, 12, 31, 23, 59, 59)}) {
    EXPECT_EQ(time_of(calendar_time(time)), time) << time.time_since_epoch().count();
  }
}

TEST(Calendar, TellsTimesBeyondItsYearsAsTheNearestOfThem) {
  EXPECT_EQ(time_of(calendar_time(moment(9999, 12, 31, 23, 59, 59) + std::chrono::seconds{1})),
            moment(9999, 12, 31, 23, 59, 59));
  EXPECT_EQ(time_of(calendar_time(moment(1, 1, 1) - std::chrono::seconds{1})), moment(1, 1, 1));
  EXPECT_EQ(calendar_time(sys_seconds::max()).year, year_max);
  EXPECT_EQ(calendar_time(sys_seconds::min()).year, year_min);
}

TEST(Calendar, TellsATimeAsText) {
  EXPECT_EQ(date_text(moment(2026, 2, 3)), "2026-02-03");
  EXPECT_EQ(time_text(moment(2026, 2, 3, 4, 5, 6)), "2026-02-03 04:05:06");
  EXPECT_EQ(time_text(moment(1, 1, 1), 'T'), "0001-01-01T00:00:00");
}

}  // namespace
}  // namespace labnet
