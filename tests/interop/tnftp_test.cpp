// tnftp, the client of the BSDs, which Debian installs as ftp.
#include <gmock/gmock.h>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class InteropTnftp : public FtpClients, public testing::WithParamInterface<const char*> {
 protected:
  InteropTnftp() : FtpClients{{"sh", "-c", "command -v tnftp"}, "tnftp"} {}

  /// commands  a line each
  std::string tnftp(const std::string& commands) {
    return output_of(
        {"tnftp", std::string{GetParam()} == "Active" ? "-A" : "-p", "-n", "-i", "-v", "127.0.0.1", port()},
        "user ann secret\n" + commands + "bye\n");
  }
};

TEST_P(InteropTnftp, ListsFolders) {
  server().write("a file", "12345");
  server().write("sub/other", "");
  EXPECT_THAT(tnftp("ls\ncd sub\npwd\n"), AllOf(HasSubstr("a file"), HasSubstr("/sub"), Not(HasSubstr("421"))));
  EXPECT_THAT(tnftp("mlsd\nnlist\n"), AllOf(HasSubstr("type=file;"), HasSubstr("sub")));
}

TEST_P(InteropTnftp, MovesFilesBothWays) {
  write("up", "0123456789");
  EXPECT_THAT(tnftp("put up\nrename up there\nget there down\nsize there\n"), HasSubstr("226 "));
  EXPECT_EQ(server().read("there"), "0123456789");
  EXPECT_EQ(read("down"), "0123456789");
}

TEST_P(InteropTnftp, FetchesWhatMatchesAPattern) {
  for (const auto* name : {"one.txt", "two.txt", "three.png"}) server().write(name, name);
  tnftp("mget *.txt\n");
  EXPECT_EQ(read("one.txt"), "one.txt");
  EXPECT_EQ(read("two.txt"), "two.txt");
  EXPECT_EQ(read("three.png"), "");
  write("four.c", "4");
  write("five.c", "5");
  tnftp("mput *.c\n");
  EXPECT_EQ(server().read("four.c") + server().read("five.c"), "45");
  tnftp("mdelete *.txt\n");
  EXPECT_FALSE(server().has("one.txt"));
  EXPECT_TRUE(server().has("three.png"));
}

TEST_P(InteropTnftp, GoesOnWithWhatWasCutOff) {
  server().write("file", "0123456789");
  write("file", "0123");
  tnftp("reget file\n");
  EXPECT_EQ(read("file"), "0123456789");
  write("more", "abc");
  tnftp("append more file\n");
  EXPECT_EQ(server().read("file"), "0123456789abc");
}

INSTANTIATE_TEST_SUITE_P(In, InteropTnftp, testing::Values("Passive", "Active"),
                         [](const auto& mode) { return std::string{mode.param}; });

}  // namespace
}  // namespace labnet::ftp_server
