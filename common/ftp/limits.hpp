// How long things may be on a control connection and in a path.
#pragma once

#include <cstddef>

namespace labnet::ftp {

inline constexpr std::size_t command_line_bytes_max = 4096;  // CR LF included
inline constexpr std::size_t reply_line_bytes_max = 4096;    // CR LF included; what a client reads
inline constexpr std::size_t reply_lines_max = 1000;         // of one reply; what a client reads
inline constexpr std::size_t path_bytes_max = 4095;          // the kernel's PATH_MAX without its NUL
inline constexpr std::size_t name_bytes_max = 255;           // of one component: the kernel's NAME_MAX
inline constexpr std::size_t listing_line_bytes_max = 8192;  // of LIST or MLSD; what a client reads

}  // namespace labnet::ftp
