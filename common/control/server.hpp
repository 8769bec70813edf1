// The answering side of control connections, on Asio: a lab answers its commands, a service its lab.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/control/message.hpp"

namespace labnet::control {

namespace asio = boost::asio;

/// One connection, as a handler sees it.
class Session {
 public:
  using Socket = asio::local::stream_protocol::socket;
  explicit Session(Socket socket) : socket_{std::move(socket)} {}

  /// False if the other side is gone; there is no more to do then.
  asio::awaitable<bool> reply(json::object message);
  /// The descriptors stay the caller's; the other side gets copies.
  asio::awaitable<bool> reply(json::object message, std::span<const int> descriptors);
  /// The next line without its LF; empty at the end of the connection, or if a line is longer than allowed.
  asio::awaitable<std::string> read_line(std::size_t bytes_max);

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
  std::string received_;
};

/// Answers one request, by one or more replies on the session.
using Handler = std::function<asio::awaitable<void>(Session&, const json::object& request)>;

/// Answers request after request until the other side ends the connection.
asio::awaitable<void> serve(Session session, const Handler& handler);

/// Accepts connections on a listening Unix socket for as long as the context runs; only those of `owner` are served,
/// all others are closed without a word. `handler` must outlive it. At most `connections_max` at a time.
asio::awaitable<void> accept_connections(FileDescriptor listening, uid_t owner, const Handler& handler);
inline constexpr int connections_max = 64;

/// Asks a service over the connection that the lab shares with it, one request at a time.
class Channel {
 public:
  explicit Channel(Session::Socket socket)
      : session_{std::move(socket)}, turn_{session_.socket().get_executor(), asio::steady_timer::time_point::max()} {}
  /// The reply as it came, or {"ok":false} if the service is gone or does not answer within 5 s.
  asio::awaitable<json::object> ask(json::object request);

 private:
  Session session_;
  bool busy_ = false;
  asio::steady_timer turn_;  // those who wait for their turn wait on it
};

}  // namespace labnet::control
