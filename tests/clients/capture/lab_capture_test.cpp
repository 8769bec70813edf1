// labnet capture in a host of a running lab.
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LabCapture : public LabTest {
 protected:
  void SetUp() override {
    lab_ = up();
    fs::create_directory(folder() + "/out");
    fs::permissions(folder() + "/out", fs::perms::all);
  }
  std::unique_ptr<Child> lab_;
};
INSTANTIATE_TEST_SUITE_P(Lab, LabCapture, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(LabCapture, SeesTheHostsFramesAndKeepsThemWhereTheUserStands) {
  Child child{command({"capture", "one", "-w", "x.pcap", "--format", "json", "--filter", "icmp"}),
              environment({.folder = folder() + "/out"})};
  ASSERT_EQ(child.line(), R"({"capturing":"one:lan","interface":"eth0","file":"x.pcap"})");
  EXPECT_EQ(labnet({"exec", "one", "--", "ping", "-c", "2", "-i", "0.01", "192.168.1.2"}).exit_code, 0);
  child.signal(SIGTERM);
  EXPECT_EQ(child.line(),
            R"({"received":4,"captured":4,"dropped":0,"dropped_by_interface":0,"files":["x.pcap","x.pcapng"]})");
  EXPECT_EQ(child.wait().exit_code, 0);
  const auto pcapng = read_file(folder() + "/out/x.pcapng");
  EXPECT_GT(fs::file_size(folder() + "/out/x.pcap"), 4 * 64u);
  EXPECT_THAT(pcapng, HasSubstr("one on lan"));
  EXPECT_THAT(pcapng, HasSubstr(std::string{"\xc0\xa8\x01\x02two\0", 8}));  // Wireshark shows the name
}

TEST_P(LabCapture, KeepsFilesInAFolderThatHostsSeeAsAnotherOne) {
  const auto file = folder() + "/run/labnet/small/files/y.pcapng";  // in the lab another file system is mounted there
  const auto outcome = labnet({"capture", "two:lan", "--seconds", "1ms", "-w", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(fs::exists(file));
  EXPECT_NE(labnet({"exec", "two", "--", "test", "-e", file}).exit_code, 0);
}

TEST_P(LabCapture, SaysWhichHostsAndNetworksThereAre) {
  EXPECT_THAT(labnet({"capture", "three"}).errors,
              HasSubstr("no host of this lab is named \"three\"; there are one, two"));
  const auto outcome = labnet({"capture", "one:wan", "-w", folder() + "/out/x.pcap"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("host one is not in a network named wan; it is in: lan"));
  EXPECT_TRUE(fs::is_empty(folder() + "/out"));
}

}  // namespace
}  // namespace labnet::test
