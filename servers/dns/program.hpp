// `labnet serve dns`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::dns_server {

extern const program::Program serve_dns_program;

}  // namespace labnet::dns_server
