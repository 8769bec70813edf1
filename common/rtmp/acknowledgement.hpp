// Who has got how much: windows and sequence numbers (RTMP 1.0, sections 5.4.3 to 5.4.5). A sequence number is the
// count of bytes, chunk headers included, modulo 2^32. Whether the handshake counts, peers do not agree; here the
// caller says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/rtmp/control.hpp"

namespace labnet::rtmp {

/// Of what we receive: when an Acknowledgement is due.
class ReceivedBytes {
 public:
  /// The peer's Window Acknowledgement Size. Until it is there, and if it is 0, none is due.
  void set_window(std::uint32_t bytes) { window_bytes_ = bytes; }

  /// Of bytes that have come. One Acknowledgement at most is due, however many windows they fill.
  std::optional<Acknowledgement> add(std::size_t bytes);

  std::uint64_t total() const { return total_; }

 private:
  std::uint32_t window_bytes_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t acknowledged_ = 0;
};

/// Of what we send: how much of it the peer has not acknowledged. A peer that never acknowledges is no fault: many
/// do not, and TCP has flow control of its own.
class SentBytes {
 public:
  void add(std::size_t bytes) { total_ += bytes; }
  /// An Acknowledgement that says more than was sent, or goes back, is not taken; false then.
  bool acknowledge(const Acknowledgement& acknowledgement);

  std::uint64_t total() const { return total_; }
  std::uint64_t unacknowledged() const { return total_ - acknowledged_; }

 private:
  std::uint64_t total_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace labnet::rtmp
