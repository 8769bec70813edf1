// What time it is, within a stream: a data message onFI with "sd" (day) and "st" (time), as Adobe's encoder sends it.
// A player on the same clock reads from it how old a stream is.
#pragma once

#include <chrono>
#include <optional>

#include "common/rtmp/command.hpp"

namespace labnet::rtmp_client {

/// onFI({sd: "28-11-2026", st: "13:32:00.123"}), in UTC.
rtmp::Data clock_data(std::chrono::system_clock::time_point now);
/// Nothing if it is something else.
std::optional<std::chrono::system_clock::time_point> clock_of(const rtmp::Data& data);

}  // namespace labnet::rtmp_client
