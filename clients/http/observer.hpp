// Who is told what happens, as it happens.
#pragma once

#include <string_view>

#include "common/client/progress.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/tls.hpp"

namespace labnet::http_client {

using client::Moved;

class Observer {
 public:
  virtual ~Observer() = default;

  /// A sentence: something is not as one would expect, and it goes on nevertheless.
  virtual void on_notice(std::string_view) {}
  /// A sentence for those who want to know all.
  virtual void on_detail(std::string_view) {}
  virtual void on_connected(const net::Endpoint&) {}
  virtual void on_secured(const net::TlsDetails&) {}
  /// A head as it goes out and as it comes in, its lines with their ends, the empty one included.
  virtual void on_sent(std::string_view /*head*/) {}
  virtual void on_received(std::string_view /*head*/) {}
  /// With each piece of a body.
  virtual void on_progress(const Moved&) {}
};

}  // namespace labnet::http_client
