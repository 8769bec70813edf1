// The programs that talk to a running lab.
#pragma once

#include "common/program/program.hpp"

namespace labnet::lab_client {

// The lab as a whole.
extern const program::Program down_program;
extern const program::Program status_program;
extern const program::Program inspect_program;
extern const program::Program logs_program;
extern const program::Program events_program;

// One of its hosts.
extern const program::Program exec_program;
extern const program::Program shell_program;
extern const program::Program cache_show_program;
extern const program::Program cache_flush_program;
extern const program::Program neighbours_flush_program;

}  // namespace labnet::lab_client
