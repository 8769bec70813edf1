// Dates of HTTP: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7). No locale, no allocation.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace labnet::http {

/// UTC, in whole seconds: HTTP knows no finer ones.
using Time = std::chrono::sys_seconds;

inline constexpr std::size_t date_bytes = 29;

/// As it is written: IMF-fixdate. A time outside of the calendar (common/base/calendar.hpp) is told as the first or
/// last second of these.
class Date {
 public:
  explicit Date(Time time);
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, date_bytes> text_;
};

/// IMF-fixdate and the two obsolete forms, "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". That the
/// day of the week is the date's is not checked. A leap second, 60, is the second that follows. Nothing for anything
/// else: a field with such a value is to be ignored.
///
/// now  for the form with two digits of a year: a date more than 50 years ahead means the century before
std::optional<Time> parse_date(std::string_view text, Time now);

}  // namespace labnet::http
