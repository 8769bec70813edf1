// A hash that is the same in every run and on every machine, for names that are made up; nothing that keeps anybody
// out.
#pragma once

#include <cstdint>
#include <string_view>

namespace labnet {

/// FNV-1a with 64 bits, by Fowler, Noll and Vo.
class Fnv1a {
 public:
  constexpr Fnv1a& add(std::uint8_t octet) {
    value_ = (value_ ^ octet) * prime;
    return *this;
  }
  constexpr Fnv1a& add(std::string_view text) {
    for (const char c : text) add(static_cast<std::uint8_t>(c));
    return *this;
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  static constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace labnet
