// Asks one name server one question: over UDP, and over TCP if the answer is too long for that.
#pragma once

#include <chrono>

#include "common/net/endpoint.hpp"
#include "common/net/runtime.hpp"
#include "servers/dns/accept_reply.hpp"

namespace labnet::dns_server {

struct UpstreamOptions {
  bool recursion_desired = true;  // RD: of a resolver, not of the servers of a zone
  bool edns = true;               // a server that refuses it is asked again without
  bool random_case = true;
  std::chrono::milliseconds timeout{1500};  // over UDP; over TCP as long again
  std::size_t udp_bytes_max = dns::edns_udp_bytes_default;
};

/// Each question has a random id and a socket of its own, whose port the system chooses at random (RFC 5452, section
/// 9.2); what does not come from `server` never arrives there. Replies that are not the awaited one are passed over.
/// returns  what may be believed of the reply, never truncated; a fault says why there is none
net::Task<Result<Accepted>> ask_upstream(net::Executor executor, dns::Question question, net::Endpoint server,
                                         dns::Name bailiwick, UpstreamOptions options, IsItsToTell is_its_to_tell = {});

}  // namespace labnet::dns_server
