// Names that nobody else has given: branches, tags, Call-IDs (RFC 3261, section 19.3).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "clients/sip/config.hpp"

namespace labnet::sip_client {

class Names {
 public:
  /// random  64 bits that nobody can guess
  Names(std::function<std::uint64_t()> random, Like like) : random_{std::move(random)}, like_{like} {}

  Like like() const { return like_; }
  std::uint64_t number() { return random_(); }
  std::string tag();
  std::string branch();
  std::string call_id();
  /// What is random in a digest (`cnonce`).
  std::string cnonce();

 private:
  std::function<std::uint64_t()> random_;
  Like like_;
};

}  // namespace labnet::sip_client
