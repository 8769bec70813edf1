// What one worker has counted of its questions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/control/metrics.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns_server {

struct Counts {
  /// Of a question whose type has no name it counts as "other"; nothing: it could not be read.
  void count_query(std::optional<dns::Type> type, bool is_by_tcp) {
    ++(type ? types[slot_of(*type)] : unreadable);
    ++(is_by_tcp ? by_tcp : by_udp);
  }
  void count_reply(dns::Rcode rcode) {
    const auto value = static_cast<std::size_t>(rcode);
    ++rcodes[value < rcodes.size() ? value : rcodes.size() - 1];
  }

  void measure(control::Metrics& out) const;

  std::uint64_t by_udp = 0, by_tcp = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t cache_hits = 0;    // questions outside the zones that the cache has answered
  std::uint64_t cache_misses = 0;  // and those that it has not
  std::uint64_t refused = 0;       // for too many questions under way
  std::uint64_t transfers = 0;     // of zones, that have begun

 private:
  static constexpr std::size_t types_max = 258;  // CAA is the last that has a name
  static constexpr std::size_t rcodes_max = 24;  // so is BADCOOKIE

  static std::size_t slot_of(dns::Type type) {
    const auto value = static_cast<std::size_t>(type);
    return value < types_max ? value : 0;  // 0 is no type (RFC 6895, section 3.1)
  }

  std::array<std::uint64_t, types_max> types{};
  std::array<std::uint64_t, rcodes_max> rcodes{};
};

}  // namespace labnet::dns_server
