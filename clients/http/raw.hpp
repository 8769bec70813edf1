// Bytes sent as they are, and whatever comes, as it comes: for what no client would send.
#pragma once

#include "clients/http/client.hpp"

namespace labnet::http_client {

/// After the first byte: how long nothing may come before it is taken for the end. A server keeps a connection open.
inline constexpr Timeout raw_silence{2'000};

/// Sends all of the body over a connection to where the URL is, and writes what comes to standard output, until the
/// server closes or falls silent.
///
/// returns  how many bytes came
/// faults   none came, too
Task<Result<std::uint64_t>> exchange_raw(net::Worker& worker, Client& client, Url url, Body& body, Patience patience,
                                         Observer& observer);

}  // namespace labnet::http_client
