// `labnet serve dns`, and `labnet dns eval`: what such a server would reply, without a socket.
#pragma once

#include "common/program/program.hpp"

namespace labnet::dns_server {

extern const program::Program serve_dns_program;
extern const program::Program dns_eval_program;

}  // namespace labnet::dns_server
