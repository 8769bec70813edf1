#include "common/base/kinds.hpp"

#include <array>
#include <cmath>
#include <span>

namespace labnet {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

/// "1.5 KiB" in the smallest unit; nothing if the result is no whole number from 0 to `high`.
std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units, double high) {
  const auto number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = text.substr(0, number_end);
  const auto name = trim(text.substr(number_end));
  if (number.empty() || !is_digit(number.front()) || !is_digit(number.back())) return std::nullopt;
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    double value = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || stop != number.data() + number.size()) return std::nullopt;
    value *= unit.factor;
    const auto whole = std::round(value);
    // "1.1s" times 1000 is off by a rounding error of the binary fraction.
    if (value > high || std::abs(value - whole) > 1e-6) return std::nullopt;
    return static_cast<std::uint64_t>(whole);
  }
  return std::nullopt;
}

template <class Duration>
Kind<Duration> any_duration() {
  auto kind = duration_between(Duration{0}, std::chrono::duration_cast<Duration>(std::chrono::hours{24 * 36500}));
  const std::string whole = Duration{1} == std::chrono::seconds{1} ? " in whole seconds" : "";
  kind.expected = "a time" + whole + " such as 90, 1.5s, 50ms or 2h";
  return kind;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr std::array<Unit, 6> units{
      {{"", 1000}, {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  constexpr double century_ms = 36500 * 86'400'000.0;
  const auto milliseconds = parse_quantity(text, units, century_ms);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*milliseconds)};
}

std::string describe(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  if (count == 0) return "0 s";
  if (count % 3'600'000 == 0) return fmt::format("{} h", count / 3'600'000);
  if (count % 60'000 == 0) return fmt::format("{} min", count / 60'000);
  if (count % 1000 == 0) return fmt::format("{} s", count / 1000);
  return fmt::format("{} ms", count);
}

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  if (const auto plain = parse_integer<std::uint64_t>(text)) return plain;  // exact above 2^53 too
  static constexpr std::array<Unit, 7> units{{{"B", 1},
                                              {"kB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9},
                                              {"KiB", 1024},
                                              {"MiB", 1024.0 * 1024},
                                              {"GiB", 1024.0 * 1024 * 1024}}};
  return parse_quantity(text, units, 0x1p53);
}

Kind<double> between(double low, double high) {
  const auto parse = [low, high](std::string_view text) -> std::optional<double> {
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (error != std::errc{} || stop != end || !(value >= low && value <= high)) return std::nullopt;
    return value;
  };
  return {fmt::format("a number from {} to {}", low, high), parse};
}

template <>
Kind<double> kind_of() {
  auto kind = between(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
  kind.expected = "a number such as 0.5";
  return kind;
}

template <>
Kind<bool> kind_of() {
  return {"true or false", one_of<bool>({{"true", true}, {"false", false}}).parse};
}

template <>
Kind<std::string> kind_of() {
  return {"a text", [](std::string_view text) { return std::optional<std::string>{text}; }};
}

template <>
Kind<std::chrono::seconds> kind_of() {
  return any_duration<std::chrono::seconds>();
}

template <>
Kind<std::chrono::milliseconds> kind_of() {
  return any_duration<std::chrono::milliseconds>();
}

template <>
Kind<MacAddress> kind_of() {
  return {"a MAC address such as 00:0c:29:8d:07:ce", parse_mac};
}

template <>
Kind<Ipv4Address> kind_of() {
  return {"an IPv4 address such as 192.168.1.7", parse_ipv4};
}

template <>
Kind<Ipv4Subnet> kind_of() {
  return {"a network such as 192.168.1.0/24, its host bits 0", parse_ipv4_subnet};
}

}  // namespace labnet
