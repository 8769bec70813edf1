#include "common/control/server.hpp"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace labnet::control {
namespace {

using asio::experimental::awaitable_operators::operator||;

constexpr auto result = asio::as_tuple(asio::use_awaitable);
/// After an accept that failed, as for want of descriptors: the next one would fail as well.
constexpr std::chrono::milliseconds accept_pause{100};

/// Sends as much of `line` as the socket takes at once, with the descriptors. Returns how much, or -1.
ssize_t send_with_descriptors(int socket, std::string_view line, std::span<const int> descriptors) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * descriptors_max)> rights{};
  iovec source{const_cast<char*>(line.data()), line.size()};
  msghdr message{};
  message.msg_iov = &source;
  message.msg_iovlen = 1;
  message.msg_control = rights.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  auto* part = CMSG_FIRSTHDR(&message);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

bool is_owner(int socket, uid_t owner) {
  ucred peer{};
  socklen_t length = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == owner;
}

}  // namespace

std::string Session::numbered_line(json::object message) const {
  if (!number_.is_null()) message["number"] = number_;
  return to_line(message);
}

asio::awaitable<bool> Session::reply(json::object message) {
  const auto line = numbered_line(std::move(message));
  const auto [fault, sent] = co_await asio::async_write(socket_, asio::buffer(line), result);
  co_return !fault;
}

asio::awaitable<bool> Session::reply(json::object message, std::span<const int> descriptors) {
  const auto line = numbered_line(std::move(message));
  const auto [not_writable] = co_await socket_.async_wait(Socket::wait_write, result);
  if (not_writable || descriptors.size() > descriptors_max) co_return false;
  const auto sent = send_with_descriptors(socket_.native_handle(), line, descriptors);
  if (sent < 0) co_return false;
  const auto rest = std::string_view{line}.substr(static_cast<std::size_t>(sent));
  const auto [fault, count] = co_await asio::async_write(socket_, asio::buffer(rest), result);
  co_return !fault;
}

asio::awaitable<std::string> Session::read_line(std::size_t bytes_max) {
  auto buffer = asio::dynamic_buffer(received_, std::max(bytes_max, received_.size()));
  const auto [fault, length] = co_await asio::async_read_until(socket_, buffer, '\n', result);
  if (fault == asio::error::not_found) socket_.close();  // what follows would be the middle of a line
  if (fault) co_return std::string{};
  auto line = received_.substr(0, length - 1);
  received_.erase(0, length);
  co_return line;
}

asio::awaitable<void> Session::wait_for_other_side() {
  co_await socket_.async_wait(Socket::wait_read, result);
}

namespace {

/// The next request's line; empty if there is none, or none in time.
asio::awaitable<std::string> read_request(Session& session, std::optional<std::chrono::milliseconds> patience) {
  if (!patience) co_return co_await session.read_line(request_bytes_max);
  asio::steady_timer deadline{session.socket().get_executor(), *patience};
  auto first = co_await (session.read_line(request_bytes_max) || deadline.async_wait(result));
  co_return first.index() == 0 ? std::get<0>(std::move(first)) : std::string{};
}

/// One too many: it is told so at once, without a wait for what it wants.
void refuse(int socket) {
  static const auto line = to_line(failure("too many commands are under way with this lab; end some of them"));
  send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

asio::awaitable<void> serve(Session session, const Handler& handler,
                            std::optional<std::chrono::milliseconds> patience) {
  for (;;) {
    const auto line = co_await read_request(session, patience);
    if (line.empty()) co_return;
    const auto request = parse_message(line);
    session.answer_to(request && request->contains("number") ? request->at("number") : json::value{});
    if (request) {
      co_await handler(session, *request);
    } else {
      co_await session.reply(failure(request.error().message));
    }
  }
}

asio::awaitable<void> accept_connections(FileDescriptor listening, uid_t owner, const Handler& handler) {
  const auto executor = co_await asio::this_coro::executor;
  asio::local::stream_protocol::acceptor acceptor{executor, asio::local::stream_protocol{}, listening.release()};
  asio::steady_timer pause{executor};
  const auto open_connections = std::make_shared<int>(0);
  for (;;) {
    auto [fault, socket] = co_await acceptor.async_accept(result);
    if (fault == asio::error::operation_aborted) co_return;
    if (fault) {
      pause.expires_after(accept_pause);
      co_await pause.async_wait(result);
      continue;
    }
    if (!is_owner(socket.native_handle(), owner)) continue;
    if (*open_connections >= connections_max) {
      refuse(socket.native_handle());
      continue;
    }
    ++*open_connections;
    asio::co_spawn(executor, serve(Session{std::move(socket)}, handler, request_deadline),
                   [open_connections](const std::exception_ptr&) { --*open_connections; });
  }
}

asio::awaitable<json::object> Channel::ask(json::object request) {
  while (busy_) {  // another command's question is under way
    co_await turn_.async_wait(result);
  }
  busy_ = true;
  auto reply = co_await exchange(std::move(request));
  busy_ = false;
  turn_.cancel();  // wakes those who wait
  co_return reply ? std::move(*reply) : failure(reply.error().message);
}

asio::awaitable<Result<json::object>> Channel::exchange(json::object request) {
  const auto number = ++last_number_;
  request["number"] = number;
  asio::steady_timer deadline{session_.socket().get_executor(), deadline_};
  auto sent = co_await (session_.reply(std::move(request)) || deadline.async_wait(result));
  // Half a request cannot be taken back.
  if (sent.index() == 1) session_.socket().close();
  if (sent.index() == 1 || !std::get<0>(sent)) co_return Error{"the service does not answer"};
  auto reply = co_await (read_reply(number) || deadline.async_wait(result));
  if (reply.index() == 1) co_return Error{"the service does not answer in time"};
  co_return std::get<0>(std::move(reply));
}

asio::awaitable<Result<json::object>> Channel::read_reply(std::uint64_t number) {
  for (;;) {
    const auto line = co_await session_.read_line(reply_bytes_max);
    if (line.empty()) co_return Error{"the service does not answer"};
    auto reply = parse_message(line);
    if (!reply) co_return reply.error();
    const auto* answered = reply->if_contains("number");
    if (answered == nullptr || *answered != json::value(number)) continue;
    reply->erase("number");
    co_return std::move(*reply);
  }
}

}  // namespace labnet::control
