// labnet ftp ls, get, cat, put, mkdir, rmdir, rm, mv, quote
#pragma once

#include "common/program/program.hpp"

namespace labnet::ftp_client {

extern const program::Program ftp_ls_program;
extern const program::Program ftp_get_program;
extern const program::Program ftp_cat_program;
extern const program::Program ftp_put_program;
extern const program::Program ftp_mkdir_program;
extern const program::Program ftp_rmdir_program;
extern const program::Program ftp_rm_program;
extern const program::Program ftp_mv_program;
extern const program::Program ftp_quote_program;

}  // namespace labnet::ftp_client
