#include "tests/clients/http/scripted_server.hpp"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "common/base/text.hpp"
#include "common/http/chunked.hpp"

namespace labnet::test {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

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
  const auto piece = connection_.receive();
  unread_ += piece;
  return !piece.empty();
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

bool Peer::send_slowly(std::string_view bytes) {
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

ScriptedServer::ScriptedServer(Script script) : script_{std::move(script)}, thread_{[this] { serve(); }} {}

ScriptedServer::~ScriptedServer() {
  is_over_ = true;
  const TcpClient last{port()};  // which wakes the listener
  thread_.join();
}

void ScriptedServer::serve() {
  for (;;) {
    std::optional<TcpClient> connection;
    try {
      connection.emplace(listener_.accept());
    } catch (const std::runtime_error&) {  // nobody has come for long
      continue;
    }
    if (is_over_) break;
    int number = 0;
    {
      const std::scoped_lock lock{mutex_};
      number = connections_++;
    }
    sessions_.emplace_back([this, number, taken = *std::move(connection)]() mutable {
      note_request = [this](const SeenRequest& request) {
        const std::scoped_lock lock{mutex_};
        requests_.push_back(request);
      };
      Peer peer{std::move(taken), number};
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
  return fmt::format("http://127.0.0.1:{}{}", port(), target);
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
