// The program `labnet capture`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::capture {

/// Exit codes: done; warnings if the kernel or the interface dropped frames; failed if nothing could be captured, or
/// not to the end.
///
/// With --format json it prints one line once no frame is missed any more, and one at the end:
///
///     {"capturing":"pc1:lan","interface":"eth0","file":"x.pcap"}
///     {"received":12,"captured":12,"dropped":0,"dropped_by_interface":0,"files":["x.pcap","x.pcapng"]}
extern const program::Program capture_program;

}  // namespace labnet::capture
