// wget: files, and folders with all that is in them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

class InteropWget : public FtpClients {
 protected:
  InteropWget() : FtpClients{{"wget", "--version"}, "wget"} {}

  std::string wget(const std::string& path, std::vector<std::string> options, const std::string& scheme = "ftp") const {
    const auto& used = scheme == "ftps" ? implicit_tls_port() : port();
    options.insert(options.begin(), {"wget", "-q", "--tries=1", "--timeout=9", "--user=ann", "--password=secret"});
    options.push_back(fmt::format("{}://127.0.0.1:{}/{}", scheme, used, path));
    return output_of(options);
  }
};

TEST_F(InteropWget, FetchesAFile) {
  server().write("a file", "12345");
  EXPECT_EQ(wget("a%20file", {"-O", "-"}), "12345");
  EXPECT_EQ(wget("a%20file", {"-O", "-", "--no-passive-ftp"}), "12345");
}

TEST_F(InteropWget, GoesOnWithWhatWasCutOff) {
  server().write("file", "0123456789");
  write("file", "0123");
  wget("file", {"-c"});
  EXPECT_EQ(read("file"), "0123456789");
}

TEST_F(InteropWget, FetchesATree) {
  auto tree = make_tree(server().root() + "/album");
  wget("album/", {"-r", "-l", "9", "-nH", "--restrict-file-names=nocontrol"});
  EXPECT_TRUE(read_tree(path("album")) == tree);
}

TEST_F(InteropWget, SpeaksTls) {
  if (output_of({"wget", "--help"}).find("--ftps-implicit") == std::string::npos) {
    GTEST_SKIP() << "this wget has no FTPS";
  }
  start_with("session_reuse: warn");  // it resumes with TLS 1.2 only
  server().write("file", "12345");
  EXPECT_EQ(wget("file", {"-O", "-", "--ca-certificate=" + certificate(), "--ftps-implicit"}, "ftps"), "12345");
}

}  // namespace
}  // namespace labnet::ftp_server
