// How messages go and come: datagrams, and connections with or without TLS.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/net/datagram.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/listener.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls.hpp"
#include "common/sip/transaction_user.hpp"
#include "servers/sip/config.hpp"
#include "servers/sip/counts.hpp"

namespace labnet::sip_server {

/// Of one worker. A hop's `connection` is the number of a connection, or for datagrams that of the own socket: the
/// first one is 1.
class Transport final : public sip::MessageTransport {
 public:
  struct Receiver {
    /// False: it cannot be read.
    std::function<bool(Bytes message, const sip::Hop& from)> on_message;
    /// What begins so has no end that could be found; its connection is closed next.
    std::function<void(Bytes bytes, sip::FaultKind fault, const sip::Hop& from)> on_broken;
    /// Nothing comes from there any more, and nothing goes there.
    std::function<void(const sip::Hop& hop)> on_closed;
  };

  Transport(net::Worker& worker, const LimitsConfig& limits, Receiver receiver);
  ~Transport() override;

  /// Each returns where it listens: with the port that the system has picked, if none was named.
  Result<net::Endpoint> listen(const net::Endpoint& endpoint);
  Result<net::Endpoint> adopt(net::HandedIn socket);
  /// Null: nobody answers at "tls" places.
  void set_tls(std::shared_ptr<const net::TlsServer> tls) { tls_ = std::move(tls); }

  /// Begins a connection by TCP, for own_connections_max at most at a time. What is sent to the hop that it returns
  /// waits for the connection; if there is none in the end, the receiver is told that it has closed.
  std::optional<sip::Hop> connect(const sip::Hop& to);
  bool send(Bytes message, const sip::Hop& to) override;
  sip::Hop local(const sip::Hop& to) override;

  std::size_t connections() const { return connections_.size(); }
  const SentCounts& sent() const { return sent_; }

 private:
  struct Connection;

  void serve(std::unique_ptr<net::DatagramSocket> socket);
  void serve(std::unique_ptr<net::Listener> listener, bool is_secure);
  net::Task<void> serve(net::Stream stream, bool is_secure);
  net::Task<void> receive(std::shared_ptr<Connection> connection);
  net::Task<void> connect(std::shared_ptr<Connection> connection);
  net::Task<void> write_rest(std::shared_ptr<Connection> connection);
  void close(Connection& connection);
  net::DatagramSocket* socket_for(const sip::Hop& to) const;
  IpAddress address_towards(const sip::Hop& to);
  std::uint16_t listening_port(sip::Transport transport) const;

  net::Worker& worker_;
  LimitsConfig limits_;
  Receiver receiver_;
  SentCounts sent_;
  std::shared_ptr<net::Quota> quota_;
  std::shared_ptr<const net::TlsServer> tls_;
  std::vector<std::unique_ptr<net::DatagramSocket>> sockets_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  struct Listening {
    sip::Transport transport;
    std::uint16_t port;
  };
  std::vector<Listening> listening_;  // of each listener
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t last_connection_;
  std::size_t own_connections_ = 0;
  std::unordered_map<std::string, IpAddress> own_addresses_;  // towards an address, where a socket has none of its own
};

}  // namespace labnet::sip_server
