// The argument of LIST, NLST and STAT: a path, in front of which clients put options for `ls`.
#pragma once

#include <string_view>

namespace labnet::ftp {

/// "-la music": what begins with "-" is no path (basic-ftp, WinSCP and Windows Explorer send such).
struct ListArgument {
  bool shows_hidden = false;  // "-a", "-A"
  std::string_view path;      // may be empty
};
ListArgument parse_list_argument(std::string_view argument);

/// True if a name has what a shell would take for a pattern: "*", "?" or "[".
bool is_pattern(std::string_view name);

}  // namespace labnet::ftp
