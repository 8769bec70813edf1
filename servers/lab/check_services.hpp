// Has the services of a lab read their files, before anything is started.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "servers/lab/lab.hpp"

namespace labnet::lab {

/// Runs `labnet serve ... --check` for every service file at the same time. The fault is what the first service that
/// finds something wrong says: file, line, column, found, expected.
Result<void> check_services(const Lab& lab);

/// Runs this program with the arguments of a check. The fault is what it said on standard error.
Result<void> run_check(std::vector<std::string> arguments);

}  // namespace labnet::lab
