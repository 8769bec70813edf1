// "user:password" in a URL or on a command line.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::client {

struct Credentials {
  std::string user;
  std::optional<std::string> password;  // none: no ":"

  bool operator==(const Credentials&) const = default;
};

/// Of what stands in front of "@" in a URL.
/// decode  takes off the escapes of "user" or "password", and says what is wrong with them
/// faults  nothing in front of the ":"; those of `decode`
Result<Credentials> parse_credentials(
    std::string_view text,
    const std::function<Result<std::string>(std::string_view text, std::string_view what)>& decode);

}  // namespace labnet::client
