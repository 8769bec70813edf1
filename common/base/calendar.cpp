#include "common/base/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace labnet {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;

namespace {

constexpr sys_seconds first_second = sys_days{year{year_min} / 1 / 1};
constexpr sys_seconds last_second = sys_days{year{year_max} / 12 / 31} + days{1} - seconds{1};

}  // namespace

sys_seconds within_calendar(sys_seconds time) {
  return std::clamp(time, first_second, last_second);
}

CalendarTime calendar_time(sys_seconds time) {
  const auto told = within_calendar(time);
  const auto midnight = floor<days>(told);
  const year_month_day date{midnight};
  const hh_mm_ss of_day{told - midnight};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(of_day.hours().count()),
          static_cast<unsigned>(of_day.minutes().count()),
          static_cast<unsigned>(of_day.seconds().count())};
}

std::optional<sys_seconds> time_of(const CalendarTime& time) {
  if (time.year < year_min || time.year > year_max || time.month > 12 || time.day > 31) return std::nullopt;
  const auto date = year{time.year} / static_cast<int>(time.month) / static_cast<int>(time.day);
  if (!date.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  const auto result = sys_days{date} + hours{time.hour} + minutes{time.minute} + seconds{time.second};
  if (result > last_second) return std::nullopt;  // the leap second of the last year
  return result;
}

std::string date_text(sys_seconds time) {
  const auto told = calendar_time(time);
  return fmt::format("{:04}-{:02}-{:02}", told.year, told.month, told.day);
}

std::string time_text(sys_seconds time, char separator) {
  const auto told = calendar_time(time);
  return fmt::format("{}{}{:02}:{:02}:{:02}", date_text(time), separator, told.hour, told.minute, told.second);
}

}  // namespace labnet
