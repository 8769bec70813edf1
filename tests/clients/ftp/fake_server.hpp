// An FTP server for tests that says what it is told to say, odd as it may be.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/base/file_descriptor.hpp"

namespace labnet::test {

/// One control connection, from the server's side.
class FakeSession {
 public:
  explicit FakeSession(FileDescriptor socket) : socket_{std::move(socket)} {}

  /// As it is: CR LF are the caller's.
  void send(std::string_view bytes) const;
  void say(std::string_view line) const { send(std::string{line} + "\r\n"); }
  /// Without its end; false once the client has gone.
  bool read_line(std::string& line);
  /// Ends the connection after what was said.
  void close() { socket_.reset(); }
  bool is_open() const { return static_cast<bool>(socket_); }

  /// Listens for a data connection: the port.
  std::uint16_t listen();
  /// Takes the address that a client tells with PORT.
  void take_port(const std::string& argument);
  /// The data connection: accepted, or in active mode made from that address on the loopback network.
  void open_data(const std::string& own_address = "127.0.0.1");
  void send_data(std::string_view bytes) const;
  /// All that the client sends until its end.
  std::string receive_data() const;
  /// Whether the client ends it, and sends nothing before.
  bool data_ends() const;
  void close_data() { data_.reset(); }
  /// Breaks it off with RST.
  void reset_data();

  std::uint64_t start_at = 0;  // of REST

 private:
  FileDescriptor socket_, listener_, data_;
  std::string unread_;
  std::uint16_t active_port_ = 0;
};

/// Listens on 127.0.0.1 and serves one client after the other, in a thread of its own.
class FakeServer {
 public:
  using Answer = std::function<void(FakeSession& session, const std::string& argument)>;
  /// By verb; "" stands for the greeting. What is not there is answered as a plain server does that knows neither FEAT
  /// nor TLS, and whose only file has `content`.
  using Answers = std::map<std::string, Answer>;

  explicit FakeServer(Answers answers = {}, std::string content = "some bytes");
  ~FakeServer();
  FakeServer(FakeServer&&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "file") const;
  /// What clients have sent, line by line.
  std::vector<std::string> lines() const;
  /// Their verbs, with blanks between.
  std::string verbs() const;
  /// What was stored last.
  std::string stored() const;

 private:
  void serve();
  void serve(FakeSession& session);
  void answer_usually(FakeSession& session, const std::string& verb, const std::string& argument);

  Answers answers_;
  std::string content_;
  FileDescriptor listener_, stop_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::string stored_;
  std::thread thread_;
};

/// An answer that is one line.
FakeServer::Answer line(std::string text);
/// One that sends data, and this line behind it.
FakeServer::Answer data_and(std::string bytes, std::string last_line);

}  // namespace labnet::test
