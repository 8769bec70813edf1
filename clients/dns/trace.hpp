// Follows the delegations from the root down to the servers that know the answer, as `dig +trace` does (RFC 1034,
// section 5.3.3).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clients/dns/client.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::dns_client {

struct TraceLimits {
  std::size_t referrals_max = 30;
  std::size_t names_max = 16;      // of a zone's servers; those that a referral names beyond are passed over
  std::size_t addresses_max = 32;  // of a zone's servers, likewise
};

struct TraceStart {
  std::vector<resolver::Server> local_servers;  // asked for the root's servers, and for addresses that no glue tells
  std::optional<resolver::Server> root;         // asked first, in place of the root's servers
  std::uint16_t port = 53;                      // of all servers that are found on the way
  resolver::Family family = resolver::Family::both;  // of their addresses
};

struct TraceStep {
  Reply reply;
  std::string server_name;  // without the final dot; the address of a server that was given by address
};

/// Told each step as soon as its reply has come.
using OnStep = std::function<void(const TraceStep&)>;

struct TraceEnd {
  std::optional<Error> fault;  // one sentence; none: the last step is the answer, or says that there is none
  bool has_reply = true;       // false: the fault is that no server replied
  /// Without fault and answer: which server says that there is none.
  std::optional<std::string> absence{};
};

/// Asks for the root's servers, then those for the name, then those that they refer to. Of a referral's glue only what
/// lies in the zone of who refers is believed; if there is none, the local servers are asked for the addresses.
/// faults  no server replied; one refuses or fails; a referral that does not lead strictly below the zone of who
/// refers, or not towards the
///         name; more referrals than the limit; a zone whose servers have no address
net::Task<TraceEnd> trace(net::Executor executor, Query query, TraceStart start, Options options, TraceLimits limits,
                          Observer observer, OnStep on_step);

}  // namespace labnet::dns_client
