// labnet http get, head, post, put, browse
#pragma once

#include "common/program/program.hpp"

namespace labnet::http_client {

extern const program::Program http_get_program;
extern const program::Program http_head_program;
extern const program::Program http_post_program;
extern const program::Program http_put_program;
extern const program::Program http_browse_program;

}  // namespace labnet::http_client
