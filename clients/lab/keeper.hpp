// The process that stands over a program of `labnet exec` inside the lab and ends all that came of it.
#pragma once

#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"

namespace labnet::lab_client {

/// Exit codes for a program that could not be started, as a shell has them.
inline constexpr int cannot_run = 126;
inline constexpr int no_such_program = 127;

/// Runs a program and waits for it; for a process of its own, whose parent is `labnet exec`.
///
///     labnet exec          outside the lab's PID namespace
///       keeper             inside; the orphans of the program become its children (PR_SET_CHILD_SUBREAPER), which they
///         program          could not become of exec: the kernel looks for a new parent in their own PID namespace
///
/// A program that ends by itself may leave others behind: they live on. If this process is told to end (SIGTERM), so is
/// the program, and nothing that it has started stays once it has ended. If exec dies, whoever kills it, all of them
/// are killed. SIGHUP and SIGCONT go to the program.
///
/// life  a pipe whose other end exec alone holds
/// returns  the program's exit code, 128 + n if signal n ended it
int keep_program(const std::vector<std::string>& command, FileDescriptor life);

}  // namespace labnet::lab_client
