// The lab's network in namespaces: a bridge per network, and per host a network, mount and UTS namespace with its own
// cards, addresses, routes and files of /etc.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/namespaces/namespaces.hpp"
#include "servers/lab/lab.hpp"
#include "servers/lab/netlink.hpp"

namespace labnet::lab {

using namespaces::HostNamespaces;
using namespaces::NamespaceFault;
using namespaces::NamespaceStep;

/// A host as it stands.
struct BuiltHost {
  std::string name;
  HostNamespaces namespaces;
  Netlink netlink;  // of the host's network namespace
};

/// The network as it stands. It ends when the last process and the last descriptor of its namespaces are gone.
struct NamespaceNetwork {
  std::vector<BuiltHost> hosts;         // in the order of the lab file
  std::vector<std::string> shortfalls;  // what this machine did not allow and the lab does without, a sentence each
  bool low_ports_need_rights = false;   // this machine does not let everybody in a host listen below 1024
  bool covers_authorities = false;      // `authorities` stand in the hosts where the real machine has its own

  BuiltHost* host(std::string_view name);
};

/// Mounts a tmpfs over an empty folder, from inside the lab's own namespaces (see clone_into_namespaces): it holds the
/// hosts' files, and whatever else of the lab nobody outside is to see.
Result<void, NamespaceFault> mount_files(const std::filesystem::path& files_folder);

/// Builds everything from inside the lab's own namespaces; one thread only. Takes one to two milliseconds a host.
/// in_user_namespace  whether the lab has a user namespace of its own, so that only its user's group may ping
/// files_folder       what mount_files has made
/// authorities        a file in it: the CAs that the hosts' programs trust, in place of the real machine's
Result<NamespaceNetwork, NamespaceFault> build_network(const Lab& lab, bool in_user_namespace,
                                                       const std::filesystem::path& files_folder,
                                                       const std::filesystem::path& authorities);

}  // namespace labnet::lab
