// A played client with a socket.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "tests/servers/rtmp/played_client.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::rtmp_server {

/// Each wait has an end: that of test::patience.
class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port, std::uint8_t from = 1) : tcp_{port, from} {}

  PlayedClient& client() { return client_; }
  void send() { tcp_.send(as_text(client_.take_output())); }
  void send(const rtmp::Message& message) {
    client_.say(message);
    send();
  }
  /// False if the server has closed.
  bool try_send() { return tcp_.try_send(as_text(client_.take_output())); }

  void connect(const std::string& app = "live") {
    send();
    while (!client_.is_done_with_handshake() && receive()) continue;
    client_.say(connect_command(app));
    client_.say(rtmp::stream_command("createStream", 2));
    send();
  }
  void publish(const std::string& key, const std::string& app = "live") {
    connect(app);
    client_.say(rtmp::to_command(rtmp::Publish{.name = key}, 3), 1);
    send();
  }
  void play(const std::string& name, const std::string& app = "live") {
    connect(app);
    ask_to_play({.name = name});
  }
  /// Of one that has connected.
  void ask_to_play(const rtmp::Play& play) {
    client_.say(rtmp::to_command(play, 3), 1);
    send();
  }
  void send(const rtmp::Command& command) {
    client_.say(command, 1);
    send();
  }

  /// The next message; told nothing ("") at the end of the connection.
  std::string next() {
    if (!fill()) return "";
    const auto text = told(waiting_.front());
    last_ = waiting_.front();
    waiting_.pop_front();
    return text;
  }
  const rtmp::Message& last() const { return last_; }
  /// Reads on until one begins so; false if the connection ends before.
  bool wait_for(std::string_view text) {
    for (auto one = next(); !one.empty(); one = next()) {
      if (one.find(text) != one.npos) return true;
    }
    return false;
  }
  /// The next messages of audio, video and data.
  std::vector<std::string> next_media(std::size_t count) {
    std::vector<std::string> media;
    while (media.size() < count) {
      const auto one = next();
      if (one.empty()) break;
      const auto type = last_.header.type;
      if (rtmp::is_media(type) || one.ends_with("onMetaData")) media.push_back(one);
    }
    return media;
  }
  bool is_at_end() {
    while (!next().empty()) continue;
    return tcp_.is_at_end();
  }
  test::TcpClient& tcp() { return tcp_; }

 private:
  bool receive() {
    const auto bytes = tcp_.receive();
    for (auto& message : client_.take(as_bytes(bytes))) waiting_.push_back(std::move(message));
    if (const auto output = client_.take_output(); !output.empty()) tcp_.try_send(as_text(output));
    return !bytes.empty();
  }
  bool fill() {
    while (waiting_.empty()) {
      if (!receive()) return false;
    }
    return true;
  }

  test::TcpClient tcp_;
  PlayedClient client_;
  std::deque<rtmp::Message> waiting_;
  rtmp::Message last_;
};

}  // namespace labnet::rtmp_server
