#include "common/ftp/list_argument.hpp"

namespace labnet::ftp {

ListArgument parse_list_argument(std::string_view argument) {
  ListArgument found;
  while (argument.starts_with('-')) {
    const auto end = argument.find(' ');
    found.shows_hidden |= argument.substr(0, end).find_first_of("aA") != argument.npos;
    argument = end == argument.npos ? std::string_view{} : argument.substr(end + 1);
  }
  found.path = argument;
  return found;
}

bool is_pattern(std::string_view name) {
  return name.find_first_of("*?[") != name.npos;
}

}  // namespace labnet::ftp
