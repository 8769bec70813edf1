// Octets that nobody can foresee: for ids that a forger would have to guess.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "common/base/bytes.hpp"

namespace labnet::net {

/// From the kernel's generator (getrandom(2)); ends the process if that gives none.
void fill_randomly(std::span<std::byte> bytes);

Buffer random_octets(std::size_t count);

template <class T>
requires std::is_integral_v<T> T random_number() {
  T value{};
  fill_randomly(std::as_writable_bytes(std::span{&value, 1}));
  return value;
}

}  // namespace labnet::net
