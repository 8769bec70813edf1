// What every client that looks names up is told in the same words: of which family, and whom it asks.
#pragma once

#include <cstddef>
#include <vector>

#include "common/program/options.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::client {

inline constexpr std::size_t name_servers_max = 16;  // of --dns-servers

struct LookupInput {
  bool ipv4_alone = false, ipv6_alone = false;
  std::vector<resolver::Server> servers;  // empty: those of /etc/resolv.conf
};

/// --ipv4, --ipv6, --dns-servers (curl's name)
void declare(program::Options& options, LookupInput& input);

resolver::Options lookup_options(const LookupInput& input);

}  // namespace labnet::client
