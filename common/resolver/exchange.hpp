// One question to one name server and the reply to it, as octets. What a reply has to be is the caller's to say.
#pragma once

#include <functional>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/stream.hpp"

namespace labnet::resolver {

/// What is taken of one datagram; what is longer is cut. More than any server sends that keeps to what it was offered.
inline constexpr std::size_t udp_reply_bytes_max = 4096;

/// Whether these octets are the reply that is waited for. All others are passed over: they may come from a stranger.
using IsAwaited = std::function<bool(Bytes)>;

/// Each question has a socket of its own, whose port the system chooses at random (RFC 5452, section 9.2); what does
/// not come from `server` never arrives there.
///
/// query    must live until the task ends
/// timeout  for the awaited reply
net::Task<Result<Buffer, net::StreamFault>> exchange_over_udp(net::Executor executor, net::Endpoint server, Bytes query,
                                                              IsAwaited is_awaited, net::Timeout timeout);

/// On a connection of its own, which is closed afterwards.
///
/// timeout  for all of it: the connection, the query, the reply
net::Task<Result<Buffer, net::StreamFault>> exchange_over_tcp(net::Executor executor, net::Endpoint server, Bytes query,
                                                              net::Timeout timeout);

}  // namespace labnet::resolver
