// nginx with its RTMP module, as the server of `labnet rtmp`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/clients/rtmp/clip.hpp"
#include "tests/interop/nginx.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;

using Words = std::vector<std::string>;

constexpr auto configuration = R"(
load_module {module};
{user}
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 64; }}
rtmp {{
  access_log off;
  server {{ listen 127.0.0.1:{port}; application live {{ live on; publish_notify on; }} }}
}})";

// Under this number nginx is handed what listens already.
constexpr int listening_descriptor = 40;

class InteropNginxRtmp : public testing::Test {
 protected:
  void SetUp() override {
    if (run({find_nginx(), "-v"}).exit_code != 0) GTEST_SKIP() << "nginx is not there";
    if (!std::filesystem::exists(find_nginx_rtmp())) GTEST_SKIP() << "its module for RTMP is not there";
    const auto config = folder_.write(
        "nginx.conf",
        fmt::format(configuration, fmt::arg("module", std::filesystem::absolute(find_nginx_rtmp()).string()),
                    fmt::arg("user", ::getuid() == 0 ? "user root;" : ""), fmt::arg("folder", folder_.path()),
                    fmt::arg("port", listening_.port())));
    How how;
    how.environment = {{"NGINX", fmt::format("{};", listening_descriptor)}};
    how.prepare = [this] { listening_.copy_to(listening_descriptor); };
    server_ = std::make_unique<Child>(
        Words{find_nginx(), "-p", folder_.path(), "-e", folder_.path() + "/log", "-c", config}, how);
  }

  /// In order: killed, it would leave its worker behind.
  void TearDown() override {
    if (!server_) return;
    server_->signal(SIGTERM);
    EXPECT_EQ(server_->wait().exit_code, 0) << read_file(folder_.path() + "/log");
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string url(const std::string& name) const {
    return fmt::format("rtmp://127.0.0.1:{}/live/{}", listening_.port(), name);
  }

  /// A player that has been told that it plays.
  std::unique_ptr<Child> play(const std::string& name, const std::string& like) const {
    // What is told goes to standard error.
    auto player = std::make_unique<Child>(Words{"sh", "-c", "exec \"$@\" 2>&1", "sh", labnet(), "rtmp", "play",
                                                url(name), "-v", "--like", like, "-o", path(name)});
    for (auto line = player->line(); line; line = player->line()) {
      if (line->find("NetStream.Play.Start") != line->npos) return player;
    }
    ADD_FAILURE() << like << " does not play";
    return player;
  }

  TemporaryFolder folder_;
  TcpListener listening_;
  std::unique_ptr<Child> server_;
};

TEST_F(InteropNginxRtmp, GivesEachPlayerWhatEachPublisherSends) {
  const auto clip = clip_of(50);
  const auto file = folder_.write("clip.flv", clip);
  for (const auto& [publisher, player] : std::vector<std::pair<std::string, std::string>>{
           {"labnet", "labnet"}, {"obs", "librtmp"}, {"ffmpeg", "ffmpeg"}, {"librtmp", "labnet"}}) {
    const auto name = publisher + "-to-" + player;
    const auto playing = play(name, player);
    const auto published = run({labnet(), "rtmp", "publish", file, url(name), "--like", publisher});
    EXPECT_EQ(published.exit_code, 0) << name << ": " << published.errors;
    const auto played = playing->wait();
    EXPECT_EQ(played.exit_code, 0) << name << ": " << played.output;
    EXPECT_EQ(frames_of(read_file(path(name))), frames_of(clip)) << name;
  }
}

TEST_F(InteropNginxRtmp, TellsAProbeWhatAStreamHas) {
  const auto file = folder_.write("clip.flv", clip_of(250));
  Child publisher{{labnet(), "rtmp", "publish", file, url("probed"), "--loop", "--duration", "20s"}};
  const auto probed = run({labnet(), "rtmp", "probe", url("probed")});
  EXPECT_EQ(probed.exit_code, 0) << probed.errors;
  EXPECT_THAT(probed.output, HasSubstr("320x180")) << probed.errors;
  publisher.signal(SIGTERM);
  EXPECT_EQ(publisher.wait().exit_code, 0);
}

}  // namespace
}  // namespace labnet::test
