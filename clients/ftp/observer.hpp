// Who is told what happens in a session, as it happens.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/client/progress.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/tls.hpp"

namespace labnet::ftp_client {

enum class Opener { client, server };  // passive, active

using client::Moved;

class Observer {
 public:
  virtual ~Observer() = default;

  /// A sentence: something is not as one would expect, and it goes on nevertheless.
  virtual void on_notice(std::string_view) {}
  virtual void on_connected(const net::Endpoint&) {}
  /// A line of the control connection, without its end. A password is shown as "****".
  virtual void on_sent(std::string_view) {}
  virtual void on_received(std::string_view) {}
  /// The control connection is secure.
  virtual void on_secured(const net::TlsDetails&) {}
  virtual void on_data_opened(Opener, const net::Endpoint& /*server*/) {}
  virtual void on_data_secured(const net::TlsDetails&) {}
  virtual void on_data_closed(std::uint64_t /*bytes*/) {}
  /// Every now and then while a file moves (SessionOptions::progress_interval), and once at its end.
  virtual void on_progress(const Moved&) {}
};

}  // namespace labnet::ftp_client
