// Name compression while a message is written (RFC 1035, section 4.1.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/dns/folded_name.hpp"
#include "common/dns/limits.hpp"
#include "common/dns/name.hpp"

namespace labnet::dns {

/// Remembers where the names of one message stand. The writer given to each call must have been made where the message
/// starts, so that its size() is an offset in the message. Never allocates; of a message with very many names, those
/// after the first compression_entries_max suffixes are written but not remembered.
class NameCompressor {
 public:
  /// Writes `name`, its longest suffix that stands in the message already as a pointer.
  void write(ByteWriter& out, NameView name);
  /// Remembers a name that was written whole at `offset`: the question's.
  void remember(NameView name, std::size_t offset);
  /// Forgets what was written at or after `size`: the writer was rewound to it.
  void rewind(std::size_t size);

 private:
  struct Entry {
    std::uint32_t hash;
    std::uint16_t offset;
  };
  const Entry* find(Bytes message, const FoldedName& name, std::size_t skip) const;
  void remember(const FoldedName& name, std::size_t labels, std::size_t offset);

  std::array<Entry, compression_entries_max> entries_;
  std::size_t count_ = 0;
};

}  // namespace labnet::dns
