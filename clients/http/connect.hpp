// The way to a server: TCP, and TLS if it is https.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/http/observer.hpp"
#include "clients/http/response.hpp"
#include "common/net/deadline.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls.hpp"

namespace labnet::http_client {

using net::Timeout;

/// How long is waited for what.
struct Patience {
  static constexpr Timeout timeout_max = std::chrono::hours{1};

  Timeout connect_timeout{30'000};   // for a connection, and again for a handshake
  Timeout response_timeout{30'000};  // for a head, from when the request is on its way
  Timeout stall_timeout{30'000};     // of a body on which nothing moves, in either direction
  Timeout continue_timeout{1'000};   // for 100 (Continue); then the body is sent without
  Timeout close_timeout{1'000};      // for the server's end of a connection that is not needed any more
  net::Clock::time_point until = net::Clock::time_point::max();  // for all together

  /// As much of it as the end of all leaves.
  Timeout within(Timeout timeout) const { return std::min(timeout, net::time_left(until)); }
  bool is_over() const { return net::Clock::now() >= until; }
  /// What is said of a wait that was too long: "nothing came within 30 s; --timeout waits longer"
  std::string explain(std::string_view what, Timeout timeout) const;
};

/// Asked about a connection that TLS has secured, before anything is sent over it. A fault, which is a sentence, ends
/// it.
using Approval = std::function<Task<Result<void>>(net::TlsDetails tls)>;

struct Route {
  std::vector<net::Endpoint> servers;           // the first that can be reached
  std::string host_name;                        // that the certificate must be for
  std::shared_ptr<const net::TlsClient> tls{};  // null: in plain text
  net::TlsSession session{};                    // to be resumed
  Approval approve{};                           // empty: none is needed
};

/// Connects, and secures the connection.
///
/// timing  is told how long both took
/// faults  a sentence that begins with the server's address
Task<Result<net::Stream>> connect(net::Worker& worker, Route route, Patience patience, Observer& observer,
                                  Timing& timing);

}  // namespace labnet::http_client
