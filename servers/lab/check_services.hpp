// Has the services of a lab read their files, before anything is started.
#pragma once

#include "common/base/result.hpp"
#include "servers/lab/lab.hpp"

namespace labnet::lab {

/// Runs `labnet serve ... --check` for every service file at the same time. The fault is what the first service that
/// finds something wrong says: file, line, column, found, expected.
Result<void> check_services(const Lab& lab);

}  // namespace labnet::lab
