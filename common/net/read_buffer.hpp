// What has come on a connection and is not used yet, in one piece.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "common/base/bytes.hpp"

namespace labnet::net {

class ReadBuffer {
 public:
  /// Its size in bytes: once something is read, and as far as it grows.
  ReadBuffer(std::size_t first, std::size_t max) : first_{first}, max_{max} {}

  /// Until the next call of `room` or `shrink`.
  Bytes unread() const { return Bytes{bytes_}.subspan(used_, filled_ - used_); }
  void skip(std::size_t count) { used_ += count; }

  /// Where to put what is read next, behind what is unread; empty only once as much is unread as it may hold.
  std::span<std::byte> room() {
    std::ranges::copy(unread(), bytes_.begin());
    filled_ -= std::exchange(used_, 0);
    return filled_ == bytes_.size() ? grow() : std::span{bytes_}.subspan(filled_);
  }
  void add(std::size_t count) { filled_ += count; }
  /// Bytes that were read elsewhere. Must not be more than there is room for.
  void append(Bytes bytes) {
    for (auto free = room(); free.size() < bytes.size();) free = grow();
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += bytes.size();
  }

  /// Gives back what a long message has needed; nothing is lost.
  void shrink() {
    if (used_ == filled_ && bytes_.size() > first_) *this = ReadBuffer{first_, max_};
  }

 private:
  std::span<std::byte> grow() {
    bytes_.resize(std::clamp(2 * bytes_.size(), first_, max_));
    return std::span{bytes_}.subspan(filled_);
  }

  std::size_t first_, max_;
  Buffer bytes_;
  std::size_t used_ = 0, filled_ = 0;
};

}  // namespace labnet::net
