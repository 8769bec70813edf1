// What one worker has counted of its publishers and players.
#pragma once

#include <cstdint>

#include "common/control/metrics.hpp"

namespace labnet::rtmp_server {

struct Counts {
  void measure(control::Metrics& out) const;

  // Who is there
  std::uint64_t publishers = 0;
  std::uint64_t players = 0;  // of live streams
  // Since the program began
  std::uint64_t publications = 0, publications_refused = 0;
  std::uint64_t plays = 0, plays_refused = 0;
  std::uint64_t published_messages = 0, published_bytes = 0;
  std::uint64_t played_bytes = 0;     // that wait for players or were sent
  std::uint64_t frames_left_out = 0;  // of players who are too slow
};

}  // namespace labnet::rtmp_server
