// A played client whose octets travel within HTTP requests.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/text.hpp"
#include "common/rtmp/tunnel.hpp"
#include "tests/servers/rtmp/played_client.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::rtmp_server {

struct HttpAnswer {
  int status = 0;  // 0: none came
  std::string head{}, body{};
};

inline std::string post_text(std::string_view path, std::string_view body, std::string_view more_fields = {}) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: rtmp.lab\r\nContent-Length: {}\r\n{}\r\n{}", path, body.size(),
                     more_fields, body);
}

/// One answer; what comes behind it stays in `rest`.
inline HttpAnswer receive_answer(const test::TcpClient& tcp, std::string& rest) {
  constexpr std::string_view head_end = "\r\n\r\n", length_field = "Content-Length: ";
  std::size_t end = 0;
  while ((end = rest.find(head_end)) == rest.npos) {
    const auto bytes = tcp.receive();
    if (bytes.empty()) return {};
    rest += bytes;
  }
  HttpAnswer answer;
  answer.head = rest.substr(0, end + 2);
  rest.erase(0, end + head_end.size());
  answer.status = parse_integer<int>(std::string_view{answer.head}.substr(9, 3)).value_or(0);
  const auto length_at = answer.head.find(length_field) + length_field.size();
  const auto length_text = std::string_view{answer.head}.substr(length_at);
  const auto length = parse_integer<std::size_t>(length_text.substr(0, length_text.find('\r'))).value_or(0);
  while (rest.size() < length) {
    const auto bytes = tcp.receive();
    if (bytes.empty()) return {};
    rest += bytes;
  }
  answer.body = rest.substr(0, length);
  rest.erase(0, length);
  return answer;
}

class TunnelClient {
 public:
  explicit TunnelClient(std::uint16_t port, std::uint8_t from = 1) : port_{port}, from_{from} {}

  PlayedClient& client() { return client_; }
  const std::string& id() const { return id_; }
  std::uint32_t next_number() const { return number_; }
  /// As a client that begins, on the same connection.
  void begin_anew() { client_ = PlayedClient{}, number_ = 0; }
  /// From now on each request has a connection of its own.
  void connect_each_time() { connects_each_time_ = true; }
  /// From now on from another address.
  void move_to(std::uint8_t from) { from_ = from, tcp_.reset(); }
  /// From now on the octets of a request come one by one.
  void dawdle() { dawdles_ = true; }

  HttpAnswer request(std::string_view text) {
    if (connects_each_time_ || !tcp_) tcp_ = std::make_unique<test::TcpClient>(port_, from_), rest_.clear();
    if (!dawdles_) {
      tcp_->try_send(text);
    } else {
      for (const auto& octet : text) tcp_->try_send({&octet, 1});
    }
    return receive_answer(*tcp_, rest_);
  }
  HttpAnswer post(std::string_view path, std::string_view body = {"\0", 1}) { return request(post_text(path, body)); }
  bool is_at_end() const { return tcp_->is_at_end(); }

  /// The id, or the status of a refusal.
  std::string open() {
    const auto answer = post("/open/1");
    id_ = rtmp::tunnel_id_of(answer.body);
    return answer.status == 200 ? id_ : fmt::format("{}", answer.status);
  }
  std::string path(std::string_view verb, std::uint32_t number) const {
    return fmt::format("/{}/{}/{}", verb, id_, number);
  }
  /// What the client has to say, or the question whether the server has anything. The status.
  int ask() {
    const auto octets = client_.take_output();
    const auto answer = octets.empty() ? post(path("idle", number_++)) : post(path("send", number_++), as_text(octets));
    take(answer);
    return answer.status;
  }
  void take(const HttpAnswer& answer) {
    if (answer.status != 200 || answer.body.empty()) return;
    delay_ = static_cast<unsigned char>(answer.body.front());
    longest_ = std::max(longest_, answer.body.size());
    for (auto& message : client_.take(as_bytes(answer.body).subspan(1))) waiting_.push_back(told(message));
  }
  int delay() const { return delay_; }
  std::size_t longest_answer() const { return longest_; }

  void connect(const std::string& app = "live") {
    EXPECT_FALSE(open().empty());
    while (!client_.is_done_with_handshake() && ask() == 200) continue;
    client_.say(connect_command(app));
    client_.say(rtmp::stream_command("createStream", 2));
    ask();
  }
  void publish(const std::string& key) {
    connect();
    client_.say(rtmp::to_command(rtmp::Publish{.name = key}, 3), 1);
    ask();
  }
  void play(const std::string& name) {
    connect();
    client_.say(rtmp::to_command(rtmp::Play{.name = name}, 3), 1);
    ask();
  }
  /// Asks on until a message is told so; false if the session ends before, or nothing comes for test::patience.
  bool wait_for(std::string_view text) {
    bool is_gone = false;
    return test::eventually([&] {
             while (!waiting_.empty()) {
               const auto one = std::move(waiting_.front());
               waiting_.pop_front();
               if (one.find(text) != one.npos) return true;
             }
             return is_gone = ask() != 200;
           }) &&
           !is_gone;
  }

 private:
  std::uint16_t port_;
  std::uint8_t from_;
  std::unique_ptr<test::TcpClient> tcp_;
  std::string rest_, id_;
  std::uint32_t number_ = 0;
  bool connects_each_time_ = false, dawdles_ = false;
  PlayedClient client_;
  std::deque<std::string> waiting_;
  int delay_ = -1;
  std::size_t longest_ = 0;
};

}  // namespace labnet::rtmp_server
