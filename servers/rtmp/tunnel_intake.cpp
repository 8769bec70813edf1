#include "servers/rtmp/tunnel_intake.hpp"

namespace labnet::rtmp_server {
namespace {

/// FFmpeg and librtmp begin with 0; who counts open, too, with 1 or 2.
constexpr std::uint32_t first_number_max = 2;

}  // namespace

TunnelIntake::Place TunnelIntake::place_of(std::uint32_t number) const {
  const auto last = last_.load();
  if (last == none_yet) return number <= first_number_max ? Place::next : Place::none;
  if (number == last) return Place::last;
  return number == static_cast<std::uint32_t>(last) + 1 ? Place::next : Place::none;
}

bool TunnelIntake::Body::add(std::size_t bytes) {
  const auto before = intake_->bytes_.fetch_add(bytes);
  if (before + bytes > intake_->bytes_max_) {
    intake_->bytes_ -= bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

}  // namespace labnet::rtmp_server
