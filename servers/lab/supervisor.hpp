// The process that keeps a lab: builds its network, starts its services and keeps them running, answers its commands.
//
// It is the first process of the lab's PID namespace: when it ends, for whatever reason, so does everything in the lab.
// Its front, the process that `labnet up` is, stays in the real machine's namespaces.
//
//   front -- socket pair -- supervisor -- service processes
//                           supervisor -- control socket -- commands
//
// To the front it says one line: {"ok":true,"shortfalls":[...]} once every service answers, or {"ok":false,...} with
// the reason why not. The front says nothing: that its end is closed tells the supervisor to stop.
#pragma once

#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/control/runtime_folder.hpp"
#include "servers/lab/lab.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {

struct SupervisorOptions {
  const Lab& lab;
  NetworkMode mode;
  std::string why_loopback;  // why there are no namespaces; empty in namespaces, or if loopback was asked for
  uid_t owner;
  gid_t group;
  bool in_user_namespace;
  control::LabPaths paths;
  FileDescriptor front;
  FileDescriptor control;  // listening
  std::vector<PublishedSocket> published;
  FileDescriptor echo;  // where log lines are shown; none for a lab in the background
};

/// Runs until the lab is told to stop. Returns the process's exit code.
int run_supervisor(SupervisorOptions options);

}  // namespace labnet::lab
