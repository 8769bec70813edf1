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

  BuiltHost* host(std::string_view name);
};

/// Builds everything from inside the lab's own namespaces (see clone_into_namespaces); one thread only. Takes one to
/// two milliseconds a host.
/// in_user_namespace  whether the lab has a user namespace of its own, so that only its user's group may ping
/// files_folder       an empty folder, over which a tmpfs is mounted that holds the hosts' files
Result<NamespaceNetwork, NamespaceFault> build_network(const Lab& lab, bool in_user_namespace,
                                                       const std::filesystem::path& files_folder);

}  // namespace labnet::lab
