// A message and its fields as the part of a log line that follows time, level and name.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/log/log.hpp"

namespace labnet::log {

/// listens address=127.0.0.1 agent="a \"b\""
std::string text_line(std::string_view message, Fields fields);

/// What a line has as JSON beside the fields.
inline constexpr std::array<std::string_view, 5> json_members{"time", "level", "name", "message", "cut"};

/// "message":"listens","address":"127.0.0.1": members of an object, without its braces. Always valid UTF-8. A field
/// that is called as one of json_members has a "_" behind that.
std::string json_line(std::string_view message, Fields fields);

/// A field's text as text_line has it: in quotation marks if it has blanks, "=" or quotation marks, or is empty.
std::string text_value(std::string_view text);

}  // namespace labnet::log
