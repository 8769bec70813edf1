// How a phone's messages travel: datagrams from a port of its own, or one TCP or TLS connection to its server.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/net/datagram.hpp"
#include "common/net/runtime.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls.hpp"
#include "common/sip/stream_splitter.hpp"
#include "common/sip/transaction_user.hpp"

namespace labnet::sip_client {

class PhoneTransport : public sip::MessageTransport {
 public:
  struct Callbacks {
    std::function<void(Bytes message, const sip::Hop& from)> arrived;
    /// The way to the server is gone, as a sentence says; what waits for an answer waits in vain.
    std::function<void(const sip::Hop& server, std::string_view why)> broken;
    /// For a log: each message that goes or comes.
    std::function<void(Bytes message, bool is_sent)> passed;
  };
  struct Target {
    sip::Hop server;
    std::optional<net::Endpoint> listen{};        // over UDP: the own address and port; else whichever leads there
    std::shared_ptr<const net::TlsClient> tls{};  // over TLS
    std::string host_name{};                      // that the server's certificate is for
    net::Timeout timeout{10'000};                 // of connecting
  };

  /// Callbacks are called from the worker's loop, never from within `open` or `send`.
  static net::Task<Result<std::unique_ptr<PhoneTransport>>> open(net::Worker& worker, Target target,
                                                                 Callbacks callbacks);
  /// The server's hop, with the connection's number if it is one.
  virtual sip::Hop server() const = 0;
};

}  // namespace labnet::sip_client
