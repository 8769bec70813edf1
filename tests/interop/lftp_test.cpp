// lftp, which mirrors folders, and asks for what it needs (FEAT) before it logs in.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

auto seconds_of(const std::string& file) {
  return std::chrono::floor<std::chrono::seconds>(std::filesystem::last_write_time(file));
}

class InteropLftp : public FtpClients, public testing::WithParamInterface<const char*> {
 protected:
  InteropLftp() : FtpClients{{"lftp", "--version"}, "lftp"} {}

  std::string lftp(const std::string& commands, int exit_code = 0) const {
    const auto settings = std::string{GetParam()} == "Clear" ? std::string{"set ftp:ssl-allow no"}
                          : std::string{GetParam()} == "TlsCa"
                              ? "set ftp:ssl-force yes; set ssl:ca-file " + certificate()
                              : "set ftp:ssl-force yes; set ssl:verify-certificate no";
    return output_of({"lftp", "--norc", "-c",
                      fmt::format("set net:max-retries 1; set net:timeout 9; set cmd:fail-exit yes; {}; "
                                  "open -u ann,secret ftp://127.0.0.1:{}; {}",
                                  settings, port(), commands)},
                     exit_code);
  }
};

TEST_P(InteropLftp, ListsFolders) {
  server().write("a file.txt", "12345");
  server().write("sub/other", "");
  EXPECT_THAT(lftp("ls"), AllOf(HasSubstr("a file.txt"), HasSubstr("sub")));
  EXPECT_EQ(lftp("cls -1"), "a file.txt\nsub/\n");
  EXPECT_EQ(lftp("cd sub; cls -1; pwd"), fmt::format("other\nftp://ann:secret@127.0.0.1:{}/sub\n", port()));
  EXPECT_THAT(lftp("ls nowhere", 1), HasSubstr("550"));
}

TEST_P(InteropLftp, MovesFilesBothWays) {
  const std::string text(300'000, 'x');
  write("up", text);
  lftp("put up -o 'way up'");
  EXPECT_TRUE(server().read("way up") == text);
  lftp("get 'way up' -o down");
  EXPECT_TRUE(read("down") == text);
  EXPECT_EQ(seconds_of(server().root() + "/way up"), seconds_of(path("up")));  // MFMT
}

TEST_P(InteropLftp, GoesOnWithWhatWasCutOff) {
  const std::string text = "0123456789";
  server().write("there", text);
  write("there", "0123");
  lftp("reget there");
  EXPECT_EQ(read("there"), text);
  write("here", text);
  server().write("here", "012345");
  lftp("put -c here");
  EXPECT_EQ(server().read("here"), text);
}

TEST_P(InteropLftp, ChangesWhatIsThere) {
  server().write("a", "1");
  server().write("b", "2");
  lftp("mkdir -p one/two/three; mv a one/two/A; rm b; chmod 600 one/two/A");
  EXPECT_TRUE(std::filesystem::is_directory(server().root() + "/one/two/three"));
  EXPECT_FALSE(server().has("a"));
  EXPECT_FALSE(server().has("b"));
  EXPECT_EQ(std::filesystem::status(server().root() + "/one/two/A").permissions(), std::filesystem::perms{0600});
  lftp("rmdir one/two/three; rm -r one");
  EXPECT_FALSE(server().has("one"));
}

TEST_P(InteropLftp, MirrorsATreeDownAndUp) {
  const auto tree = make_tree(server().root() + "/album");
  ASSERT_EQ(tree.size(), 200u);
  lftp("mirror album 'mein Album'");
  EXPECT_TRUE(read_tree(path("mein Album")) == tree);
  lftp("mirror -R 'mein Album' back");
  EXPECT_TRUE(read_tree(server().root() + "/back") == tree);
  // A second time nothing is left to do: sizes and times are what they were.
  EXPECT_THAT(lftp("mirror -v album 'mein Album'"), Not(HasSubstr("Transferring")));
}

INSTANTIATE_TEST_SUITE_P(Over, InteropLftp, testing::Values("Clear", "Tls", "TlsCa"),
                         [](const auto& way) { return std::string{way.param}; });

}  // namespace
}  // namespace labnet::ftp_server
