// The answering side of control connections, on Asio: a lab answers its commands, a service its lab.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
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
  /// The next line without its LF; empty at the end of the connection, or if a line is longer than allowed. May be
  /// cancelled: what has come of a line is kept for the next call.
  asio::awaitable<std::string> read_line(std::size_t bytes_max);
  /// Returns when the other side is gone, or says something.
  asio::awaitable<void> wait_for_other_side();

  Socket& socket() { return socket_; }
  /// The number of the request that is answered, which goes into each reply; nothing if it has none.
  void answer_to(json::value number) { number_ = std::move(number); }

 private:
  std::string numbered_line(json::object message) const;

  Socket socket_;
  std::string received_;
  json::value number_;
};

/// Answers one request, by one or more replies on the session.
using Handler = std::function<asio::awaitable<void>(Session&, const json::object& request)>;

/// Answers request after request until the other side ends the connection.
/// patience  for how long a request may take to come; nothing: for ever
asio::awaitable<void> serve(Session session, const Handler& handler,
                            std::optional<std::chrono::milliseconds> patience = std::nullopt);

/// Accepts connections on a listening Unix socket for as long as the context runs; only those of `owner` are served,
/// all others are closed without a word. `handler` must outlive it. At most `connections_max` at a time: one more is
/// told so. A connection on which no whole request comes for `request_deadline` is closed.
asio::awaitable<void> accept_connections(FileDescriptor listening, uid_t owner, const Handler& handler);
inline constexpr int connections_max = 64;
inline constexpr std::chrono::milliseconds request_deadline{30'000};

/// Asks a service over the connection that the lab shares with it, one request at a time. Requests are numbered, so
/// that a reply that comes too late is known as such and passed over.
class Channel {
 public:
  static constexpr std::chrono::milliseconds reply_deadline{5000};

  explicit Channel(Session::Socket socket, std::chrono::milliseconds deadline = reply_deadline)
      : session_{std::move(socket)},
        deadline_{deadline},
        turn_{session_.socket().get_executor(), asio::steady_timer::time_point::max()} {}
  /// The reply as it came, or {"ok":false} if the service is gone or does not answer in time.
  asio::awaitable<json::object> ask(json::object request);

 private:
  asio::awaitable<Result<json::object>> exchange(json::object request);
  /// Passes over the replies to other requests.
  asio::awaitable<Result<json::object>> read_reply(std::uint64_t number);

  Session session_;
  std::chrono::milliseconds deadline_;
  bool busy_ = false;
  std::uint64_t last_number_ = 0;
  asio::steady_timer turn_;  // those who wait for their turn wait on it
};

}  // namespace labnet::control
