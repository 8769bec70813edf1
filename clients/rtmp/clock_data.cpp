#include "clients/rtmp/clock_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace labnet::rtmp_client {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

/// Digits alone, up to four of them.
std::optional<unsigned> number_of(std::string_view text) {
  constexpr std::size_t digits_max = 4;
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  unsigned number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return number;
}

/// "28-11-2026"
std::optional<std::chrono::sys_days> day_of(std::string_view text) {
  const auto first = text.find('-');
  const auto second = text.find('-', first == text.npos ? first : first + 1);
  if (second == text.npos) return std::nullopt;
  const auto day = number_of(text.substr(0, first));
  const auto month = number_of(text.substr(first + 1, second - first - 1));
  const auto year = number_of(text.substr(second + 1));
  if (!day || !month || !year) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

/// "13:32:00.123"; the thousandths may be missing.
std::optional<milliseconds> time_of(std::string_view text) {
  constexpr std::size_t seconds_end = 8;  // of "13:32:00"
  if (text.size() < seconds_end || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hours = number_of(text.substr(0, 2));
  const auto minutes = number_of(text.substr(3, 2));
  const auto seconds = number_of(text.substr(6, 2));
  std::optional<unsigned> thousandths = 0;
  if (text.size() > seconds_end) {
    const bool is_fraction = text.size() == seconds_end + 4 && text[seconds_end] == '.';
    thousandths = is_fraction ? number_of(text.substr(seconds_end + 1)) : std::nullopt;
  }
  if (!hours || !minutes || !seconds || !thousandths || *hours > 23 || *minutes > 59 || *seconds > 60) {
    return std::nullopt;
  }
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes} + std::chrono::seconds{*seconds} +
         milliseconds{*thousandths};
}

}  // namespace

rtmp::Data clock_data(system_clock::time_point now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<milliseconds>(now - day)};
  rtmp::AmfObject object;
  object.with("sd", fmt::format("{:02}-{:02}-{}", static_cast<unsigned>(date.day()),
                                static_cast<unsigned>(date.month()), static_cast<int>(date.year())));
  object.with("st", fmt::format("{:02}:{:02}:{:02}.{:03}", time.hours().count(), time.minutes().count(),
                                time.seconds().count(), time.subseconds().count()));
  rtmp::Data data;
  data.name = "onFI";
  data.values.emplace_back(std::move(object));
  return data;
}

std::optional<system_clock::time_point> clock_of(const rtmp::Data& data) {
  if (data.name != "onFI" || data.values.empty() || data.values.front().object() == nullptr) return std::nullopt;
  const auto& object = *data.values.front().object();
  const auto* const day_text = object.find("sd");
  const auto* const time_text = object.find("st");
  if (day_text == nullptr || time_text == nullptr) return std::nullopt;
  if (day_text->string() == nullptr || time_text->string() == nullptr) return std::nullopt;
  const auto day = day_of(*day_text->string());
  const auto time = time_of(*time_text->string());
  if (!day || !time) return std::nullopt;
  return *day + *time;
}

}  // namespace labnet::rtmp_client
