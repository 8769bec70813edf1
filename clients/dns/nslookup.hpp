// A look-up with the habits of Windows' nslookup: what it asks and what it prints.
#pragma once

#include <string>
#include <vector>

#include "clients/dns/client.hpp"
#include "common/program/console.hpp"

namespace labnet::dns_client {

/// Asks for the server's own name; then for the A and AAAA records of a name, or for the name of an address.
///
///     Server:  dns.labredes71.com
///     Address:  192.168.1.7
///
///     Name:    web.labredes71.com
///     Address:  192.168.1.10
///
/// What is no answer of the server's own zones has "Non-authoritative answer:" in front. A name that does not exist is
/// told on standard error, and the exit code is `failed`.
/// name  a domain name or an address
net::Task<program::Exit> nslookup(net::Executor executor, std::string name, std::vector<resolver::Server> servers,
                                  Options options, program::Console& console);

}  // namespace labnet::dns_client
