// What one worker has counted: plain numbers that its thread alone changes and reads.
#pragma once

#include <cstdint>

namespace labnet::net {

/// Since the program began. Whoever wants the sum of all workers asks each on its own thread (ask_workers.hpp).
struct Counts {
  std::uint64_t connections = 0;          // that listeners have let in
  std::uint64_t connections_refused = 0;  // by a quota
  // Of the connections that listeners have accepted and of datagrams, without what TLS adds.
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t tls_handshakes = 0;         // that ended well
  std::uint64_t tls_handshakes_failed = 0;  // that did not
};

}  // namespace labnet::net
