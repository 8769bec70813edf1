#include "tests/clients/http/scripted_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "common/base/text.hpp"
#include "common/http/chunked.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{patience}.count());
constexpr std::string_view head_end = "\r\n\r\n";

FileDescriptor listening() {
  FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      ::listen(socket.get(), 32) < 0) {
    throw std::runtime_error{"cannot listen"};
  }
  return socket;
}

std::uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

/// Of the server that the thread belongs to.
thread_local std::function<void(const SeenRequest&)> note_request;

}  // namespace

std::string SeenRequest::field(std::string_view name) const {
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon == line.npos || !equals_ignoring_case(line.substr(0, colon), name)) continue;
    const auto value = line.substr(colon + 1);
    return std::string{trim(value.substr(0, value.find('\r')))};
  }
  return "-";
}

bool Peer::receive() {
  std::array<pollfd, 2> events{{{socket_.get(), POLLIN, 0}, {stop_, POLLIN, 0}}};
  if (!socket_ || ::poll(events.data(), events.size(), patience_ms) <= 0 || events[0].revents == 0) return false;
  std::array<char, 65536> piece;
  const auto count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (count <= 0) return false;
  unread_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

bool Peer::read_head(std::string& head) {
  for (;;) {
    if (const auto end = unread_.find(head_end); end != unread_.npos) {
      head = unread_.substr(0, end + head_end.size());
      unread_.erase(0, head.size());
      return true;
    }
    if (!receive()) return false;
  }
}

bool Peer::read_request(SeenRequest& request) {
  request = {};
  if (!read_head(request.head)) return false;
  const auto length = parse_integer<std::size_t>(request.field("Content-Length")).value_or(0);
  if (request.field("Transfer-Encoding") == "chunked") {
    http::ChunkedDecoder decoder;
    while (!decoder.finished()) {
      const auto step = decoder.decode(as_bytes(unread_));
      if (!step) return false;
      request.body += as_text(step->data);
      unread_.erase(0, step->used);
      if (unread_.empty() && !decoder.finished() && !receive()) return false;
    }
  }
  while (request.body.size() < length) {
    auto piece = read_some(length - request.body.size());
    if (piece.empty()) return false;
    request.body += piece;
  }
  if (note_request) note_request(request);
  return true;
}

std::string Peer::read_some(std::size_t bytes_max) {
  if (unread_.empty() && !receive()) return {};
  auto piece = unread_.substr(0, bytes_max);
  unread_.erase(0, piece.size());
  return piece;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Peer::send_slowly(std::string_view bytes) {
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (const char& c : bytes) {
    if (!send({&c, 1})) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string Peer::read_to_end() {
  while (receive()) {
  }
  return std::exchange(unread_, {});
}

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

ScriptedServer::ScriptedServer(Script script)
    : script_{std::move(script)},
      listener_{listening()},
      stop_{::eventfd(0, EFD_CLOEXEC)},
      port_{port_of(listener_)},
      thread_{[this] { serve(); }} {}

ScriptedServer::~ScriptedServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

void ScriptedServer::serve() {
  for (;;) {
    std::array<pollfd, 2> events{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    if (::poll(events.data(), events.size(), -1) < 0 || events[1].revents != 0) break;
    FileDescriptor socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    int number = 0;
    {
      const std::scoped_lock lock{mutex_};
      number = connections_++;
    }
    sessions_.emplace_back([this, number, taken = std::move(socket)]() mutable {
      note_request = [this](const SeenRequest& request) {
        const std::scoped_lock lock{mutex_};
        requests_.push_back(request);
      };
      Peer peer{std::move(taken), number, stop_.get()};
      script_(peer);
    });
  }
  sessions_.clear();  // waits for them
}

ScriptedServer::Script ScriptedServer::answering(Answer answer) {
  return [answer = std::move(answer)](Peer& peer) {
    SeenRequest request;
    while (peer.read_request(request)) {
      if (!peer.send(answer(request))) return;
    }
  };
}

std::string ScriptedServer::url(const std::string& target) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, target);
}

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::scoped_lock lock{mutex_};
  return requests_;
}

int ScriptedServer::connections() const {
  const std::scoped_lock lock{mutex_};
  return connections_;
}

std::string response_of(std::string_view body, std::string_view fields, std::string_view status) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), fields, body);
}

std::string in_chunks(std::string_view body, std::size_t chunk_bytes) {
  std::string all;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size())))
    all += http::chunk(body.substr(0, chunk_bytes));
  return all + std::string{http::last_chunk};
}

}  // namespace labnet::test
