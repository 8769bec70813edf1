// One line for one frame, for people who watch.
#pragma once

#include <string>

#include "common/packet/capture_file.hpp"

namespace labnet::capture {

/// Time, source, destination, protocol, length on the wire, and the one thing worth knowing about it:
///
///     09:41:07.123456  192.168.1.6 -> 192.168.1.7  ICMP  74  Echo request, id 1, seq 1, ttl 128
///     09:41:07.130001  192.168.1.6:49200 -> 192.168.1.7:80  TCP  74  SYN
///
/// utc_offset  what is added to the frame's time, which is UTC
/// No LF at the end.
std::string frame_line(const packet::CapturedFrame& frame, packet::LinkType link_type, std::chrono::seconds utc_offset);

/// The offset of this machine's time zone at that time.
std::chrono::seconds local_utc_offset(packet::Timestamp time);

}  // namespace labnet::capture
