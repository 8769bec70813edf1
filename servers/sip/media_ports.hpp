// Which ports calls have: pairs of them, an even one for RTP and the next for RTCP (RFC 3550, section 11).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "common/base/address.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/rtp/limits.hpp"

namespace labnet::sip_server {

/// The pairs that are free, by their even port. Whichever has been free longest is taken first. Signalling takes them,
/// and the workers give them back: from any thread.
class PortPool {
 public:
  /// port_min, port_max  both included
  /// passed_by  how many pairs, counted round the range, come last at first: where it is random, exchanges that stand
  ///            side by side on a host rarely meet at the same ports, and nobody guesses them (RFC 6056, section 3)
  PortPool(std::uint16_t port_min, std::uint16_t port_max, std::chrono::milliseconds rest, std::size_t passed_by = 0);

  /// Nothing if none is free, or none has rested for long enough.
  std::optional<std::uint16_t> take(rtp::Time now);
  void give_back(std::uint16_t port, rtp::Time now);
  std::size_t free() const;
  /// More than half of them are in use: none is to be held any longer than it has to.
  bool is_short() const { return free() < pairs_ / 2; }

 private:
  struct Free {
    std::uint16_t port;
    rtp::Time usable_from;
  };
  const std::chrono::milliseconds rest_;
  mutable std::mutex mutex_;
  std::deque<Free> free_;
  std::size_t pairs_;
};

/// A pair of bound sockets that do not block. The pair of ports goes back to the pool when this goes.
class MediaPorts {
 public:
  /// Tries another pair where a port is in use by others, pairs_tried_max in all.
  /// returns  nothing if no port is free, or the address is none of this host's
  static std::optional<MediaPorts> open(const std::shared_ptr<PortPool>& pool, const IpAddress& address);
  MediaPorts(MediaPorts&& other) noexcept = default;
  MediaPorts& operator=(MediaPorts&& other) = delete;
  ~MediaPorts() { close(); }

  const IpAddress& address() const { return address_; }
  std::uint16_t port() const { return port_; }  // of RTP; stays after `close`
  int rtp() const { return rtp_.get(); }
  int rtcp() const { return rtcp_.get(); }
  void close();

  static constexpr int pairs_tried_max = 64;

 private:
  MediaPorts(std::shared_ptr<PortPool> pool, const IpAddress& address, std::uint16_t port)
      : pool_{std::move(pool)}, address_{address}, port_{port} {}
  bool bind();

  std::shared_ptr<PortPool> pool_;  // nothing once they are closed
  IpAddress address_;
  std::uint16_t port_;
  FileDescriptor rtp_;
  FileDescriptor rtcp_;
};

}  // namespace labnet::sip_server
