// Whether a file is right: lab files, scenarios and service configurations, told apart by their keys.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.hpp"

namespace labnet::lab {

/// Reads the file as the program would that uses it, and all files that it names.
/// returns  what it is: "a lab of 11 hosts"; the fault begins with file:line:column
Result<std::string> lint(const std::filesystem::path& file);

}  // namespace labnet::lab
