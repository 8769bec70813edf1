// labnet rtmp within HTTP, with servers that answer each request as the test wants it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/text.hpp"
#include "tests/clients/rtmp/clip.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string http_answer(const std::string& status, const std::string& body, const std::string& more_fields = {}) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), more_fields, body);
}

/// Each request is given the next answer, whichever connection it comes on; in place of an empty one the connection
/// ends, as it does behind one that says so. Behind the last one, too.
class FakeHttpServer {
 public:
  explicit FakeHttpServer(std::vector<std::string> answers)
      : answers_{std::move(answers)}, thread_{[this] { serve(); }} {}
  ~FakeHttpServer() {
    is_over_ = true;
    { const TcpClient wakes_it{listener_.port()}; }  // and says nothing: it has gone before the thread looks
    thread_.join();
  }
  FakeHttpServer(FakeHttpServer&&) = delete;

  std::string url() const { return fmt::format("rtmpt://127.0.0.1:{}/live/1234", listener_.port()); }
  std::vector<std::string> paths() const {
    const std::lock_guard lock{mutex_};
    return paths_;
  }
  std::string first_head() const {
    const std::lock_guard lock{mutex_};
    return first_head_;
  }

 private:
  void serve() {
    while (!is_over_) serve(listener_.accept());
  }
  void serve(const TcpClient& client) {
    std::string rest;
    while (next_ < answers_.size() && take_request(client, rest)) {
      const auto& answer = answers_[next_++];
      client.try_send(answer);
      if (answer.empty() || answer.find("Connection: close") != answer.npos) return;
    }
  }
  bool take_request(const TcpClient& client, std::string& rest) {
    constexpr std::string_view head_end = "\r\n\r\n", length_field = "Content-Length: ";
    std::optional<std::size_t> bytes;
    while (!bytes || rest.size() < *bytes) {
      const auto received = client.receive();
      if (received.empty()) return false;
      rest += received;
      const auto end = rest.find(head_end);
      if (end == rest.npos) continue;
      const auto length = std::string_view{rest}.substr(rest.find(length_field) + length_field.size());
      bytes = end + head_end.size() + *parse_integer<std::size_t>(length.substr(0, length.find('\r')));
    }
    const std::lock_guard lock{mutex_};
    const auto path = rest.substr(rest.find(' ') + 1);
    paths_.push_back(path.substr(0, path.find(' ')));
    if (first_head_.empty()) first_head_ = rest.substr(0, rest.find(head_end) + 2);
    rest.erase(0, *bytes);
    return true;
  }

  std::vector<std::string> answers_;
  std::size_t next_ = 0;
  TcpListener listener_;
  std::atomic<bool> is_over_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> paths_;
  std::string first_head_;
  std::thread thread_;
};

Outcome play(const FakeHttpServer& server, const std::string& timeout = "5s") {
  return run({labnet(), "rtmp", "play", server.url(), "--timeout", timeout});
}

TEST(RtmpTunnelClient, SaysWhatOthersSayWhoAskSo) {
  const FakeHttpServer server{{http_answer("200 OK", "abc\n"), http_answer("404 Not Found", "")}};
  const auto outcome = play(server);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the server has ended the session"));
  EXPECT_THAT(server.paths(), ElementsAre("/open/1", "/send/abc/0"));
  EXPECT_THAT(
      server.first_head(),
      AllOf(HasSubstr("POST /open/1 HTTP/1.1\r\nHost: 127.0.0.1:"), HasSubstr("User-Agent: Shockwave Flash\r\n"),
            HasSubstr("Content-Type: application/x-fcs\r\n"), HasSubstr("Content-Length: 1\r\n")));
}

TEST(RtmpTunnelClient, AsksOverAnotherConnectionWhenOneEnds) {
  const FakeHttpServer server{{http_answer("200 OK", "abc\n", "Connection: close\r\n"),
                               http_answer("200 OK", "\x01", "Connection: close\r\n"), http_answer("200 OK", "\x03"),
                               http_answer("404 Not Found", "")}};
  EXPECT_EQ(play(server).exit_code, 1);
  EXPECT_THAT(server.paths(), ElementsAre("/open/1", "/send/abc/0", "/idle/abc/1", "/idle/abc/2"));
}

TEST(RtmpTunnelClient, RepeatsARequestWhoseAnswerDidNotCome) {
  const FakeHttpServer server{
      {http_answer("200 OK", "abc\n"), "", http_answer("200 OK", "\x01"), http_answer("404 Not Found", "")}};
  EXPECT_EQ(play(server).exit_code, 1);
  EXPECT_THAT(server.paths(), ElementsAre("/open/1", "/send/abc/0", "/send/abc/0", "/idle/abc/1"));
}

TEST(RtmpTunnelClient, GivesUpWhereNoAnswerComesTwice) {
  const FakeHttpServer server{{http_answer("200 OK", "abc\n"), "", ""}};
  const auto outcome = play(server);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(server.paths(), ElementsAre("/open/1", "/send/abc/0", "/send/abc/0"));
}

TEST(RtmpTunnelClient, SaysWhyThereIsNoSession) {
  const auto says = [](const std::string& answer) {
    const FakeHttpServer server{{answer}};
    const auto outcome = play(server);
    EXPECT_EQ(outcome.exit_code, 1) << answer;
    return outcome.errors;
  };
  EXPECT_THAT(says(http_answer("404 Not Found", "")), HasSubstr("there is no RTMP within HTTP: 404 Not Found"));
  EXPECT_THAT(says(http_answer("200 OK", "<html></html>")), HasSubstr("no session's id came"));
  EXPECT_THAT(says("SSH-2.0-OpenSSH_9.2\r\n"), HasSubstr("what it answers is no HTTP"));
  EXPECT_THAT(says("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx"), HasSubstr("differ"));
  EXPECT_THAT(says("HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\nx"), HasSubstr("more than 16777216 bytes"));
}

TEST(RtmpTunnelClient, SaysWhatIsWrongWithinASession) {
  const FakeHttpServer refusing{{http_answer("200 OK", "abc\n"), http_answer("409 Conflict", "")}};
  EXPECT_THAT(play(refusing).errors, HasSubstr("it answers 409 Conflict within the session"));
  const FakeHttpServer broken{{http_answer("200 OK", "abc\n"), http_answer("200 OK", "\x01\x09garbage")}};
  EXPECT_THAT(play(broken).errors, Not(HasSubstr("HTTP")));
}

TEST(RtmpTunnelClient, WaitsNoLongerThanItIsTold) {
  std::vector<std::string> empty_answers(10'000, http_answer("200 OK", "\x21"));
  empty_answers.front() = http_answer("200 OK", "abc\n");
  const FakeHttpServer server{empty_answers};
  EXPECT_THAT(play(server, "1s").errors, HasSubstr("no RTMP handshake came in time"));
  EXPECT_LT(server.paths().size(), 20u) << "the delay is kept to";
}

}  // namespace
}  // namespace labnet::test
