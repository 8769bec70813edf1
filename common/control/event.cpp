#include "common/control/event.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "common/json/json_text.hpp"
#include "common/log/line.hpp"

namespace labnet::control {
namespace {

using Milliseconds = std::chrono::milliseconds;
using std::chrono::system_clock;

/// As the service has called it (log::json_line).
std::string_view field_name(std::string_view key) {
  const auto own = key.substr(0, key.size() - (key.ends_with('_') ? 1 : 0));
  return std::ranges::find(log::json_members, own) == log::json_members.end() ? key : own;
}

/// Nothing for a text that is no time of an event.
std::optional<system_clock::time_point> parse_utc(const std::string& text) {
  std::tm parts{};
  const char* const rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S.", &parts);
  if (rest == nullptr) return std::nullopt;
  char* end = nullptr;
  const auto milliseconds = std::strtol(rest, &end, 10);
  if (end != rest + 3 || *end != 'Z') return std::nullopt;
  return system_clock::from_time_t(::timegm(&parts)) + Milliseconds{milliseconds};
}

std::string milliseconds_of(system_clock::time_point time) {
  return fmt::format("{:03}", std::chrono::floor<Milliseconds>(time).time_since_epoch().count() % 1000);
}

}  // namespace

std::optional<Event> event_of_log_line(std::string_view line) {
  if (!line.starts_with('{')) return std::nullopt;
  auto parsed = parse_message(line);
  if (!parsed || !parsed->contains("message")) return std::nullopt;
  Event event;
  // Not by taking members out: the order of those that are left would be another one.
  for (auto& [key, value] : *parsed) {
    auto* const text = key == "time"      ? &event.time
                       : key == "level"   ? &event.level
                       : key == "name"    ? &event.service
                       : key == "message" ? &event.name
                                          : nullptr;
    if (text != nullptr && value.is_string()) {
      *text = value.get_string();
    } else {
      event.fields[field_name(key)] = std::move(value);
    }
  }
  return event;
}

json::object to_json(const Event& event) {
  return {{"time", event.time},   {"host", event.host},  {"service", event.service},
          {"level", event.level}, {"event", event.name}, {"fields", event.fields}};
}

Event event_of(const json::object& object) {
  Event event{.time = std::string{text_of(object, "time")},
              .host = std::string{text_of(object, "host")},
              .service = std::string{text_of(object, "service")},
              .level = std::string{text_of(object, "level")},
              .name = std::string{text_of(object, "event")}};
  if (const auto* const fields = object.if_contains("fields"); fields != nullptr && fields->is_object()) {
    event.fields = fields->get_object();
  }
  return event;
}

std::string in_words(const Event& event) {
  auto words = event.name;
  for (const auto& [key, value] : event.fields) {
    words += fmt::format(" {}={}", std::string_view{key},
                         value.is_string() ? log::text_value(value.get_string()) : json_text(value));
  }
  return words;
}

std::string as_log_text(const Event& event) {
  const auto time = parse_utc(event.time);
  const auto shown = time ? fmt::format("{:%Y-%m-%d %H:%M:%S}.{}", fmt::localtime(system_clock::to_time_t(*time)),
                                        milliseconds_of(*time))
                          : event.time;
  return fmt::format("{} {:<7} {}: {}", shown, event.level, event.service, in_words(event));
}

std::string utc_text(system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{}Z", fmt::gmtime(system_clock::to_time_t(time)), milliseconds_of(time));
}

}  // namespace labnet::control
