// What happens in a lab, one thing at a time, as `labnet events` tells it: what services log, and what the lab sees of
// them.
//
//   {"time":"2026-01-31T12:00:00.123Z","host":"ftp","service":"ftp","level":"info","event":"logged in",
//    "fields":{"client":"192.168.1.6","user":"samurt123","secure":false}}
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/control/message.hpp"

namespace labnet::control {

struct Event {
  std::string time{};             // UTC, in milliseconds; those of two events can be compared as texts
  std::string host{}, service{};  // empty: the lab itself
  std::string level = "info";     // debug, info, warning or error
  std::string name{};             // what has happened: a message of the log, or "ready", "ended", "restarts", "failed"
  json::object fields{};          // what differs from time to time
};

/// What a service's line in the log says, if it is one (log::Format::json).
std::optional<Event> event_of_log_line(std::string_view line);

json::object to_json(const Event& event);
/// Texts that are missing are empty.
Event event_of(const json::object& object);

/// "logged in client=192.168.1.6 user=samurt123 secure=false", as log::text_line writes it.
std::string in_words(const Event& event);
/// The same behind time, level and name, as the log of a service that is not asked for JSON has it; in local time.
std::string as_log_text(const Event& event);

/// "2026-01-31T12:00:00.123Z"
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace labnet::control
