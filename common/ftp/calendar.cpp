// Between dates of the calendar and seconds.
#include "common/ftp/calendar.hpp"

#include <algorithm>

namespace labnet::ftp {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr FileTime first_second = sys_days{year{year_min} / 1 / 1};
constexpr FileTime last_second = sys_days{year{year_max} / 12 / 31} + days{1} - seconds{1};

}  // namespace

CalendarTime calendar_time(FileTime time) {
  const auto told = std::clamp(time, first_second, last_second);
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

std::optional<FileTime> file_time(const CalendarTime& time) {
  if (time.year < year_min || time.year > year_max || time.month > 12 || time.day > 31) return std::nullopt;
  const auto date = year{time.year} / static_cast<int>(time.month) / static_cast<int>(time.day);
  if (!date.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  const auto result = sys_days{date} + hours{time.hour} + minutes{time.minute} + seconds{time.second};
  if (result > last_second) return std::nullopt;  // the leap second of the last year
  return result;
}

}  // namespace labnet::ftp
