// How a phone's messages travel: datagrams from a port of its own, or one TCP or TLS connection to its server, which is
// made again when it is lost.
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
    /// The connection to the server is gone, as a sentence says; what waits for an answer waits in vain. Another one is
    /// tried at once, and if need be again.
    std::function<void(const sip::Hop& server, std::string_view why)> broken;
    /// There is another one, by its hop.
    std::function<void(const sip::Hop& server)> connected;
    /// There is none, and none is tried any more.
    std::function<void(std::string_view why)> given_up;
    /// For a log: each message that goes or comes.
    std::function<void(Bytes message, bool is_sent)> passed;
  };
  /// How a connection is made again that is lost: the pause before the first attempt, doubled with each one, and up to
  /// a quarter more, so that the phones of a server do not all come back at the same instant.
  struct Retries {
    net::Timeout first{500};
    net::Timeout longest{30'000};
    int attempts_max = 10;  // in a row
  };
  struct Target {
    sip::Hop server;
    std::optional<net::Endpoint> listen{};        // over UDP: the own address and port; else whichever leads there
    std::shared_ptr<const net::TlsClient> tls{};  // over TLS
    std::string host_name{};                      // that the server's certificate is for
    net::Timeout timeout{10'000};                 // of connecting
    Retries retries{};
  };

  /// Callbacks are called from the worker's loop, never from within `open` or `send`.
  static net::Task<Result<std::unique_ptr<PhoneTransport>>> open(net::Worker& worker, Target target,
                                                                 Callbacks callbacks);
  /// What there is of a connection is given up for another one: `broken` is called, and so on. Nothing without one.
  virtual void start_anew(std::string_view why) = 0;
  /// The server's hop, with the connection's number if it is one.
  virtual sip::Hop server() const = 0;
};

}  // namespace labnet::sip_client
