// `labnet serve http`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::http_server {

extern const program::Program serve_http_program;

}  // namespace labnet::http_server
