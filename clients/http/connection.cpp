#include "clients/http/connection.hpp"

#include <fmt/format.h>

#include "clients/http/exchange.hpp"

namespace labnet::http_client {

Connection::Connection(net::Worker& worker, Route route, Patience patience, Observer& observer)
    : worker_{worker}, route_{std::move(route)}, patience_{patience}, observer_{observer} {}

Task<Result<Response>> Connection::ask(const Request& request, Receiver& receiver) {
  const auto was_kept = co_await is_alive();
  bool may_ask_again = false;
  auto response = co_await ask_once(request, receiver, may_ask_again);
  if (response || !was_kept || !may_ask_again) co_return response;
  if (!is_idempotent(request.method)) {
    co_return Error{response.error().message, "; nobody knows whether it was done, and so it is not asked for again"};
  }
  if (request.body && !request.body->is_repeatable()) co_return response;
  observer_.on_detail("the server has closed the kept connection meanwhile; once more on a new one");
  co_return co_await ask_once(request, receiver, may_ask_again);
}

/// Whatever came while nothing was asked for is no answer: a server's last word before it closes (408), or its end.
Task<bool> Connection::is_alive() {
  if (!stream_.is_open()) co_return false;
  if (incoming_.unread().empty()) {
    const auto count = co_await stream_.read_some(incoming_.room(), Timeout{0});
    if (!count && count.error() == net::StreamFault::deadline) co_return true;
  }
  observer_.on_detail("the server has closed the kept connection");
  stream_.close();
  co_return false;
}

Task<Result<Response>> Connection::ask_once(const Request& request, Receiver& receiver, bool& may_ask_again) {
  Timing timing;
  if (!stream_.is_open()) {
    incoming_.skip(incoming_.unread().size());
    auto connected = co_await connect(worker_, route_, patience_, observer_, timing);
    if (!connected) co_return connected.error();
    stream_ = *std::move(connected);
  }
  Exchange exchange{worker_, stream_, incoming_, patience_, observer_};
  auto response = co_await exchange.run(request, receiver);
  may_ask_again = exchange.nothing_came();
  if (!response) {
    stream_.close();
    co_return response.error();
  }
  response->timing.connect = timing.connect;
  response->timing.handshake = timing.handshake;
  if (const auto session = stream_.session()) route_.session = session;
  if (!exchange.connection_lives()) co_await finish(net::deadline_after(patience_.close_timeout));
  co_return response;
}

Task<void> Connection::finish(net::Clock::time_point until) {
  if (!stream_.is_open()) co_return;
  co_await stream_.finish(patience_.within(net::time_left(until)));
  stream_.close();
}

}  // namespace labnet::http_client
