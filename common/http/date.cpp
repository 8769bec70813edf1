// Dates written digit by digit, and read where each of them must stand.
#include "common/http/date.hpp"

#include <algorithm>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"

namespace labnet::http {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::size_t short_name_bytes = 3;

/// The digits of a number, the last one at `end`.
void write_digits(char* end, unsigned number, int digits) {
  constexpr unsigned base = 10;
  for (; digits > 0; --digits, number /= base) *--end = static_cast<char>('0' + number % base);
}

/// Takes a form apart from the left; the first thing that does not fit makes all of it false.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_{text} {}

  void literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  unsigned number(std::size_t digits) {
    const auto text = rest_.substr(0, digits);
    ok_ = ok_ && text.size() == digits && std::ranges::all_of(text, is_digit);
    if (!ok_) return 0;
    rest_.remove_prefix(digits);
    return *parse_integer<unsigned>(text);
  }
  /// " 6" or "06" or "16"
  unsigned padded_day() {
    if (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
      return number(1);
    }
    return number(2);
  }
  unsigned month() {
    const auto name = std::ranges::find(month_names, rest_.substr(0, short_name_bytes));
    ok_ = ok_ && name != month_names.end();
    if (!ok_) return 0;
    rest_.remove_prefix(short_name_bytes);
    return static_cast<unsigned>(name - month_names.begin()) + 1;
  }
  void day_name(bool is_long) {
    const auto is_next = [&](std::string_view name) {
      return rest_.starts_with(is_long ? name : name.substr(0, short_name_bytes));
    };
    const auto name = std::ranges::find_if(day_names, is_next);
    ok_ = ok_ && name != day_names.end();
    if (ok_) rest_.remove_prefix(is_long ? name->size() : short_name_bytes);
  }
  bool fit() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void read_time_of_day(Pieces& pieces, CalendarTime& moment) {
  moment.hour = pieces.number(2);
  pieces.literal(":");
  moment.minute = pieces.number(2);
  pieces.literal(":");
  moment.second = pieces.number(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<CalendarTime> read_fixdate(std::string_view text) {
  Pieces pieces{text};
  CalendarTime moment;
  pieces.day_name(false);
  pieces.literal(", ");
  moment.day = pieces.number(2);
  pieces.literal(" ");
  moment.month = pieces.month();
  pieces.literal(" ");
  moment.year = static_cast<int>(pieces.number(4));
  pieces.literal(" ");
  read_time_of_day(pieces, moment);
  pieces.literal(" GMT");
  return pieces.fit() ? std::optional{moment} : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT" (RFC 850); the year is one of a century.
std::optional<CalendarTime> read_rfc850_date(std::string_view text) {
  Pieces pieces{text};
  CalendarTime moment;
  pieces.day_name(true);
  pieces.literal(", ");
  moment.day = pieces.number(2);
  pieces.literal("-");
  moment.month = pieces.month();
  pieces.literal("-");
  moment.year = static_cast<int>(pieces.number(2));
  pieces.literal(" ");
  read_time_of_day(pieces, moment);
  pieces.literal(" GMT");
  return pieces.fit() ? std::optional{moment} : std::nullopt;
}

/// "Sun Nov  6 08:49:37 1994", of C's asctime
std::optional<CalendarTime> read_asctime_date(std::string_view text) {
  Pieces pieces{text};
  CalendarTime moment;
  pieces.day_name(false);
  pieces.literal(" ");
  moment.month = pieces.month();
  pieces.literal(" ");
  moment.day = pieces.padded_day();
  pieces.literal(" ");
  read_time_of_day(pieces, moment);
  pieces.literal(" ");
  moment.year = static_cast<int>(pieces.number(4));
  return pieces.fit() ? std::optional{moment} : std::nullopt;
}

/// Two digits of a year, and the others for it.
std::optional<Time> time_in_century(CalendarTime moment, Time now) {
  constexpr int century = 100;
  constexpr int years_ahead_max = 50;
  const auto this_year = calendar_time(now).year;
  moment.year += this_year / century * century;
  if (moment.year > this_year + years_ahead_max) moment.year -= century;
  return time_of(moment);
}

}  // namespace

Date::Date(Time time) {
  constexpr std::string_view form = "ddd, 00 mmm 0000 00:00:00 GMT";
  static_assert(form.size() == date_bytes);
  const auto told = calendar_time(time);
  const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(within_calendar(time))};
  const auto day_name = day_names[weekday.c_encoding()].substr(0, short_name_bytes);
  const auto month_name = month_names[told.month - 1];
  char* const at = text_.data();
  std::ranges::copy(form, at);
  std::ranges::copy(day_name, at);
  write_digits(at + 7, told.day, 2);
  std::ranges::copy(month_name, at + 8);
  write_digits(at + 16, static_cast<unsigned>(told.year), 4);
  write_digits(at + 19, told.hour, 2);
  write_digits(at + 22, told.minute, 2);
  write_digits(at + 25, told.second, 2);
}

std::optional<Time> parse_date(std::string_view text, Time now) {
  if (const auto moment = read_fixdate(text)) return time_of(*moment);
  if (const auto moment = read_rfc850_date(text)) return time_in_century(*moment, now);
  if (const auto moment = read_asctime_date(text)) return time_of(*moment);
  return std::nullopt;
}

}  // namespace labnet::http
