// `labnet serve sip`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::sip_server {

extern const program::Program serve_sip_program;

}  // namespace labnet::sip_server
