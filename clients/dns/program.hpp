// `labnet dns`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::dns_client {

extern const program::Program dns_program;

}  // namespace labnet::dns_client
