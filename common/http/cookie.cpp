// Cookies read and written.
#include "common/http/cookie.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/characters.hpp"

namespace labnet::http {
namespace {

/// Takes what stands in front of the next semicolon: in cookies quotation marks hide none.
std::string_view take_piece(std::string_view& rest) {
  const auto end = std::min(rest.find(';'), rest.size());
  const auto piece = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

/// cookie-octet of RFC 6265, section 4.1.1.
bool is_cookie_character(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// Of a path or a domain.
bool is_attribute_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f && c != ';'; });
}

std::string_view name_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::strict:
      return "Strict";
    case SameSite::lax:
      return "Lax";
    case SameSite::none:
      return "None";
    case SameSite::unset:
      break;
  }
  return "";
}

void read_same_site(std::string_view value, SetCookie& into) {
  for (const auto same_site : {SameSite::strict, SameSite::lax, SameSite::none}) {
    if (equals_ignoring_case(value, name_of(same_site))) into.same_site = same_site;
  }
}

/// RFC 6265, section 5.1.1: what separates the pieces of a date.
bool is_date_delimiter(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet == '\t' || (octet >= 0x20 && octet <= 0x2f) || (octet >= 0x3b && octet <= 0x40) ||
         (octet >= 0x5b && octet <= 0x60) || (octet >= 0x7b && octet <= 0x7e);
}

std::optional<int> parse_digits(std::string_view text, std::size_t digits_min, std::size_t digits_max) {
  if (text.size() < digits_min || text.size() > digits_max) return std::nullopt;
  return parse_integer<int>(text);
}

/// "07:28:00"; seconds of a day
std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto hour = parse_digits(parts[0], 1, 2), minute = parse_digits(parts[1], 1, 2),
             second = parse_digits(parts[2], 1, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

/// 1 to 12; "oct" of "October"
std::optional<unsigned> parse_month(std::string_view text) {
  constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
  constexpr std::size_t name_bytes = 3;
  if (text.size() < name_bytes) return std::nullopt;
  const auto place = names.find(to_lower(text.substr(0, name_bytes)));
  if (place == names.npos || place % name_bytes != 0) return std::nullopt;
  return static_cast<unsigned>(place / name_bytes + 1);
}

/// 1601 and on.
std::optional<int> parse_year(std::string_view text) {
  auto year = parse_digits(text, 2, 4);
  if (!year || *year < 0) return std::nullopt;
  if (*year < 70) return *year + 2000;
  if (*year < 100) return *year + 1900;
  return *year >= 1601 ? year : std::nullopt;
}

void read_attribute(const Parameter& attribute, SetCookie& into) {
  if (equals_ignoring_case(attribute.name, "Path")) {
    into.path = attribute.value;
  } else if (equals_ignoring_case(attribute.name, "Domain")) {
    into.domain = attribute.value;
  } else if (equals_ignoring_case(attribute.name, "Max-Age")) {
    const auto seconds = parse_integer<std::int64_t>(attribute.value);
    if (seconds) into.max_age = std::chrono::seconds{*seconds};
  } else if (equals_ignoring_case(attribute.name, "Expires")) {
    if (const auto date = parse_cookie_date(attribute.value)) into.expires = date;
  } else if (equals_ignoring_case(attribute.name, "Secure")) {
    into.secure = true;
  } else if (equals_ignoring_case(attribute.name, "HttpOnly")) {
    into.http_only = true;
  } else if (equals_ignoring_case(attribute.name, "SameSite")) {
    read_same_site(attribute.value, into);
  }
}

}  // namespace

std::optional<std::string_view> cookie(const Fields& fields, std::string_view name) {
  std::optional<std::string_view> found;
  std::size_t cookies = 0;
  fields.for_each("Cookie", [&](std::string_view rest) {
    while (!rest.empty() && !found && ++cookies <= cookies_max) {
      const auto pair = parse_parameter(take_piece(rest));
      if (pair.has_value && pair.name == name) found = pair.value;
    }
  });
  return found;
}

std::optional<std::string> to_text(const SetCookie& set_cookie) {
  if (!is_token(set_cookie.name) || !std::ranges::all_of(set_cookie.value, is_cookie_character)) return std::nullopt;
  if (!is_attribute_value(set_cookie.path) || !is_attribute_value(set_cookie.domain)) return std::nullopt;
  auto text = fmt::format("{}={}", set_cookie.name, set_cookie.value);
  if (!set_cookie.path.empty()) text += fmt::format("; Path={}", set_cookie.path);
  if (!set_cookie.domain.empty()) text += fmt::format("; Domain={}", set_cookie.domain);
  if (set_cookie.max_age) text += fmt::format("; Max-Age={}", set_cookie.max_age->count());
  if (set_cookie.expires) text += fmt::format("; Expires={}", Date{*set_cookie.expires}.text());
  if (set_cookie.secure) text += "; Secure";
  if (set_cookie.http_only) text += "; HttpOnly";
  if (set_cookie.same_site != SameSite::unset) text += fmt::format("; SameSite={}", name_of(set_cookie.same_site));
  return text;
}

std::optional<SetCookie> parse_set_cookie(std::string_view value) {
  const auto pair = parse_parameter(take_piece(value));
  if (!pair.has_value || pair.name.empty()) return std::nullopt;
  SetCookie set_cookie{.name = std::string{pair.name}, .value = std::string{pair.value}};
  while (!value.empty()) read_attribute(parse_parameter(take_piece(value)), set_cookie);
  return set_cookie;
}

std::optional<Time> parse_cookie_date(std::string_view text) {
  std::optional<std::chrono::seconds> time_of_day;
  std::optional<int> day, year;
  std::optional<unsigned> month;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, is_date_delimiter) - text.begin());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!time_of_day && (time_of_day = parse_time_of_day(piece))) continue;
    if (!day && (day = parse_digits(piece, 1, 2))) continue;
    if (!month && (month = parse_month(piece))) continue;
    if (!year) year = parse_year(piece);
  }
  if (!time_of_day || !day || !month || !year || *day < 0) return std::nullopt;
  const auto date = std::chrono::year{*year} / static_cast<int>(*month) / *day;
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + *time_of_day;
}

}  // namespace labnet::http
