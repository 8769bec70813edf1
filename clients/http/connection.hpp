// A connection to one server that serves one request after the other (RFC 9112, section 9.3).
//
//   Connection connection{worker, route, patience, observer};
//   const auto response = co_await connection.ask(request, receiver);
//
// It is made when the first request needs it, and again when a request finds it closed.
#pragma once

#include "clients/http/connect.hpp"
#include "clients/http/request.hpp"
#include "clients/http/response.hpp"
#include "common/http/limits.hpp"
#include "common/net/read_buffer.hpp"

namespace labnet::http_client {

class Connection {
 public:
  /// `worker` and `observer` outlive it.
  Connection(net::Worker& worker, Route route, Patience patience, Observer& observer);

  /// Sends the request and hands the response on; one at a time.
  /// A server may close a kept connection whenever it likes. If nothing came then, and if doing it twice is as good as
  /// once, the request goes out once more, on a new connection.
  /// faults  a sentence; the connection is closed then, and the next request makes another one
  Task<Result<Response>> ask(const Request& request, Receiver& receiver);

  /// The server keeps it for another request.
  bool is_kept() const { return stream_.is_open(); }
  /// What the server has given to resume TLS with; empty if nothing.
  net::TlsSession session() const { return route_.session; }
  /// Says that nothing more will come, and waits a moment for the server's end, until then at most.
  Task<void> finish(net::Clock::time_point until);

 private:
  /// Longer than the longest head, so that there is room as long as one is not whole.
  static constexpr std::size_t incoming_bytes = 2 * http::head_bytes_max;

  Task<bool> is_alive();
  Task<Result<Response>> ask_once(const Request& request, Receiver& receiver, bool& may_ask_again);

  net::Worker& worker_;
  Route route_;
  Patience patience_;
  Observer& observer_;
  net::Stream stream_;
  net::ReadBuffer incoming_{incoming_bytes, incoming_bytes};
};

}  // namespace labnet::http_client
