// Cookies: Cookie and Set-Cookie (RFC 6265), as much as a lab's login page needs.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/date.hpp"
#include "common/http/fields.hpp"

namespace labnet::http {

/// The value of the first cookie of that name (names differ by case) among the first cookies_max. A view, as it was
/// sent: quotation marks belong to it.
std::optional<std::string_view> cookie(const Fields& fields, std::string_view name);

enum class SameSite { unset, strict, lax, none };

struct SetCookie {
  std::string name;   // a token
  std::string value;  // no spaces, quotation marks, commas, semicolons, backslashes and control characters
  std::string path{};
  std::string domain{};
  std::optional<std::chrono::seconds> max_age{};  // 0 or less: it is to be forgotten
  std::optional<Time> expires{};                  // counts where there is no max_age
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::unset;

  bool operator==(const SetCookie&) const = default;
};
/// Nothing if something has a character that it must not have.
std::optional<std::string> to_text(const SetCookie& set_cookie);
/// As RFC 6265, section 5.2, has it read: attributes that are not known or malformed are passed over. Nothing without a
/// name.
std::optional<SetCookie> parse_set_cookie(std::string_view value);

/// A date as servers write it in Expires, "Wed, 21-Oct-2015 07:28:00 GMT" and others (section 5.1.1): time of day, day,
/// month and year, wherever each of them stands. Two digits of a year are of 1970 to 2069.
std::optional<Time> parse_cookie_date(std::string_view text);

}  // namespace labnet::http
