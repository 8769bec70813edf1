// The programs that need no running lab: up, lint, doctor, ca.
#pragma once

#include "common/program/program.hpp"

namespace labnet::lab {

/// Builds the network, starts the services, stays in front or goes into the background.
extern const program::Program up_program;
/// Is this lab, scenario or service file right?
extern const program::Program lint_program;
/// Can this machine run the lab, and if not, what exactly is to be done?
extern const program::Program doctor_program;
/// Where is the lab's certificate authority, and how is it trusted?
extern const program::Program ca_program;

}  // namespace labnet::lab
