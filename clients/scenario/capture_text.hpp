// What a capture holds, for people.
#pragma once

#include <set>
#include <string>

#include "clients/scenario/results.hpp"

namespace labnet::scenario {

/// The tables of a capture: its protocols, who asked whom, the pings with addresses, MACs and TTLs.
/// shown  lines that a person has before their eyes already, as a client printed them: of a dialogue whose replies are
///        all among them only what is not is told
std::string capture_text(const CaptureResult& capture, Language language, const std::set<std::string>& shown = {});

}  // namespace labnet::scenario
