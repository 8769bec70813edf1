// A server for tests that says what it is told to say, odd as it may be: each connection is a script of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/tcp.hpp"

namespace labnet::test {

/// A request as it came.
struct SeenRequest {
  std::string head;  // the empty line included
  std::string body;

  std::string first_line() const { return head.substr(0, head.find("\r\n")); }
  /// The value of the first field with that name, in any case; "-" if there is none.
  std::string field(std::string_view name) const;
};

/// One connection, from the server's side.
class Peer {
 public:
  Peer(TcpClient connection, int number) : connection_{std::move(connection)}, number_{number} {}

  /// 0 for the first connection of the server, and so on.
  int number() const { return number_; }
  /// False once the client has gone, or for too long nothing has come.
  bool read_head(std::string& head);
  /// The head, and what its Content-Length or its chunks announce.
  bool read_request(SeenRequest& request);
  /// At most so many bytes, at least one; empty at the end.
  std::string read_some(std::size_t bytes_max);
  /// False if the client has gone.
  bool send(std::string_view bytes) { return connection_.try_send(bytes); }
  /// Byte by byte, each in a segment of its own as far as the system lets them be.
  bool send_slowly(std::string_view bytes);
  /// Until the client closes: what it sends until then.
  std::string read_to_end();
  /// Breaks the connection off with RST.
  void reset() { connection_.reset(); }

 private:
  bool receive();

  TcpClient connection_;
  int number_;
  std::string unread_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer& peer)>;
  using Answer = std::function<std::string(const SeenRequest& request)>;

  /// The connection ends with the script.
  explicit ScriptedServer(Script script);
  /// Answers each request on each connection, until the client closes it.
  static Script answering(Answer answer);
  /// The same bytes for each.
  static Script answering(std::string bytes) {
    return answering([bytes = std::move(bytes)](const SeenRequest&) { return bytes; });
  }
  ~ScriptedServer();
  ScriptedServer(ScriptedServer&&) = delete;

  std::uint16_t port() const { return listener_.port(); }
  std::string url(const std::string& target = "/") const;
  /// What has come so far, noted by `read_request`.
  std::vector<SeenRequest> requests() const;
  int connections() const;

 private:
  friend class Peer;
  void serve();

  Script script_;
  TcpListener listener_;
  std::atomic<bool> is_over_ = false;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> requests_;
  int connections_ = 0;
  std::list<std::jthread> sessions_;
  std::thread thread_;
};

/// "HTTP/1.1 200 OK", a Content-Length, the fields given (each with its CR LF), the body.
std::string response_of(std::string_view body, std::string_view fields = "", std::string_view status = "200 OK");
/// The body in chunks of so many bytes.
std::string in_chunks(std::string_view body, std::size_t chunk_bytes);

}  // namespace labnet::test
