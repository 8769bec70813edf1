// The nonces of a server, which needs to remember none but those that have been used (RFC 7616, section 5.4).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"

namespace labnet::digest {

using Time = std::chrono::sys_seconds;

/// What is in a nonce says when it was made, and its key, that it was made here. For one thread at a time.
class Nonces {
 public:
  enum class Verdict {
    good,
    repeated,  // right, but this count has been here: a copy of the request, or a replay
    stale,     // right once: the client gets another
    wrong,     // not one of these
  };

  /// key  random octets, of which nobody else knows
  explicit Nonces(Buffer key) : key_{std::move(key)} {}

  /// salt    random: no two nonces are the same
  /// client  whom alone it is for, such as his address: brought by anybody else it is wrong
  std::string issue(Time now, std::uint64_t salt, std::string_view client = {}) const;
  /// For credentials whose response is right. Each count is good once.
  Verdict use(std::string_view nonce, std::uint32_t count, Time now, std::string_view client = {});
  /// Whether it is one of these and not too old, whatever count comes with it.
  Verdict look_at(std::string_view nonce, Time now, std::string_view client = {}) const;

  static constexpr std::chrono::minutes lifetime{5};
  static constexpr std::size_t used_max = 10'000;               // the oldest goes first, and is stale from then on
  static constexpr std::uint32_t counts_per_nonce_max = 4'096;  // then the client gets another

 private:
  struct Used {
    std::vector<bool> counts;
  };
  std::optional<Time> time_of(std::string_view nonce, std::string_view client) const;
  std::string text_of(Time time, std::string_view client) const;

  Buffer key_;
  std::map<std::string, Used, std::less<>> used_;  // by the time in them, as their texts begin with it
};

}  // namespace labnet::digest
