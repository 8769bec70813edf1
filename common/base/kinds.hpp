// How a text that a person wrote, in a settings file or on a command line, becomes a value: one Kind per way of
// writing.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/address.hpp"
#include "common/base/text.hpp"

namespace labnet {

/// What is accepted, in words and as a function. A program makes its own for its own types:
///   const Kind<dns::Name> domain_name{"a domain name such as web.example.com", dns::parse_name};
///   section.get("origin", config.origin, domain_name);
template <class T>
struct Kind {
  std::string expected;  // "a whole number from 1 to 65535": what a fault says after the word "expected"
  std::function<std::optional<T>(std::string_view)> parse;
};

/// A whole number in decimal digits, both ends included.
template <std::integral T>
Kind<T> between(T low, T high) {
  const auto parse = [low, high](std::string_view text) {
    const auto number = parse_integer<T>(text);
    return number && *number >= low && *number <= high ? number : std::nullopt;
  };
  return {fmt::format("a whole number from {} to {}", low, high), parse};
}

/// A decimal fraction such as 0.5 or 2.
Kind<double> between(double low, double high);

/// One word of a table: one_of<Level>({{"debug", Level::debug}, {"info", Level::info}}). Upper and lower case differ.
template <class T>
Kind<T> one_of(std::vector<std::pair<std::string, T>> names) {
  std::vector<std::string> words;
  for (const auto& [word, value] : names) words.push_back(word);
  const auto parse = [names = std::move(names)](std::string_view text) -> std::optional<T> {
    for (const auto& [word, value] : names)
      if (word == text) return value;
    return std::nullopt;
  };
  return {(words.size() == 1 ? "" : "one of ") + join(words, ", "), parse};
}

/// Parts of a duration's text: see kind_of below. Milliseconds; nothing if it is not one, or one beyond 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest way to write it: "90 s", "2 min", "50 ms".
std::string describe(std::chrono::milliseconds duration);

template <class Duration>
Kind<Duration> duration_between(Duration low, Duration high) {
  const auto parse = [low, high](std::string_view text) -> std::optional<Duration> {
    const auto duration = parse_duration(text);
    if (!duration || *duration < low || *duration > high) return std::nullopt;
    const auto rounded = std::chrono::duration_cast<Duration>(*duration);
    return rounded == *duration ? std::optional{rounded} : std::nullopt;
  };
  const std::string whole = Duration{1} == std::chrono::seconds{1} ? " in whole seconds" : "";
  return {fmt::format("a time{} from {} to {}, such as 90, 1.5s, 50ms or 2h", whole, describe(low), describe(high)),
          parse};
}

/// Octets: "4096", "64 KiB", "10 MB". B, kB, MB, GB count in thousands; KiB, MiB, GiB in 1024s. A fraction must give
/// whole octets ("1.5 KiB" does).
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

template <std::unsigned_integral T>
Kind<T> byte_size(T low = 0, T high = std::numeric_limits<T>::max()) {
  const auto parse = [low, high](std::string_view text) -> std::optional<T> {
    const auto size = parse_byte_size(text);
    if (!size || *size < low || *size > high) return std::nullopt;
    return static_cast<T>(*size);
  };
  return {fmt::format("a size from {} to {} bytes, such as 4096, 64 KiB or 10 MB", low, high), parse};
}

/// The Kind of a type that is written in one way only. Durations: a number without a unit is seconds, whatever the
/// type; units are ms, s, min, h and d.
template <class T>
Kind<T> kind_of();
template <>
Kind<bool> kind_of();
template <>
Kind<double> kind_of();
template <>
Kind<std::string> kind_of();
template <>
Kind<std::chrono::seconds> kind_of();
template <>
Kind<std::chrono::milliseconds> kind_of();
template <>
Kind<MacAddress> kind_of();
template <>
Kind<Ipv4Address> kind_of();
template <>
Kind<Ipv4Subnet> kind_of();
template <class T>
requires(std::integral<T> && !std::same_as<T, bool>) Kind<T> kind_of() {
  return between(std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

}  // namespace labnet
