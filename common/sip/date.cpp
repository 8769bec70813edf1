// Dates read where each character must stand, and written.
#include "common/sip/date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view date_form = "ddd, 00 mmm 0000 00:00:00 GMT";

/// Digits where the form has "0", the same character where it has another that is no small letter.
bool fits_date_form(std::string_view text) {
  return std::ranges::equal(text, date_form, [](char c, char form) {
    if (form == '0') return is_digit(c);
    return (form >= 'a' && form <= 'z') || c == form;
  });
}

unsigned number_at(std::string_view text, std::size_t place, std::size_t digits) {
  return parse_integer<unsigned>(text.substr(place, digits)).value_or(0);
}

/// From 1; 0 for no month.
unsigned month_at(std::string_view text, std::size_t place) {
  const auto name = std::ranges::find_if(
      month_names, [&](std::string_view each) { return equals_ignoring_case(each, text.substr(place, each.size())); });
  return name == month_names.end() ? 0 : static_cast<unsigned>(name - month_names.begin()) + 1;
}

}  // namespace

Result<std::chrono::sys_seconds, FaultKind> parse_date(std::string_view value) {
  const auto text = trim_white_space(value);
  if (!fits_date_form(text)) return FaultKind::malformed_value;
  const auto is_day = [&](std::string_view each) { return equals_ignoring_case(each, text.substr(0, each.size())); };
  if (std::ranges::none_of(weekdays, is_day)) return FaultKind::malformed_value;
  const CalendarTime told{.year = static_cast<int>(number_at(text, 12, 4)),
                          .month = month_at(text, 8),
                          .day = number_at(text, 5, 2),
                          .hour = number_at(text, 17, 2),
                          .minute = number_at(text, 20, 2),
                          .second = number_at(text, 23, 2)};
  const auto time = time_of(told);
  if (!time) return FaultKind::malformed_value;
  return *time;
}

std::string date_text(std::chrono::sys_seconds time) {
  const auto told = calendar_time(time);
  const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(within_calendar(time))};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekdays[weekday.c_encoding()], told.day,
                     month_names[told.month - 1], told.year, told.hour, told.minute, told.second);
}

}  // namespace labnet::sip
