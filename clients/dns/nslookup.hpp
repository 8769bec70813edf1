// A look-up with the habits of Windows' nslookup: what it asks and what it prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/dns/client.hpp"
#include "common/program/console.hpp"

namespace labnet::dns_client {

struct Lookup {
  std::string name;               // a domain name or an address
  std::optional<dns::Type> type;  // none: A and AAAA of a name, PTR of an address
  std::string server;             // a name or an address; empty: as the system is set up
  bool recursion_desired = true;
  Options options;
};

/// Reads nslookup's words: NAME [SERVER], beside them @SERVER and those + options that change what is sent.
/// faults  one sentence: no name, a third word, an option of which nslookup knows nothing
Result<Lookup> read_nslookup_words(const std::vector<std::string>& words);

/// The type in `-type=MX`, `-querytype=MX`, `-q=MX` or `-t MX`.
/// option  the letter behind the dash, which a reader of command lines takes for an option
/// rest    what it takes for that option's value: "ype=MX", "=MX", "MX"
std::optional<dns::Type> nslookup_type(char option, std::string_view rest);

/// Asks for the server's own name; then for the A and AAAA records of a name, for the name of an address, or for the
/// records of the type that was asked for (nslookup_text.hpp).
///
///     Server:  dns.labredes71.com
///     Address:  192.168.1.7
///
///     Name:    web.labredes71.com
///     Address:  192.168.1.10
///
/// What is no answer of the server's own zones has "Non-authoritative answer:" in front. A name that does not exist is
/// told on standard error, and the exit code is `failed`.
net::Task<program::Exit> nslookup(net::Executor executor, Lookup lookup, std::vector<resolver::Server> servers,
                                  program::Console& console);

}  // namespace labnet::dns_client
