// Bytes that many hold and nobody changes: a message's payload, and what goes to a thousand players as it is.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "common/base/bytes.hpp"

namespace labnet::rtmp {

/// One allocation however many hold it; a copy costs a reference count. Threads may share it.
class SharedBytes {
 public:
  SharedBytes() = default;
  /// Takes over the first `size` bytes of a block that nobody changes any more.
  SharedBytes(std::shared_ptr<const std::byte[]> block, std::size_t size) : block_{std::move(block)}, size_{size} {}

  static SharedBytes copy_of(Bytes bytes);

  Bytes bytes() const { return {block_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// A part of the same memory, which stays as long as the part is held. `offset + count` is size() at most.
  SharedBytes part(std::size_t offset, std::size_t count) const {
    return {std::shared_ptr<const std::byte[]>{block_, block_.get() + offset}, count};
  }

 private:
  std::shared_ptr<const std::byte[]> block_;
  std::size_t size_ = 0;
};

/// A block of that size to write into; its bytes are of no value yet.
inline std::shared_ptr<std::byte[]> new_block(std::size_t size) {
  return std::make_shared_for_overwrite<std::byte[]>(size);
}

}  // namespace labnet::rtmp
