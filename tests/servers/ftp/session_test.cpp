// What depends on who is faster: played, so that it happens each time.
#include "servers/ftp/session.hpp"

#include <gmock/gmock.h>

#include "servers/ftp/limits.hpp"
#include "tests/servers/ftp/played_transport.hpp"
#include "tests/support/child.hpp"

namespace labnet::ftp_server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// A session that has logged in.
class FtpPlayed : public testing::Test {
 protected:
  FtpPlayed() {
    folder_.write("1.png", "image");
    Config config;
    config.root = folder_.path();
    config.users = {{.name = "u", .password = "p", .permissions = Permissions::all()}};
    auto service = Service::make(std::move(config));
    auto session = std::make_shared<Session>(worker_, *std::move(service), play_transport(stage_));
    worker_.spawn([](std::shared_ptr<Session> one, bool& has_ended) -> Task<void> {
      co_await one->run();
      has_ended = true;
    }(std::move(session), has_ended_));
    go_on();
    ask("USER u");
    EXPECT_THAT(ask("PASS p"), StartsWith("230 "));
  }
  ~FtpPlayed() override {
    stage_->is_closed = true;
    stage_->reading.end(StreamFault::closed);
    stage_->writing.end(StreamFault::reset);
    stage_->connecting.end(StreamFault::deadline);
    stage_->moving.end(DataEvent::reset);
    go_on();
    EXPECT_TRUE(has_ended_);
  }

  void go_on() {
    worker_.context().restart();
    worker_.context().poll();
  }
  std::string replies() {
    go_on();
    return std::exchange(stage_->written, {});
  }
  void send(std::string line) {
    EXPECT_TRUE(stage_->reading.end(std::move(line)));
    go_on();
  }
  std::string ask(std::string line) {
    send(std::move(line));
    return replies();
  }
  /// A transfer whose first reply waits for the client to read.
  void begin_transfer_unread() {
    EXPECT_THAT(ask("PASV"), StartsWith("227 "));
    send("RETR 1.png");
    stage_->holds_writes = true;
    EXPECT_TRUE(stage_->connecting.end(played_client()));
    go_on();
    EXPECT_TRUE(stage_->writing.is_under_way());
  }

  test::TemporaryFolder folder_;
  net::Helpers helpers_{0, 0};
  net::Worker worker_{0, helpers_};
  std::shared_ptr<Stage> stage_ = std::make_shared<Stage>(worker_.executor());
  bool has_ended_ = false;
};

TEST_F(FtpPlayed, RepliesThatNobodyReadsDoNotPileUp) {
  begin_transfer_unread();
  const auto one_reply = std::string{"213 RETR /1.png: 0 bytes\r\n"}.size();
  const auto asked_max = replies_waiting_bytes_max / one_reply + 1;
  std::size_t asked = 0;
  while (!stage_->is_closed && asked <= asked_max) {
    send("STAT");
    ++asked;
  }
  EXPECT_TRUE(stage_->is_closed);
  EXPECT_EQ(asked, asked_max);
}

TEST_F(FtpPlayed, RepliesUpToTheLimitWaitAndComeInOrder) {
  begin_transfer_unread();
  for (int i = 0; i < 1'000; ++i) send("STAT");
  EXPECT_EQ(stage_->written, "");
  stage_->holds_writes = false;
  EXPECT_TRUE(stage_->writing.end({}));
  const auto text = replies();
  EXPECT_THAT(text, StartsWith("150 "));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1'001);
  EXPECT_TRUE(stage_->moving.end(DataEvent::all));
  EXPECT_THAT(replies(), StartsWith("226 "));
}

TEST_F(FtpPlayed, AllThatCameInFrontOfQuitIsDoneThoughTheClientSaysNothingMore) {
  EXPECT_THAT(ask("PASV"), StartsWith("227 "));
  send("RETR 1.png");
  for (const auto* line : {"PASV", "RETR 1.png", "QUIT"}) EXPECT_EQ(ask(line), "");
  EXPECT_TRUE(stage_->reading.end(StreamFault::closed));
  for (const auto* next : {"\r\n227 ", "\r\n221 "}) {
    EXPECT_FALSE(has_ended_);
    EXPECT_TRUE(stage_->connecting.end(played_client()));
    EXPECT_THAT(replies(), StartsWith("150 "));
    EXPECT_TRUE(stage_->moving.end(DataEvent::all));
    EXPECT_THAT(replies(), AllOf(StartsWith("226 "), HasSubstr(next)));
  }
  EXPECT_TRUE(has_ended_);
}

TEST_F(FtpPlayed, AClientThatCannotBeToldAnythingMoreHasGivenUp) {
  EXPECT_THAT(ask("PASV"), StartsWith("227 "));
  send("RETR 1.png");
  EXPECT_EQ(ask("QUIT"), "");
  EXPECT_TRUE(stage_->reading.end(StreamFault::closed));
  stage_->holds_writes = true;
  EXPECT_TRUE(stage_->connecting.end(played_client()));
  go_on();
  EXPECT_TRUE(stage_->writing.end(StreamFault::reset));  // of 150
  go_on();
  EXPECT_TRUE(has_ended_);
  EXPECT_EQ(stage_->channels, 0u);
}

TEST_F(FtpPlayed, NoReplyComesBehindTheLastOne) {
  EXPECT_THAT(ask("PASV"), StartsWith("227 "));
  send("LIST");
  for (std::size_t i = 0; i < commands_waiting_max; ++i) EXPECT_EQ(ask("NOOP"), "");
  stage_->holds_writes = true;
  send("NOOP");  // one too many: 421, which the client does not read yet
  EXPECT_TRUE(stage_->writing.is_under_way());
  EXPECT_TRUE(stage_->connecting.end(played_client()));
  go_on();
  stage_->holds_writes = false;
  EXPECT_TRUE(stage_->writing.end({}));
  const auto text = replies();
  EXPECT_THAT(text, StartsWith("421 "));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_TRUE(has_ended_);
}

}  // namespace
}  // namespace labnet::ftp_server
