// Namespaces of the kernel (namespaces(7)): made without root, entered, and why that may fail.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::namespaces {

/// Where making the namespaces stopped.
enum class NamespaceStep { clone, map_user, mount, network };

/// What the kernel refused. `diagnose` turns it into a cause and a remedy.
struct NamespaceFault {
  NamespaceStep step;
  int error_number;
  std::string what;  // the refused call, for example "mount a tmpfs on /run/user/1000/labnet/lab/files"
};

/// Starts a child process that is the first process of a new PID namespace, in network, mount and UTS namespaces of
/// its own; for anyone but root in a new user namespace as well, where it holds all capabilities. Everything in the PID
/// namespace is killed when the child ends, and the child when this thread does. Call it before any thread is started.
/// returns  like fork: 0 in the child, its pid in the caller
Result<pid_t, NamespaceFault> clone_into_namespaces();

/// In the child, first thing: maps the user and the group to themselves (so that programs do not take themselves for
/// root) and takes all mounts out of the real machine's sight.
Result<void, NamespaceFault> settle_in_namespaces(uid_t user, gid_t group);

/// True for root with the rights to make all namespaces without a user namespace.
bool is_root_with_all_it_needs();

/// A descriptor of one namespace of the calling thread; `kind` as in /proc/self/ns: "net", "mnt", "uts", "user", "pid".
Result<FileDescriptor> open_own_namespace(std::string_view kind);

/// The namespaces that make a lab host. `user` is empty in a lab that root made.
struct HostNamespaces {
  FileDescriptor user, pid, network, mount, uts;
};

/// Where a process that enters a host comes from: the lab's own user and PID namespace, or the real machine.
enum class From { lab, real_machine };

/// Moves the calling process (one thread) into a host; children that it forks from then on are in the lab's PID
/// namespace. The working directory stays where the host has a folder of that name, else it becomes "/".
Result<void> enter(const HostNamespaces& host, From from);

/// Lets a program that the calling process executes keep these rights inside the lab, as a user on a machine of
/// his own has them: to read and write raw frames, to set the network up, to listen on low ports.
Result<void> keep_network_rights_over_exec();

}  // namespace labnet::namespaces
