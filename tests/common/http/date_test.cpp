// Dates in their three forms.
#include "common/http/date.hpp"

#include <gtest/gtest.h>

namespace labnet::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Time in_2026 = sys_days{year{2026} / 3 / 1};
constexpr Time example = sys_days{year{1994} / 11 / 6} + 8h + 49min + 37s;

TEST(HttpDate, IsWrittenAsFixdate) {
  EXPECT_EQ(Date{example}.text(), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(Date{Time{}}.text(), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(Date{sys_days{year{2024} / 2 / 29} + 23h + 59min + 59s}.text(), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(HttpDate, OutsideOfItsYearsIsTheFirstOrTheLastSecond) {
  EXPECT_EQ(Date{Time::max()}.text(), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(Date{Time::min()}.text(), "Mon, 01 Jan 0001 00:00:00 GMT");
}

TEST(HttpDate, IsReadInThreeForms) {
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", in_2026), example);
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", in_2026), example);
  EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", in_2026), example);
  EXPECT_EQ(parse_date("Sun Nov 16 08:49:37 1994", in_2026), example + 240h);
  EXPECT_EQ(parse_date("Mon, 06 Nov 1994 08:49:37 GMT", in_2026), example) << "the day of the week is not checked";
}

TEST(HttpDate, OfTwoDigitsIsAtMostFiftyYearsAhead) {
  EXPECT_EQ(parse_date("Friday, 01-Jan-76 00:00:00 GMT", in_2026), sys_days{year{2076} / 1 / 1});
  EXPECT_EQ(parse_date("Friday, 01-Jan-77 00:00:00 GMT", in_2026), sys_days{year{1977} / 1 / 1});
  EXPECT_EQ(parse_date("Friday, 01-Jan-00 00:00:00 GMT", in_2026), sys_days{year{2000} / 1 / 1});
}

TEST(HttpDate, OfTwoDigitsIsNeverBeforeTheFirstYear) {
  EXPECT_EQ(parse_date("Friday, 01-Jan-94 00:00:00 GMT", sys_days{year{20} / 1 / 1}), std::nullopt);
}

TEST(HttpDate, LeapSecondIsTheNextOne) {
  EXPECT_EQ(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", in_2026), sys_days{year{2017} / 1 / 1});
  EXPECT_EQ(parse_date("Fri, 31 Dec 9999 23:59:60 GMT", in_2026), std::nullopt);
}

TEST(HttpDate, IsNothingElse) {
  for (const auto* text : {"",
                           "0",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "sun, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Sun, 29 Feb 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sun,06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMTx",
                           "Sun, +6 Nov 1994 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 +0000",
                           "Su"}) {
    EXPECT_EQ(parse_date(text, in_2026), std::nullopt) << text;
  }
}

TEST(HttpDate, ComesBackAsItWas) {
  for (auto time = sys_days{year{1} / 1 / 1} + 0s; time < sys_days{year{9999} / 12 / 1};
       time += 9h * 24 * 365 + 12345s) {
    EXPECT_EQ(parse_date(Date{time}.text(), in_2026), time);
  }
}

}  // namespace
}  // namespace labnet::http
