#include "common/program/installed.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "common/base/text.hpp"

namespace labnet::program {

bool is_installed(std::string_view program) {
  if (program.find('/') != program.npos) return access(std::string{program}.c_str(), X_OK) == 0;
  const auto* const path = std::getenv("PATH");
  return std::ranges::any_of(split(path == nullptr ? "/usr/bin:/bin" : path, ':'), [&](std::string_view folder) {
    return access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0;
  });
}

}  // namespace labnet::program
