// What one worker has counted of its sessions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "common/control/metrics.hpp"

namespace labnet::ftp_server {

struct Counts {
  struct Transfers {
    std::uint64_t complete = 0, incomplete = 0;
    std::uint64_t bytes = 0;  // of both
  };

  void count_reply(int code) { ++replies[static_cast<std::size_t>(code / 100) % replies.size()]; }
  void measure(control::Metrics& out) const;

  std::map<std::string_view, std::uint64_t> commands;  // by the names of the verbs' table
  std::uint64_t commands_unknown = 0;
  std::array<std::uint64_t, 6> replies{};  // by their first digit
  std::uint64_t logins = 0, logins_refused = 0;
  Transfers downloads, uploads, listings;
};

}  // namespace labnet::ftp_server
