// A client's TCP connection: queries behind their lengths, each answered as soon as its answer is known, in whatever
// order that is (RFC 7766, section 6.2.1.1).
#pragma once

#include "common/net/runtime.hpp"
#include "common/net/stream.hpp"
#include "servers/dns/responder.hpp"

namespace labnet::dns_server {

/// Replies that wait until the client takes those before them; beyond this no further query of its is read.
inline constexpr std::size_t replies_waiting_bytes_max = 64 << 10;

/// Serves the connection until the client ends it, is silent for too long, takes no replies, or sends what is no query.
/// Whoever has only ended its own side still gets the answers to what it has asked.
/// responder     outlives the task
/// idle_timeout  for each query, from when the last one was whole, and for the client to take what it is sent
net::Task<void> serve_connection(net::Worker& worker, Responder& responder, net::Stream stream,
                                 net::Timeout idle_timeout);

}  // namespace labnet::dns_server
