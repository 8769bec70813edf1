// A whole zone from one of its servers: AXFR (RFC 5936).
#pragma once

#include <chrono>
#include <vector>

#include "clients/dns/client.hpp"

namespace labnet::dns_client {

struct TransferLimits {
  std::size_t records_max = 1'000'000;
  std::size_t bytes_max = 100'000'000;  // of all messages, the lengths in front of them not counted
  std::chrono::milliseconds time_max = std::chrono::minutes{10};  // of all of it, however often a message comes
};

struct Transfer {
  std::vector<dns::Record> records;  // the first and the last are the zone's SOA
  std::size_t messages = 0;
  std::size_t bytes = 0;  // counted as in the limits
  resolver::Server server;
  std::chrono::nanoseconds duration{};  // from when the connection was asked for
};

/// Asks one server after the other over TCP until one gives the zone whole.
///
/// query    its question names the zone; its type is AXFR
/// options  of which `timeout` holds for the connection with the query, and for each message anew
/// faults   one sentence about the server that was asked last: it cannot be reached, it refuses, what it sends is no
///          transfer (section 2.2), has records outside the zone or of another class, or goes beyond the limits
net::Task<Result<Transfer>> transfer_zone(net::Executor executor, Query query, std::vector<resolver::Server> servers,
                                          Options options, TransferLimits limits, Observer observer);

}  // namespace labnet::dns_client
