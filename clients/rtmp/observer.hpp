// Who is told what happens on a connection, as it happens.
#pragma once

#include <string_view>

#include "common/net/endpoint.hpp"
#include "common/net/tls.hpp"
#include "common/rtmp/handshake.hpp"

namespace labnet::rtmp_client {

class Observer {
 public:
  virtual ~Observer() = default;

  /// A sentence: something is not as one would expect, and it goes on nevertheless.
  virtual void on_notice(std::string_view) {}
  virtual void on_connected(const net::Endpoint&) {}
  virtual void on_secured(const net::TlsDetails&) {}
  /// The server has given a session within HTTP that id.
  virtual void on_tunnelled(std::string_view) {}
  virtual void on_handshake(rtmp::HandshakeKind) {}
  /// One line for each command, data message and control message: `connect(1, {app: "live"})`. Of audio and video only
  /// the sequence headers.
  virtual void on_sent(std::string_view) {}
  virtual void on_received(std::string_view) {}
};

}  // namespace labnet::rtmp_client
