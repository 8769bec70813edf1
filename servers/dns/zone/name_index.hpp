// A hash table from names to numbers, filled once and then only read: open addressing, eight octets per place.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace labnet::dns_server {

/// Holds no names: whoever asks says what number stands for the name sought.
class NameIndex {
 public:
  explicit NameIndex(std::size_t names_max) : places_(std::bit_ceil(2 * names_max + 1)) {}

  void insert(std::uint64_t hash, std::uint32_t number) {
    auto at = place(hash);
    while (places_[at].number != none) at = next(at);
    places_[at] = {tag(hash), number};
  }

  /// `is_it(number)` compares the names; it is asked about very few that are not it.
  std::optional<std::uint32_t> find(std::uint64_t hash, auto&& is_it) const {
    for (auto at = place(hash); places_[at].number != none; at = next(at)) {
      if (places_[at].tag == tag(hash) && is_it(places_[at].number)) return places_[at].number;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Place {
    std::uint32_t tag = 0;
    std::uint32_t number = none;
  };
  std::size_t place(std::uint64_t hash) const { return hash & (places_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (places_.size() - 1); }
  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  std::vector<Place> places_;  // at least half of them free, so that a search ends soon
};

}  // namespace labnet::dns_server
