// labnet http and labnet serve http: what the one says the other understands.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Words = std::vector<std::string>;

class HttpWithOwnServer : public testing::Test {
 protected:
  std::string url(const std::string& path, const std::string& scheme = "http") const {
    return fmt::format("{}://127.0.0.1:{}{}", scheme, server_.port(scheme), path);
  }
  Outcome http(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "http", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run(words, {.environment = {}, .folder = here_});
  }

  TemporaryFolder folder_;
  std::string here_ = folder_.path() + "/here";
  std::string page_ = "<!DOCTYPE html><link rel=icon href=data:,>" + std::string(5000, ' ');
  bool is_filled_ = [this] {
    std::filesystem::create_directories(here_);
    folder_.write("root/basic/x", "by Basic");
    folder_.write("root/digest/x", "by Digest");
    folder_.write("root/new/other", "");
    folder_.write("root/index.html", page_);
    return true;
  }();
  std::string config_ = folder_.write("http.yaml", R"(
sites:
  - root: root
    uploads: true
    tls: { names: [127.0.0.1] }
    redirects: [{ from: /old/*, to: /new/*, status: 308 }]
    protect:
      - { path: /basic/*, realm: lab, users: { ann: secret } }
      - { path: /digest/*, realm: lab, scheme: digest, users: { ann: secret } }
)");
  RunningService server_{"http", {"-c", config_, "--listen-tls", "127.0.0.1:0"}};
};

TEST_F(HttpWithOwnServer, EachFormOfAPageIsStillRight) {
  for (const auto& options : {Words{}, Words{"--compressed"}}) {
    auto words = options;
    words.insert(words.end(), {"-v", "--cache", options.empty() ? "plain" : "compressed", url("/")});
    EXPECT_EQ(http("get", words).output, page_);
    const auto again = http("get", words);
    EXPECT_EQ(again.output, page_);
    EXPECT_THAT(again.errors, HasSubstr("< HTTP/1.1 304 Not Modified"));
  }
}

TEST_F(HttpWithOwnServer, WhoTheUserIsIsToldByBasicAndDigest) {
  EXPECT_EQ(http("get", {"-u", "ann:secret", url("/basic/x")}).output, "by Basic");
  const auto digest = http("get", {"-v", "-u", "ann:secret", url("/digest/x")});
  EXPECT_EQ(digest.output, "by Digest");
  EXPECT_THAT(digest.errors, HasSubstr("> Authorization: Digest username=\"ann\""));
  for (const auto* path : {"/basic/x", "/digest/x"}) {
    const auto refused = http("get", {"-u", "ann:wrong", url(path)});
    EXPECT_EQ(refused.exit_code, 1) << path;
    EXPECT_THAT(refused.errors, HasSubstr("refuses the user \"ann\" or the password for \"lab\"")) << path;
  }
}

TEST_F(HttpWithOwnServer, FilesComeAndGo) {
  std::string large;
  while (large.size() < 1'500'000) large += fmt::format("{} ", large.size());
  folder_.write("here/large", large);
  const auto brought = http("put", {"-L", "-T", "large", url("/old/")});
  EXPECT_EQ(brought.exit_code, 0) << brought.errors;
  EXPECT_TRUE(read_file(folder_.path() + "/root/new/large") == large);
  folder_.write("here/.again.part", large.substr(0, 700'000));
  EXPECT_EQ(http("get", {"-o", "again", "--resume", url("/new/large")}).exit_code, 0);
  EXPECT_TRUE(read_file(here_ + "/again") == large);
}

TEST_F(HttpWithOwnServer, TheLabsCertificatesAreTrusted) {
  const auto outcome = http("get", {"-v", url("/", "https")});
  EXPECT_EQ(outcome.output, page_) << outcome.errors;
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("* TLS 1.3, "), HasSubstr("protocol by ALPN: http/1.1")));
  EXPECT_EQ(http("browse", {url("/", "https")}).exit_code, 0);
}

}  // namespace
}  // namespace labnet::test
