// Dates of the calendar and the seconds that a file's time is kept in, for all texts that tell a time.
#pragma once

#include <optional>

#include "common/ftp/entry.hpp"

namespace labnet::ftp {

/// UTC. Years have four digits wherever they are told.
inline constexpr int year_min = 1;
inline constexpr int year_max = 9999;

struct CalendarTime {
  int year = year_min;
  unsigned month = 1, day = 1;  // both from 1
  unsigned hour = 0, minute = 0, second = 0;
};

/// A file may have any time: one before the first year is told as its first second, one behind the last as its last.
CalendarTime calendar_time(FileTime time);

/// Nothing for what is no date of the calendar or no time of day, or in another year. A leap second, 60, is the second
/// that follows (RFC 3659, section 2.3).
std::optional<FileTime> file_time(const CalendarTime& time);

}  // namespace labnet::ftp
