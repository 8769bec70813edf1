// The bytes of one direction of a TCP connection, in order, from the segments of a capture.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "common/packet/tcp.hpp"

namespace labnet::packet {

/// Segments may come out of order, twice, or cut otherwise the second time (RFC 9293, section 3.8): the bytes that came
/// first count. A capture that begins in the middle of a connection is read from its first segment on.
class TcpReassembly {
 public:
  static constexpr std::size_t waiting_bytes_max = 4 << 20;  // behind a gap; what comes beyond it is left out

  /// returns  the bytes that are in order now and were not before; they live until the next call
  Bytes add(const Tcp& segment);

  /// True once a FIN has come, and all in front of it.
  bool has_ended() const { return has_ended_; }
  /// True if bytes wait for others that are missing.
  bool has_gap() const { return !waiting_.empty(); }

 private:
  /// Where it stands, counted from the first byte of the connection; less than nothing if it was there before.
  std::int64_t position_of(std::uint32_t sequence_number) const;
  void take(std::int64_t position, Bytes bytes);
  void keep(std::int64_t position, Bytes bytes);

  std::optional<std::uint32_t> first_;  // the sequence number of the first byte
  std::int64_t next_ = 0;               // the position of the next byte
  std::optional<std::int64_t> end_;     // that of the FIN
  bool has_ended_ = false;
  std::map<std::int64_t, Buffer> waiting_;
  std::size_t waiting_bytes_ = 0;
  Buffer ready_;
};

}  // namespace labnet::packet
