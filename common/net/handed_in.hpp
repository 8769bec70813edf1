// Listening sockets that whoever started the program made for it, as sd_listen_fds(3) describes it.
#pragma once

#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"

namespace labnet::net {

struct HandedIn {
  FileDescriptor socket;  // non-blocking, closed on exec
  Endpoint local;         // its scheme is "udp" or "tcp", as SO_TYPE says
  std::string name{};     // of LISTEN_FDNAMES; empty if there is none
};

constexpr int handed_in_max = 64;

/// Takes the sockets of LISTEN_FDS (descriptors 3 and up) if LISTEN_PID names this process, with their names of
/// LISTEN_FDNAMES, which has a colon between each two (systemd: FileDescriptorName=), and clears the variables:
/// the second call, and a child process, find none. Call it before other threads begin.
/// returns  none if nothing was handed in
/// faults   the variables make no sense, or a descriptor is no bound UDP or listening TCP socket of IPv4 or IPv6
Result<std::vector<HandedIn>> take_handed_in();

}  // namespace labnet::net
