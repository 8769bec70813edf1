// Starts a process of this same program with its three outputs connected.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::lab {

/// A child process, seen from its parent. All descriptors are non-blocking and closed on exec.
struct Child {
  pid_t pid = 0;
  FileDescriptor output;   // its standard output
  FileDescriptor errors;   // its standard error
  FileDescriptor control;  // a socket on which it answers control requests
};

/// A socket for it, and what it is called there: what it is for. "ftps"
struct HandedOver {
  int descriptor;
  std::string name;

  bool operator==(const HandedOver&) const = default;
};

/// Executes this program anew with the arguments; it dies with the calling thread.
/// handed_in  become its descriptors 3, 4..., announced by LISTEN_FDS and LISTEN_FDNAMES; the control socket follows,
///            announced by the added argument --control-fd N
/// prepare    runs in the child before the program is executed; a fault becomes its last words
Result<Child> start_labnet(std::vector<std::string> arguments, const std::vector<HandedOver>& handed_in,
                           bool with_control, const std::function<Result<void>()>& prepare);

/// "ended with exit code 1" or "was ended by signal 9 (Killed)".
std::string describe_end(int wait_status);

}  // namespace labnet::lab
