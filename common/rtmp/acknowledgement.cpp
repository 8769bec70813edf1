#include "common/rtmp/acknowledgement.hpp"

namespace labnet::rtmp {

std::optional<Acknowledgement> ReceivedBytes::add(std::size_t bytes) {
  total_ += bytes;
  if (window_bytes_ == 0 || total_ - acknowledged_ < window_bytes_) return std::nullopt;
  acknowledged_ = total_;
  return Acknowledgement{static_cast<std::uint32_t>(total_)};
}

bool SentBytes::acknowledge(const Acknowledgement& acknowledgement) {
  const std::uint32_t ahead = acknowledgement.sequence - static_cast<std::uint32_t>(acknowledged_);
  if (ahead > unacknowledged()) return false;
  acknowledged_ += ahead;
  return true;
}

}  // namespace labnet::rtmp
