#include "common/control/server.hpp"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace labnet::control {
namespace {

constexpr auto result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds service_deadline{5};

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

asio::awaitable<bool> Session::reply(json::object message) {
  const auto line = to_line(message);
  const auto [fault, sent] = co_await asio::async_write(socket_, asio::buffer(line), result);
  co_return !fault;
}

asio::awaitable<bool> Session::reply(json::object message, std::span<const int> descriptors) {
  const auto line = to_line(message);
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
  if (fault) co_return std::string{};
  auto line = received_.substr(0, length - 1);
  received_.erase(0, length);
  co_return line;
}

asio::awaitable<void> serve(Session session, const Handler& handler) {
  for (;;) {
    const auto line = co_await session.read_line(request_bytes_max);
    if (line.empty()) co_return;
    const auto request = parse_message(line);
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
  const auto open_connections = std::make_shared<int>(0);
  for (;;) {
    auto [fault, socket] = co_await acceptor.async_accept(result);
    if (fault == asio::error::operation_aborted) co_return;
    if (fault || *open_connections >= connections_max || !is_owner(socket.native_handle(), owner)) continue;
    ++*open_connections;
    asio::co_spawn(executor, serve(Session{std::move(socket)}, handler),
                   [open_connections](const std::exception_ptr&) { --*open_connections; });
  }
}

asio::awaitable<json::object> Channel::ask(json::object request) {
  const auto executor = co_await asio::this_coro::executor;
  while (busy_) {  // another command's question is under way
    co_await turn_.async_wait(result);
  }
  busy_ = true;
  // A service that does not answer in time is out of step from then on: its connection is given up.
  asio::steady_timer deadline{executor, service_deadline};
  deadline.async_wait([this](const boost::system::error_code& fault) {
    if (!fault && busy_) session_.socket().close();
  });
  std::string line;
  if (co_await session_.reply(std::move(request))) line = co_await session_.read_line(reply_bytes_max);
  deadline.cancel();
  busy_ = false;
  turn_.cancel();  // wakes those who wait
  auto reply = line.empty() ? Result<json::object>{Error{"the service does not answer"}} : parse_message(line);
  co_return reply ? std::move(*reply) : failure(reply.error().message);
}

}  // namespace labnet::control
