// A message and its fields as the part of a log line that follows time, level and name.
#pragma once

#include <string>

#include "common/log/log.hpp"

namespace labnet::log {

/// listens address=127.0.0.1 agent="a \"b\""
std::string text_line(std::string_view message, Fields fields);

/// "message":"listens","address":"127.0.0.1": members of an object, without its braces. Always valid UTF-8.
std::string json_line(std::string_view message, Fields fields);

}  // namespace labnet::log
