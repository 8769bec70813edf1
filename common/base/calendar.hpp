// Dates of the calendar and the seconds that times are kept in, for all texts that tell a time. UTC.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace labnet {

/// Years have four digits wherever they are told. There is no year 0, which many readers of such texts take for a
/// mistake.
inline constexpr int year_min = 1;
inline constexpr int year_max = 9999;

/// As protocols write them.
inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct CalendarTime {
  int year = year_min;
  unsigned month = 1, day = 1;  // both from 1
  unsigned hour = 0, minute = 0, second = 0;
};

/// Any time may come from a file or a clock: one before the first year is told as its first second, one behind the last
/// as its last.
std::chrono::sys_seconds within_calendar(std::chrono::sys_seconds time);
/// Of what is within.
CalendarTime calendar_time(std::chrono::sys_seconds time);

/// Nothing for what is no date of the calendar or no time of day, or in another year. A leap second, 60, is the second
/// that follows.
std::optional<std::chrono::sys_seconds> time_of(const CalendarTime& time);

/// "2026-02-13"
std::string date_text(std::chrono::sys_seconds time);
/// "2026-02-13 10:15:07"; with 'T' between, and a 'Z' behind it, as RFC 3339 wants it
std::string time_text(std::chrono::sys_seconds time, char separator = ' ');

}  // namespace labnet
