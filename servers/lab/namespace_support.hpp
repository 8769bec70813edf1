// Why this machine does not let a user make namespaces, and what to do about it.
#pragma once

#include <optional>
#include <string>

#include "common/namespaces/namespaces.hpp"

namespace labnet::lab {

using namespaces::HostNamespaces;
using namespaces::NamespaceFault;
using namespaces::NamespaceStep;

/// What the machine says of itself; read_system_facts() fills it from /proc.
struct SystemFacts {
  std::optional<long> max_user_namespaces;                    // user.max_user_namespaces
  std::optional<long> max_network_namespaces;                 // user.max_net_namespaces
  std::optional<long> unprivileged_userns_clone;              // kernel.unprivileged_userns_clone: Debian's own
  std::optional<long> apparmor_restrict_unprivileged_userns;  // kernel.apparmor_restrict_unprivileged_userns: Ubuntu's
  bool seccomp_filter = false;                                // a container's filter of system calls is in force
  bool in_chroot = false;
  std::string program;  // the path of this program, for an AppArmor profile
};

SystemFacts read_system_facts();

struct Diagnosis {
  std::string cause;   // one sentence without a full stop
  std::string remedy;  // what to type or to ask for
};

Diagnosis diagnose(const NamespaceFault& fault, const SystemFacts& facts);

/// Makes all that a lab needs once, in a child process, and throws it away. Nothing if the lab can run here.
std::optional<NamespaceFault> try_namespaces();

}  // namespace labnet::lab
