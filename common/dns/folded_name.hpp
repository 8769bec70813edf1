// A name made ready for look-ups: in lower case, with a hash of each of its suffixes, made in one pass from the right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/dns/limits.hpp"
#include "common/dns/name.hpp"

namespace labnet::dns {

/// Lives on the stack and never allocates. `skip` is a number of labels left out on the left, at most label_count().
class FoldedName {
 public:
  /// `seed`: where strangers choose the names that a table holds, a random number that they do not know.
  explicit FoldedName(NameView name, std::uint64_t seed = 0);

  std::size_t label_count() const { return label_count_; }
  /// Where the suffix starts, in octets from the name's start.
  std::size_t offset(std::size_t skip) const { return starts_[skip]; }
  NameView suffix(std::size_t skip) const {
    return NameView{Bytes{wire_.data() + starts_[skip], std::size_t{size_} - starts_[skip]}};
  }
  std::uint64_t hash(std::size_t skip = 0) const { return hashes_[skip]; }

 private:
  std::array<std::byte, name_bytes_max> wire_;
  std::array<std::uint8_t, labels_max + 1> starts_;
  std::array<std::uint64_t, labels_max + 1> hashes_;
  std::uint8_t size_;
  std::uint8_t label_count_ = 0;
};

}  // namespace labnet::dns
