#include "common/packet/tcp_reassembly.hpp"

#include <algorithm>

namespace labnet::packet {

std::int64_t TcpReassembly::position_of(std::uint32_t sequence_number) const {
  // The nearest to what comes next of all that have these lower 32 bits.
  const auto expected = *first_ + static_cast<std::uint32_t>(next_);
  return next_ + static_cast<std::int32_t>(sequence_number - expected);
}

Bytes TcpReassembly::add(const Tcp& segment) {
  ready_.clear();
  const bool is_syn = segment.has(Tcp::flag_syn);
  if (!first_) first_ = segment.sequence_number + (is_syn ? 1 : 0);
  const auto position = position_of(segment.sequence_number + (is_syn ? 1 : 0));
  if (segment.has(Tcp::flag_fin)) end_ = position + static_cast<std::int64_t>(segment.payload.size());
  if (!segment.payload.empty()) take(position, segment.payload);
  while (!waiting_.empty() && waiting_.begin()->first <= next_) {
    const auto first = waiting_.extract(waiting_.begin());
    waiting_bytes_ -= first.mapped().size();
    take(first.key(), first.mapped());
  }
  has_ended_ = has_ended_ || (end_ && next_ >= *end_);
  return ready_;
}

void TcpReassembly::take(std::int64_t position, Bytes bytes) {
  if (position > next_) return keep(position, bytes);
  const auto known = static_cast<std::uint64_t>(next_ - position);
  if (known >= bytes.size()) return;
  const auto fresh = bytes.subspan(known);
  ready_.insert(ready_.end(), fresh.begin(), fresh.end());
  next_ += static_cast<std::int64_t>(fresh.size());
}

/// Of two that begin at the same place the longer one counts, so that nothing is missing behind the shorter.
void TcpReassembly::keep(std::int64_t position, Bytes bytes) {
  auto& place = waiting_[position];
  if (bytes.size() <= place.size()) return;
  const auto more = bytes.size() - place.size();
  if (waiting_bytes_ + more <= waiting_bytes_max) {
    place.insert(place.end(), bytes.begin() + static_cast<std::ptrdiff_t>(place.size()), bytes.end());
    waiting_bytes_ += more;
  } else if (place.empty()) {
    waiting_.erase(position);
  }
}

}  // namespace labnet::packet
