// `labnet serve rtmp`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::rtmp_server {

extern const program::Program serve_rtmp_program;

}  // namespace labnet::rtmp_server
