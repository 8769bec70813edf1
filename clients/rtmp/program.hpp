// `labnet rtmp publish`, `play` and `probe`.
#pragma once

#include "common/program/program.hpp"

namespace labnet::rtmp_client {

extern const program::Program rtmp_publish_program;
extern const program::Program rtmp_play_program;
extern const program::Program rtmp_probe_program;

}  // namespace labnet::rtmp_client
