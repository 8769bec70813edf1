// labnet ftp passwd: what becomes of the file besides its text.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
namespace filesystem = std::filesystem;

constexpr uid_t somebody = 4711;
constexpr gid_t some_group = 4712;

class FtpPasswd : public testing::Test {
 protected:
  Outcome set_password(const std::string& file, const How& how = {}) const {
    return run({"sh", "-c", "echo new | \"$0\" ftp passwd \"$1\" ann", labnet(), file}, how);
  }
  static struct stat status_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status;
  }
  std::string write(const std::string& name) const { return folder_.write(name, "ann:old:/home/ann:write\n"); }
  void expect_set(const std::string& path) const { EXPECT_THAT(read_file(path), StartsWith("ann:$")); }

  TemporaryFolder folder_;
};

TEST_F(FtpPasswd, LeavesALinkALink) {
  filesystem::create_directory(folder_.path() + "/elsewhere");
  const auto file = write("elsewhere/users");
  const auto link = folder_.path() + "/link";
  filesystem::create_symlink("elsewhere/users", folder_.path() + "/inner");
  filesystem::create_symlink("inner", link);
  const auto outcome = set_password(link);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(filesystem::is_symlink(link));
  EXPECT_TRUE(filesystem::is_symlink(folder_.path() + "/inner"));
  expect_set(file);
}

TEST_F(FtpPasswd, MakesNothingBehindALinkToNothing) {
  const auto link = folder_.path() + "/link";
  filesystem::create_symlink("none", link);
  EXPECT_EQ(set_password(link).exit_code, 1);
  EXPECT_TRUE(filesystem::is_symlink(link));
  EXPECT_FALSE(filesystem::exists(folder_.path() + "/none"));
}

TEST_F(FtpPasswd, LeavesAFileItsModeAndANewOneToItsOwnerAlone) {
  const auto file = write("users");
  filesystem::permissions(file, filesystem::perms{0640});
  EXPECT_EQ(set_password(file).exit_code, 0);
  EXPECT_EQ(status_of(file).st_mode & 07777, 0640u);
  expect_set(file);
  EXPECT_EQ(set_password(folder_.path() + "/new").exit_code, 0);
  EXPECT_EQ(status_of(folder_.path() + "/new").st_mode & 07777, 0600u);
}

TEST_F(FtpPasswd, LeavesAFileToItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file to somebody else";
  const auto file = write("users");
  ASSERT_EQ(::chown(file.c_str(), somebody, some_group), 0);
  filesystem::permissions(file, filesystem::perms{0640});
  const auto outcome = set_password(file);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto status = status_of(file);
  EXPECT_EQ(status.st_uid, somebody);
  EXPECT_EQ(status.st_gid, some_group);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
  expect_set(file);
}

TEST_F(FtpPasswd, TakesNoFileAwayFromItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may be two others";
  const auto file = write("users");
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  ASSERT_EQ(::chown(file.c_str(), somebody, some_group), 0);
  filesystem::permissions(file, filesystem::perms{0644});
  // The program may stand where an ordinary user may not look: it is opened before.
  const auto as_another = run({"setpriv", "--reuid", "4713", "--clear-groups", "--regid", "4713", "sh", "-c",
                               "echo new | /proc/self/fd/9 ftp passwd \"$0\" ann", file},
                              {.prepare = [] { ::dup2(::open(labnet().c_str(), O_PATH), 9); }});
  EXPECT_EQ(as_another.exit_code, 1);
  EXPECT_THAT(as_another.errors, HasSubstr("/users with its owner: Operation not permitted\n"));
  EXPECT_EQ(read_file(file), "ann:old:/home/ann:write\n");
  EXPECT_EQ(status_of(file).st_uid, somebody);
}

}  // namespace
}  // namespace labnet::test
