// What the system tells of this process, under the names that Prometheus' own libraries use.
#pragma once

#include "common/control/metrics.hpp"

namespace labnet::control {

/// process_start_time_seconds, process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
/// process_open_fds, process_max_fds, process_threads. What the system does not tell is left out.
void add_process_metrics(Metrics& metrics);

}  // namespace labnet::control
