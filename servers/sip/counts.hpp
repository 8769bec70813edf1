// What the signalling of a service has counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/control/metrics.hpp"
#include "common/sip/methods.hpp"

namespace labnet::sip_server {

/// Of what comes from phones.
struct Counts {
  void count_request(sip::Method method) { ++requests[static_cast<std::size_t>(method)]; }
  void measure(control::Metrics& out) const;

  std::array<std::uint64_t, static_cast<std::size_t>(sip::Method::other) + 1> requests{};
};

/// Of what goes out.
struct SentCounts {
  /// message  any one; of requests nothing is counted
  void count(Bytes message) {
    constexpr std::string_view front = "SIP/2.0 ";
    const auto text = as_text(message);
    if (text.size() <= front.size() || !text.starts_with(front)) return;
    const auto digit = static_cast<std::size_t>(text[front.size()] - '0');
    if (digit < responses.size()) ++responses[digit];
  }
  void measure(control::Metrics& out) const;

  std::array<std::uint64_t, 7> responses{};  // by the first digit of their status, repeated ones too
};

/// Of calls that have ended.
struct CallCounts {
  void measure(control::Metrics& out) const;

  std::uint64_t answered = 0, unanswered = 0;
};

}  // namespace labnet::sip_server
