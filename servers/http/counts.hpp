// What one worker has counted of its requests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/control/metrics.hpp"

namespace labnet::http_server {

class RequestCounts {
 public:
  /// method  empty, or one that is not in the table, counts as "other": a stranger must not be able to make new series
  void count(std::string_view method, int status) {
    const auto place = static_cast<std::size_t>(status - status_min);
    if (place < statuses) ++counts_[slot_of(method)][place];
  }
  void measure(control::Metrics& out) const;

 private:
  /// The most usual first; RFC 9110, section 9, and PATCH.
  static constexpr std::array<std::string_view, 9> methods{"GET",     "HEAD",  "POST",    "PUT",  "DELETE",
                                                           "OPTIONS", "TRACE", "CONNECT", "PATCH"};
  static constexpr int status_min = 100;
  static constexpr std::size_t statuses = 500;

  static std::size_t slot_of(std::string_view method) {
    std::size_t slot = 0;
    while (slot < methods.size() && methods[slot] != method) ++slot;
    return slot;
  }

  std::array<std::array<std::uint64_t, statuses>, methods.size() + 1> counts_{};
};

}  // namespace labnet::http_server
