// What every client that looks names up is told in the same words: of which family, and whom it asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
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

/// Where a host is: at one place for each of its addresses, the one itself if it is an address. Blocks.
/// faults  those of resolver::resolve
Result<std::vector<net::Endpoint>> find_servers(const std::string& host, std::uint16_t port, const std::string& scheme,
                                                const LookupInput& input);

}  // namespace labnet::client
