#include "servers/sip/media_ports.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "servers/sip/media_address.hpp"

namespace labnet::sip_server {
namespace {

rtp::Time port_time() {
  return std::chrono::steady_clock::now();
}

/// Nothing, and errno says why, if the system refuses.
FileDescriptor bound_socket(const IpAddress& address, std::uint16_t port) {
  const MediaAddress own{address, port};
  FileDescriptor socket{::socket(own.data()->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (socket && ::bind(socket.get(), own.data(), own.bytes()) != 0) {
    const auto why = errno;
    socket.reset();
    errno = why;
  }
  return socket;
}

}  // namespace

PortPool::PortPool(std::uint16_t port_min, std::uint16_t port_max, std::chrono::milliseconds rest,
                   std::size_t passed_by)
    : rest_{rest} {
  const unsigned first = port_min + (port_min & 1U);
  for (unsigned port = first; port + 1 <= port_max; port += 2) {
    free_.push_back({static_cast<std::uint16_t>(port), rtp::Time::min()});
  }
  pairs_ = free_.size();
  if (pairs_ == 0) return;
  std::rotate(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(passed_by % pairs_), free_.end());
}

std::optional<std::uint16_t> PortPool::take(rtp::Time now) {
  const std::lock_guard lock{mutex_};
  if (free_.empty() || free_.front().usable_from > now) return std::nullopt;
  const auto port = free_.front().port;
  free_.pop_front();
  return port;
}

void PortPool::give_back(std::uint16_t port, rtp::Time now) {
  const std::lock_guard lock{mutex_};
  free_.push_back({port, now + rest_});
}

std::size_t PortPool::free() const {
  const std::lock_guard lock{mutex_};
  return free_.size();
}

std::optional<MediaPorts> MediaPorts::open(const std::shared_ptr<PortPool>& pool, const IpAddress& address) {
  for (int i = 0; i < pairs_tried_max; ++i) {
    const auto port = pool->take(port_time());
    if (!port) return std::nullopt;
    MediaPorts made{pool, address, *port};
    if (made.bind()) return made;
    if (errno != EADDRINUSE) return std::nullopt;
  }
  return std::nullopt;
}

bool MediaPorts::bind() {
  rtp_ = bound_socket(address_, port_);
  if (!rtp_) return false;
  rtcp_ = bound_socket(address_, static_cast<std::uint16_t>(port_ + 1));
  return static_cast<bool>(rtcp_);
}

void MediaPorts::close() {
  if (!pool_) return;
  rtp_.reset();
  rtcp_.reset();
  pool_->give_back(port_, port_time());
  pool_.reset();
}

}  // namespace labnet::sip_server
