// What both kinds of capture file hold: frames and the times they were read, limits and faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::packet {

/// Nanoseconds since 1970-01-01 00:00 UTC.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// One frame as it was read from an interface.
struct CapturedFrame {
  Timestamp time{};
  std::uint32_t wire_bytes = 0;  // how long the frame was; `data` is shorter if the snapshot length cut it
  Bytes data{};
};

/// What the first byte of each frame belongs to (https://www.tcpdump.org/linktypes.html); other values are kept.
enum class LinkType : std::uint16_t { ethernet = 1, raw_ip = 101, linux_cooked = 113, linux_cooked_2 = 276 };

/// No frame in a file may hold more bytes than this. libpcap and Wireshark draw the same line.
constexpr std::uint32_t snap_bytes_max = 262'144;

enum class FileFault {
  not_a_capture,        // the first bytes are of neither kind of file
  unsupported_version,  // a version of the format later than the one read here
  frame_too_large,      // a frame beyond snap_bytes_max
  block_too_large,      // pcapng: a block beyond block_bytes_max
  too_many_interfaces,  // pcapng: more than interfaces_max in a section
  bad_block_length,     // pcapng: too short for the block, not a multiple of 4, or its two copies differ
  bad_option,           // pcapng: an option that runs past its block or has a length it cannot have
  bad_time,             // a time that 64 bits of nanoseconds do not hold
  unknown_interface,    // pcapng: a frame from an interface that the section has not described
};
std::string_view describe(FileFault fault);

}  // namespace labnet::packet
