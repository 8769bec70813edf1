// Folding to lower case and hashing, eight octets at a time.
#include "common/dns/folded_name.hpp"

#include <bit>
#include <cstring>

#include "common/base/text.hpp"

namespace labnet::dns {
namespace {

constexpr std::uint64_t odd_multiplier = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio
constexpr std::uint64_t each_octet = 0x0101010101010101;
constexpr std::size_t word_bytes = sizeof(std::uint64_t);

/// Eight octets, the first one lowest.
std::uint64_t load(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, word_bytes);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// `count` octets of a name, 1 to 8, from `at`, the last one highest. What is read beside them lies in the name too.
std::uint64_t load_piece(Bytes name, std::size_t at, std::size_t count) {
  const auto unused_bits = 8 * (word_bytes - count);
  if (at + word_bytes <= name.size()) return load(name.data() + at) << unused_bits;
  if (at + count >= word_bytes) return load(name.data() + at + count - word_bytes) >> unused_bits << unused_bits;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) word |= std::to_integer<std::uint64_t>(name[at + i]) << (unused_bits + 8 * i);
  return word;
}

/// Sets bit 0x20 in the octets from 'A' to 'Z': those whose lower seven bits reach 0x80 when what is missing from 'A'
/// is added, and not when what is missing from the one behind 'Z' is added, and whose own bit 0x80 is not set.
std::uint64_t fold(std::uint64_t word) {
  const auto seven_bits = word & 0x7f * each_octet;
  const auto from_a = seven_bits + (0x80 - 'A') * each_octet;
  const auto behind_z = seven_bits + (0x80 - ('Z' + 1)) * each_octet;
  return word | ((from_a & ~behind_z & ~word & 0x80 * each_octet) >> 2);
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * odd_multiplier;
  return hash ^ hash >> 32;
}

/// The label with its length octet in front, so that "ab" "c" and "a" "bc" differ.
std::uint64_t hash_label(std::uint64_t hash, Bytes name, std::size_t at, std::size_t size) {
  for (; size > word_bytes; size -= word_bytes, at += word_bytes) hash = mix(hash, fold(load(name.data() + at)));
  return mix(hash, fold(load_piece(name, at, size)));
}

}  // namespace

// The name is hashed as it came and not as it was folded: what was just stored would have to be waited for.
FoldedName::FoldedName(NameView name, std::uint64_t seed) : size_{static_cast<std::uint8_t>(name.wire().size())} {
  const auto wire = name.wire();
  std::size_t count = 0;
  std::size_t at = 0;
  for (; wire[at] != std::byte{0}; at += 1 + std::to_integer<std::size_t>(wire[at])) {
    starts_[count++] = static_cast<std::uint8_t>(at);
  }
  starts_[count] = static_cast<std::uint8_t>(at);
  label_count_ = static_cast<std::uint8_t>(count);
  auto hash = mix(seed, odd_multiplier);
  hashes_[count] = hash;
  for (auto end = at; count-- > 0;) {
    const std::size_t start = starts_[count];
    hash = hash_label(hash, wire, start, end - start);
    hashes_[count] = hash;
    end = start;
  }
  // Length octets are at most 63, below 'A', and stay as they are.
  for (at = 0; at + word_bytes <= wire.size(); at += word_bytes) {
    std::uint64_t word;
    std::memcpy(&word, &wire[at], word_bytes);
    word = fold(word);
    std::memcpy(&wire_[at], &word, word_bytes);
  }
  for (; at < wire.size(); ++at) wire_[at] = static_cast<std::byte>(to_lower(static_cast<char>(wire[at])));
}

}  // namespace labnet::dns
