#include "common/rtmp/payload_builder.hpp"

#include <algorithm>
#include <cstring>

#include "common/rtmp/limits.hpp"

namespace labnet::rtmp {

std::uint32_t PayloadBuilder::allocated_bytes_with(std::size_t octets) const {
  const auto needed = received_ + octets;
  if (needed <= capacity_) return capacity_;
  const auto wanted = std::max({needed, std::size_t{capacity_} * 2, first_reservation_bytes});
  return static_cast<std::uint32_t>(std::min<std::size_t>(wanted, length_));
}

void PayloadBuilder::append(Bytes octets) {
  if (octets.empty()) return;
  if (const auto capacity = allocated_bytes_with(octets.size()); capacity > capacity_) {
    auto block = new_block(capacity);
    if (received_ > 0) std::memcpy(block.get(), block_.get(), received_);
    block_ = std::move(block);
    capacity_ = capacity;
  }
  std::memcpy(block_.get() + received_, octets.data(), octets.size());
  received_ += static_cast<std::uint32_t>(octets.size());
}

SharedBytes PayloadBuilder::take() {
  SharedBytes payload{std::move(block_), length_};
  begin(0);
  return payload;
}

}  // namespace labnet::rtmp
