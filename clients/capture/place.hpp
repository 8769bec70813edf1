// Where a capture takes place: a card of a lab host, or an interface of this machine.
#pragma once

#include <string>

#include "clients/capture/options.hpp"
#include "common/base/result.hpp"

namespace labnet::capture {

struct Place {
  std::string interface;  // "eth0"
  std::string title;      // "pc1:lan", or the interface of this machine
  std::string description{};
  packet::NameResolution names{};  // of the lab's hosts
};

/// Moves this process into a host of a running lab (one thread, no way back).
/// lab   its name; empty: the only one that runs
/// host  "pc1", or "pc1:lan" for the card in that network
Result<Place> enter_place(const std::string& lab, const std::string& host);

}  // namespace labnet::capture
