// A payload as it comes, piece by piece. How long it will be is known, and not believed.
#pragma once

#include <cstdint>
#include <memory>

#include "common/rtmp/shared_bytes.hpp"

namespace labnet::rtmp {

/// A length alone allocates nothing, and the first octet first_reservation_bytes at most; beyond that the memory
/// doubles as it is filled. So each octet is copied once, and of long payloads again each time the memory doubles.
class PayloadBuilder {
 public:
  /// Forgets what was there.
  void begin(std::uint32_t length) { *this = PayloadBuilder{length}; }

  PayloadBuilder() = default;
  explicit PayloadBuilder(std::uint32_t length) : length_{length} {}

  std::uint32_t left() const { return length_ - received_; }  // octets that have not come
  bool is_whole() const { return left() == 0; }
  std::uint32_t allocated_bytes() const { return capacity_; }
  /// What allocated_bytes() will be when so many octets more have come.
  std::uint32_t allocated_bytes_with(std::size_t octets) const;

  /// left() at most.
  void append(Bytes octets);
  /// Of one that is whole; leaves an empty one.
  SharedBytes take();

 private:
  std::shared_ptr<std::byte[]> block_;
  std::uint32_t length_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint32_t received_ = 0;
};

}  // namespace labnet::rtmp
