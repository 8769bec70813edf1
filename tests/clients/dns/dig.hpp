// dig, beside which labnet dns is put, on machines that have it.
#pragma once

#include <fmt/format.h>

#include <string>

#include "common/base/text.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {

/// For GTEST_SKIP.
inline constexpr auto no_dig = "dig is not installed (bind9-dnsutils)";

inline bool has_dig() {
  return run({"dig", "-v"}).exit_code == 0;
}

/// What either has printed, without what differs from time to time, and without what each says of itself.
inline std::string comparable(const std::string& output) {
  std::string text;
  for (const auto line : split(output, '\n')) {
    const auto is_of_the_moment = line.starts_with(";; Query time:") || line.starts_with(";; WHEN:");
    const auto is_of_dig = line.starts_with("; <<>>") || line.starts_with("; (1 server") ||
                           line.starts_with(";; global options:") || line.starts_with(";; Truncated,") ||
                           line.starts_with(";; the reply is truncated");
    if (is_of_the_moment || is_of_dig) continue;
    const auto until = line.starts_with(";; Received ") ? line.find(" in ") : line.find(", id: ");
    text += fmt::format("{}\n", line.substr(0, until));
  }
  return text;
}

}  // namespace labnet::test
