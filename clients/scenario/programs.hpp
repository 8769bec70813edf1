// `labnet run`: plays activities on a lab, which it starts and ends if it is not up.
#pragma once

#include "common/program/program.hpp"

namespace labnet::scenario {

extern const program::Program run_program;

}  // namespace labnet::scenario
