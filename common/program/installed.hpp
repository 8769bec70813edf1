// Whether a program of somebody else's can be run here.
#pragma once

#include <string_view>

namespace labnet::program {

/// program  a name that is looked up in PATH, or a path
bool is_installed(std::string_view program);

}  // namespace labnet::program
