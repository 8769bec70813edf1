// The program `labnet ping`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::ping {

/// Exit codes: done if a reply came, failed if none did.
extern const program::Program ping_program;

}  // namespace labnet::ping
