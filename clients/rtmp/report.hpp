// What has come of a stream, for people and for programs.
#pragma once

#include <span>
#include <string>

#include "clients/rtmp/player.hpp"
#include "clients/rtmp/publisher.hpp"

namespace labnet::rtmp_client {

/// A few lines of 80 columns at most; JSON: one object. No URL, and no key, is in them.
std::string to_text(const PublishReport& report);
std::string to_json(const PublishReport& report);
std::string to_text(const PlayReport& report);
std::string to_json(const PlayReport& report);

/// Of many players at once.
struct CrowdReport {
  std::size_t players = 0;            // that were asked for
  std::vector<PlayReport> played{};   // whatever came of them
  std::vector<std::string> faults{};  // of the others, each once
  std::chrono::milliseconds wall_time{0};
};
std::string to_text(const CrowdReport& report);
std::string to_json(const CrowdReport& report);

}  // namespace labnet::rtmp_client
