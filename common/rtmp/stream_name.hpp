// What people append to the name of a stream or of an application: "1234?token=a&user=b", "live/".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

namespace labnet::rtmp {

enum class NameFault {
  too_long,            // stream_name_bytes_max, arguments included
  too_many_arguments,  // stream_arguments_max
  malformed_escape,    // "%" without two hexadecimal digits, in an argument
};
std::string_view describe(NameFault fault);

struct StreamName {
  std::string name{};  // without slashes at its ends; octets as they came: escapes are not taken off; may be empty
  std::vector<std::pair<std::string, std::string>> arguments{};  // without escapes, in their order

  /// The value of the first of that name; nothing if there is none.
  std::optional<std::string_view> argument(std::string_view argument_name) const;
  bool operator==(const StreamName&) const = default;
};

/// Of publish, play and the like, and of connect's `app`.
Result<StreamName, NameFault> parse_stream_name(std::string_view text);

}  // namespace labnet::rtmp
