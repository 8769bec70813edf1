// Names that nobody else has given: branches, tags, Call-IDs (RFC 3261, section 19.3).
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>

#include "common/sip/via.hpp"

namespace labnet::sip_server {

class Tokens {
 public:
  /// random  64 bits that nobody can guess
  explicit Tokens(std::function<std::uint64_t()> random) : random_{std::move(random)} {}

  std::uint64_t number() { return random_(); }
  std::string tag() { return fmt::format("{:016x}", random_()); }
  std::string branch() { return fmt::format("{}{:016x}", sip::branch_magic, random_()); }
  std::string call_id() { return fmt::format("{:016x}{:016x}", random_(), random_()); }

 private:
  std::function<std::uint64_t()> random_;
};

}  // namespace labnet::sip_server
