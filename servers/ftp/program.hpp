// labnet serve ftp, labnet ftp passwd
#pragma once

#include "common/program/program.hpp"

namespace labnet::ftp_server {

extern const program::Program serve_ftp_program;
extern const program::Program ftp_passwd_program;

}  // namespace labnet::ftp_server
