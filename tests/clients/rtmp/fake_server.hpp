// An RTMP server for tests that says what it is told to say, odd as it may be.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/rtmp/chunk_reader.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/command.hpp"
#include "common/rtmp/control.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {

/// One connection behind its handshake, from the server's side.
class FakeRtmpSession {
 public:
  explicit FakeRtmpSession(TcpClient client) : client_{std::move(client)} {}

  /// False if the client has gone before its handshake was over.
  bool shake_hands();
  void send(const rtmp::Message& message);
  void send(const rtmp::Command& command, std::uint32_t stream_id = 0) { send(rtmp::to_message(command, stream_id)); }
  void send(const rtmp::Control& control) { send(rtmp::to_message(control)); }
  /// Audio or video, on message stream 1.
  void send_media(rtmp::MessageType type, std::uint32_t timestamp, const std::string& payload);
  void send_octets(std::string_view octets) const { client_.try_send(octets); }
  /// The next message; false once the client has gone.
  bool receive(rtmp::Message& message);
  void close();
  bool is_open() const { return is_open_; }

 private:
  TcpClient client_;
  bool is_open_ = true;
  rtmp::ChunkReader reader_;
  rtmp::ChunkWriter writer_;
  std::string unread_;
};

/// Listens on 127.0.0.1 and serves one client after the other, in a thread of its own.
class FakeRtmpServer {
 public:
  using Answer = std::function<void(FakeRtmpSession& session, const rtmp::Command& command)>;
  /// By command; "" stands for what is done before the handshake. What is not there is answered as most servers do.
  using Answers = std::map<std::string, Answer>;

  explicit FakeRtmpServer(Answers answers = {});
  ~FakeRtmpServer();
  FakeRtmpServer(FakeRtmpServer&&) = delete;

  std::string url(const std::string& stream = "1234") const;
  /// As a message stands in `lines`.
  static std::string line_of(const rtmp::Message& message);
  /// What clients have sent: commands, controls and data as lines, audio and video as "audio 12" and "video 34".
  std::vector<std::string> lines() const;
  /// As a message stands in `chunk_streams`: "type 20 on 3".
  static std::string use_of(const rtmp::MessageHeader& header);
  std::set<std::string> chunk_streams() const;
  /// Waits until a client has gone, for as long as a test may.
  void wait_for_end() const;

 private:
  void serve();
  void serve(FakeRtmpSession& session);
  void answer(FakeRtmpSession& session, const rtmp::Command& command);

  Answers answers_;
  TcpListener listener_;
  std::atomic<bool> is_over_ = false;
  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  std::vector<std::string> lines_;
  std::set<std::string> chunk_streams_;
  int ends_ = 0;
  std::thread thread_;
};

/// An onStatus on message stream 1.
void say_status(FakeRtmpSession& session, const std::string& code, const std::string& level = "status");

}  // namespace labnet::test
