// What one worker has counted of all its calls' media.
#pragma once

#include <cstdint>

namespace labnet::sip_server {

/// Of RTP. Changed and read on the worker's thread.
struct MediaTotals {
  std::uint64_t received_packets = 0, received_bytes = 0;  // that were a side's
  std::uint64_t sent_packets = 0, sent_bytes = 0;          // to the other one, and of the server's own sounds
};

}  // namespace labnet::sip_server
