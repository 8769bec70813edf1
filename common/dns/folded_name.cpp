// Folding to lower case and hashing, eight octets at a time.
#include "common/dns/folded_name.hpp"

#include <cstring>

#include "common/base/text.hpp"

namespace labnet::dns {
namespace {

constexpr std::uint64_t odd_multiplier = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * odd_multiplier;
  return hash ^ hash >> 32;
}

/// The label with its length octet in front, so that "ab" "c" and "a" "bc" differ.
std::uint64_t hash_label(std::uint64_t hash, const std::byte* label, std::size_t size) {
  while (size > 0) {
    std::uint64_t piece = 0;
    const auto piece_bytes = size < sizeof piece ? size : sizeof piece;
    std::memcpy(&piece, label, piece_bytes);
    hash = mix(hash, piece);
    label += piece_bytes;
    size -= piece_bytes;
  }
  return hash;
}

}  // namespace

FoldedName::FoldedName(NameView name, std::uint64_t seed) : size_{static_cast<std::uint8_t>(name.wire().size())} {
  const auto wire = name.wire();
  // Length octets are at most 63, below 'A', and stay as they are.
  for (std::size_t i = 0; i < wire.size(); ++i) {
    wire_[i] = static_cast<std::byte>(to_lower(static_cast<char>(std::to_integer<unsigned char>(wire[i]))));
  }
  std::size_t at = 0;
  for (; wire_[at] != std::byte{0}; at += 1 + std::to_integer<std::size_t>(wire_[at])) {
    starts_[label_count_++] = static_cast<std::uint8_t>(at);
  }
  starts_[label_count_] = static_cast<std::uint8_t>(at);
  hashes_[label_count_] = mix(seed, odd_multiplier);
  for (std::size_t i = label_count_; i-- > 0;) {
    hashes_[i] = hash_label(hashes_[i + 1], &wire_[starts_[i]], std::size_t{starts_[i + 1]} - starts_[i]);
  }
}

}  // namespace labnet::dns
