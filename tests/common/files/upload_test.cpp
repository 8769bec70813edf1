// Uploads: nothing is seen before it is whole, and nothing is lost that was there.
#include "common/files/upload.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "common/files/tree_copy.hpp"
#include "tests/common/files/error_of.hpp"
#include "tests/support/child.hpp"

namespace labnet::files {
namespace {

namespace fs = std::filesystem;

class UploadTest : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  Jail jail = *Jail::open(folder.path());

  static void write(const Upload& upload, std::string_view text) {
    EXPECT_EQ(::write(upload.descriptor(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  /// Ready to be written.
  FileResult<Upload> begin(const std::string& path, Upload::Options options = {}) {
    auto upload = Upload::begin(jail, path, options);
    if (!upload) return upload;
    if (const auto copied = copy_all(*upload); !copied) return copied.error();
    return upload;
  }
  static FileResult<void> copy_all(Upload& upload) {
    while (!upload.is_ready()) {
      if (const auto copied = upload.copy_next(); !copied) return copied;
    }
    return {};
  }
  std::string read(const std::string& name) const { return test::read_file(folder.path() + "/" + name); }
  bool has(const std::string& name) const { return fs::exists(fs::symlink_status(folder.path() + "/" + name)); }
  void cut(const std::string& name, std::string_view text) {
    const auto upload = begin("/" + name);
    write(*upload, text);
  }
};

TEST_F(UploadTest, IsSeenOnceItIsWhole) {
  folder.write("file", "old");
  auto upload = begin("/file");
  ASSERT_TRUE(upload) << upload.error().message();
  write(*upload, "new and longer");
  EXPECT_EQ(read("file"), "old");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), "new and longer");
  EXPECT_FALSE(has(".file.part"));
}

TEST_F(UploadTest, KeepsTheModeOfWhatItReplaces) {
  const auto path = folder.write("file", "old");
  fs::permissions(path, fs::perms{0604});
  auto upload = begin("/file");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(jail.status("/file")->mode, 0604u);
}

TEST_F(UploadTest, IsNoMoreReadableWhileItComesInThanWhatItReplaces) {
  const auto path = folder.write("file", "old");
  fs::permissions(path, fs::perms{0440});
  const auto upload = begin("/file");
  EXPECT_EQ(jail.status("/.file.part")->mode, 0640u) << "and its owner can go on with it";
}

TEST_F(UploadTest, DoesNotTakeOverWhomAFileRunsAs) {
  const auto path = folder.write("file", "old");
  fs::permissions(path, fs::perms{06755});
  auto upload = begin("/file");
  write(*upload, "new");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(jail.status("/file")->mode, 0755u);
}

TEST_F(UploadTest, LeavesAPartialFileIfItIsCutOff) {
  folder.write("file", "old");
  cut("file", "half");
  EXPECT_EQ(read("file"), "old");
  EXPECT_EQ(read(".file.part"), "half");
  EXPECT_EQ(**partial_bytes(jail, "/file"), 4u);
  EXPECT_FALSE(*partial_bytes(jail, "/other"));
}

TEST_F(UploadTest, LeavesNothingIfThatIsWanted) {
  {
    const auto upload = begin("/file", {.keeps_partial = false});
    write(*upload, "half");
    EXPECT_TRUE(has(".file.part"));
  }
  EXPECT_FALSE(has(".file.part"));
  { const auto empty = begin("/file"); }
  EXPECT_FALSE(has(".file.part"));
}

TEST_F(UploadTest, BeginsAnewOverAPartialFile) {
  cut("file", "a long half");
  auto upload = begin("/file");
  EXPECT_EQ(upload->first_byte(), 0u);
  write(*upload, "all");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), "all");
}

TEST_F(UploadTest, GoesOnFromThePartialFile) {
  cut("file", "0123456789");
  auto upload = begin("/file", {.start = UploadStart::at, .offset = 4});
  EXPECT_EQ(upload->first_byte(), 4u);
  write(*upload, "abc");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), "0123abc");
}

TEST_F(UploadTest, GoesOnFromTheFileWhereThePartialOneIsShorter) {
  folder.write("file", "0123456789");
  cut("file", "xyz");
  {
    auto upload = begin("/file", {.start = UploadStart::at, .offset = 8});
    write(*upload, "abc");
    EXPECT_EQ(read("file"), "0123456789");
    EXPECT_TRUE(upload->publish());
  }
  EXPECT_EQ(read("file"), "01234567abc");
  EXPECT_EQ(error_of(begin("/file", {.start = UploadStart::at, .offset = 12})), EINVAL);
  EXPECT_EQ(read("file"), "01234567abc");
  EXPECT_FALSE(has(".file.part"));
}

TEST_F(UploadTest, AppendsToACopyOfTheFile) {
  folder.write("file", std::string(3'000'000, 'x'));
  {
    const auto upload = begin("/file", {.start = UploadStart::append});
    write(*upload, "half");
  }
  EXPECT_EQ(read("file").size(), 3'000'000u);  // cut off: as it was
  auto again = begin("/file", {.start = UploadStart::append});
  EXPECT_EQ(again->first_byte(), 3'000'000u);
  write(*again, "end");
  EXPECT_TRUE(again->publish());
  EXPECT_EQ(read("file"), std::string(3'000'000, 'x') + "end");
}

TEST_F(UploadTest, AppendsToThePartialFileIfThereIsNoOther) {
  cut("file", "first ");
  auto upload = begin("/file", {.start = UploadStart::append});
  write(*upload, "second");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), "first second");
}

TEST_F(UploadTest, IsOneAtATime) {
  {
    const auto first = begin("/file");
    EXPECT_EQ(error_of(begin("/file")), ETXTBSY);
    EXPECT_TRUE(begin("/other"));
  }
  EXPECT_TRUE(begin("/file"));
}

TEST_F(UploadTest, TwoThatTakeTurnsLeaveAWholeFile) {
  const auto upload_often = [&](char letter) {
    for (int i = 0; i < 300; ++i) {
      auto upload = begin("/file");
      if (!upload) continue;
      write(*upload, std::string(5'000, letter));
      EXPECT_TRUE(upload->publish());
    }
  };
  std::thread other{[&] { upload_often('b'); }};
  upload_often('a');
  other.join();
  const auto text = read("file");
  EXPECT_EQ(text, std::string(5'000, text.front()));
  EXPECT_FALSE(has(".file.part"));
}

TEST_F(UploadTest, ReplacesOnlyIfItMay) {
  folder.write("file", "old");
  EXPECT_EQ(error_of(begin("/file", {.may_replace = false})), EEXIST);
  auto upload = begin("/new", {.may_replace = false});
  write(*upload, "mine");
  folder.write("new", "somebody was faster");
  EXPECT_EQ(error_of(upload->publish()), EEXIST);
  EXPECT_EQ(read("new"), "somebody was faster");
  fs::remove(folder.path() + "/new");
  EXPECT_TRUE(upload->publish()) << "now the name is free";
  EXPECT_EQ(read("new"), "mine");
  EXPECT_FALSE(has(".new.part"));
}

TEST_F(UploadTest, SaysAtOnceThatItMayNotReplaceHoweverItBegins) {
  folder.write("file", "old");
  for (const auto start : {UploadStart::anew, UploadStart::at, UploadStart::append}) {
    EXPECT_EQ(error_of(begin("/file", {.start = start, .offset = 3, .may_replace = false})), EEXIST);
  }
  EXPECT_FALSE(has(".file.part"));
}

TEST_F(UploadTest, DoesNotTakeAnotherFileForItsOwn) {
  {
    auto upload = begin("/file", {.keeps_partial = false});
    write(*upload, "mine");
    fs::remove(folder.path() + "/.file.part");
    EXPECT_EQ(error_of(upload->publish()), ESTALE);
    folder.write(".file.part", "of somebody else");
    EXPECT_EQ(error_of(upload->publish()), ESTALE);
  }
  EXPECT_FALSE(has("file"));
  EXPECT_EQ(read(".file.part"), "of somebody else");
}

TEST_F(UploadTest, TakesTheLinksPlaceAndFollowsNone) {
  folder.write("target", "target");
  fs::create_symlink("target", folder.path() + "/link");
  auto upload = begin("/link");
  write(*upload, "file");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("target"), "target");
  EXPECT_EQ(read("link"), "file");
  fs::create_symlink("target", folder.path() + "/.trap.part");
  EXPECT_FALSE(begin("/trap"));
  fs::create_hard_link(folder.path() + "/target", folder.path() + "/.second.part");
  EXPECT_EQ(error_of(begin("/second")), EEXIST);
  EXPECT_EQ(read("target"), "target");
}

TEST_F(UploadTest, GoesOnFromWhereALinkLeads) {
  folder.write("target", "target");
  for (const auto start : {UploadStart::append, UploadStart::at}) {
    fs::create_symlink("target", folder.path() + "/link");
    auto upload = begin("/link", {.start = start, .offset = 3});
    ASSERT_TRUE(upload) << upload.error().message();
    write(*upload, "+");
    EXPECT_TRUE(upload->publish());
    EXPECT_EQ(read("link"), start == UploadStart::append ? "target+" : "tar+");
    EXPECT_EQ(read("target"), "target");
    fs::remove(folder.path() + "/link");
  }
}

TEST_F(UploadTest, DoesNotGoOnFromOutsideOrFromWhatIsNoFile) {
  const test::TemporaryFolder outside;
  fs::create_symlink(outside.write("secret", "secret"), folder.path() + "/link");
  EXPECT_EQ(error_of(begin("/link", {.start = UploadStart::append})), EXDEV);
  EXPECT_EQ(error_of(begin("/link", {.start = UploadStart::at, .offset = 3})), EXDEV);
  EXPECT_FALSE(has(".link.part"));
  cut("link", "half");
  EXPECT_EQ(error_of(begin("/link", {.start = UploadStart::at, .offset = 3})), 0) << "the partial file is enough";
  ASSERT_EQ(::mkfifo((folder.path() + "/fifo").c_str(), 0666), 0);
  fs::create_symlink("fifo", folder.path() + "/to_fifo");
  EXPECT_EQ(error_of(begin("/to_fifo", {.start = UploadStart::append})), EINVAL);
}

TEST_F(UploadTest, TakesThePlaceOfFilesAndLinksAlone) {
  ASSERT_EQ(::mkfifo((folder.path() + "/fifo").c_str(), 0666), 0);
  for (const auto start : {UploadStart::anew, UploadStart::append}) {
    EXPECT_EQ(error_of(begin("/fifo", {.start = start})), EEXIST);
  }
  auto upload = begin("/late");
  ASSERT_EQ(::mkfifo((folder.path() + "/late").c_str(), 0666), 0);
  EXPECT_EQ(error_of(upload->publish()), EEXIST);
  for (const auto* name : {"/fifo", "/late"}) EXPECT_TRUE(fs::is_fifo(folder.path() + name)) << name;
}

TEST_F(UploadTest, GoesOnFromALargeFileStepByStep) {
  const auto path = folder.write("file", "");
  fs::resize_file(path, 2 * Upload::copy_step_bytes + 71);
  auto upload = Upload::begin(jail, "/file", {.start = UploadStart::append});
  ASSERT_TRUE(upload);
  EXPECT_EQ(upload->first_byte(), 2 * Upload::copy_step_bytes + 71);
  int steps = 0;
  for (std::uint64_t before = 0; !upload->is_ready(); ++steps) {
    ASSERT_TRUE(upload->copy_next());
    const auto now = fs::file_size(folder.path() + "/.file.part");
    EXPECT_TRUE(now <= before + Upload::copy_step_bytes || upload->is_ready()) << now - before;
    before = now;
  }
  EXPECT_TRUE(steps == 3 || steps == 1) << steps << ": in one only where files can share what they have in common";
  write(*upload, "+");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), std::string(2 * Upload::copy_step_bytes + 71, '\0') + "+");
}

TEST_F(UploadTest, LeavesNothingIfItIsCutOffBeforeItIsReady) {
  const auto path = folder.write("file", "old");
  fs::resize_file(path, Upload::copy_step_bytes + 1);
  {
    auto upload = Upload::begin(jail, "/file", {.start = UploadStart::append});
    EXPECT_FALSE(upload->is_ready());
  }
  EXPECT_FALSE(has(".file.part"));
  auto upload = Upload::begin(jail, "/file", {.start = UploadStart::append});
  fs::resize_file(path, 1);
  EXPECT_EQ(error_of(copy_all(*upload)), ENODATA);
}

TEST_F(UploadTest, IsOnTheDiskBeforeItHasItsNameIfThatIsWanted) {
  folder.write("file", "old");
  const auto child = ::fork();
  if (child == 0) {
    test::let_fsync_fail();
    auto upload = begin("/file");
    write(*upload, "new");
    if (error_of(upload->publish(Durability::of_the_disk)) != EIO) ::_exit(1);
    if (read("file") != "old") ::_exit(2);
    ::_exit(error_of(upload->publish()) == 0 ? 0 : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(read("file"), "new");
  auto upload = begin("/file");
  write(*upload, "newer");
  EXPECT_TRUE(upload->publish(Durability::of_the_disk));
  EXPECT_EQ(read("file"), "newer");
}

TEST_F(UploadTest, SaysWhatCannotBe) {
  fs::create_directory(folder.path() + "/folder");
  EXPECT_EQ(error_of(begin("/folder")), EISDIR);
  EXPECT_EQ(error_of(begin("/")), EISDIR);
  EXPECT_EQ(error_of(begin("/none/file")), ENOENT);
  EXPECT_EQ(error_of(begin("/" + std::string(256, 'n'))), ENAMETOOLONG);
}

TEST_F(UploadTest, LongNamesHaveAPartialFileToo) {
  std::string name;
  while (name.size() < 254) name += "í";
  EXPECT_EQ(partial_name("a"), ".a.part");
  EXPECT_LE(partial_name(name).size(), 255u);
  EXPECT_NE(partial_name(name), partial_name(name.substr(0, 252) + "ñ"));
  EXPECT_TRUE(is_partial_name(partial_name(name)));
  EXPECT_FALSE(is_partial_name(".part"));
  EXPECT_FALSE(is_partial_name("file.part"));
  auto upload = begin("/" + name);
  ASSERT_TRUE(upload);
  write(*upload, "x");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read(name), "x");
}

TEST_F(UploadTest, AKilledProcessLeavesTheFileAndAPartialOneToGoOnFrom) {
  folder.write("file", "old");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto upload = begin("/file");
    write(*upload, "half");
    if (::write(ends[1], "x", 1) != 1) ::_exit(1);
    ::pause();
  }
  char ready{};
  ASSERT_EQ(::read(ends[0], &ready, 1), 1);
  EXPECT_EQ(error_of(begin("/file")), ETXTBSY);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(read("file"), "old");
  auto upload = begin("/file", {.start = UploadStart::at, .offset = 4});
  ASSERT_TRUE(upload);
  write(*upload, " and half");
  EXPECT_TRUE(upload->publish());
  EXPECT_EQ(read("file"), "half and half");
}

/// A disk of its own that is soon full.
TEST_F(UploadTest, AFullDiskLosesNothing) {
  const auto child = ::fork();
  if (child == 0) {
    const auto is_own = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!is_own || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("test", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
      ::_exit(77);
    }
    const auto small = *Jail::open(folder.path());
    {
      auto first = Upload::begin(small, "/file", {});
      write(*first, std::string(40'000, 'x'));
      if (!first->publish()) ::_exit(1);
    }
    {
      auto append = Upload::begin(small, "/file", {.start = UploadStart::append});
      if (!append || error_of(copy_all(*append)) != ENOSPC) ::_exit(2);  // there is no room for a copy
    }
    if (fs::exists(folder.path() + "/.file.part")) ::_exit(3);
    ::_exit(read("file") == std::string(40'000, 'x') ? 0 : 4);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this user may mount nothing";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(TreeCopy, CopiesAllAndKeepsWhatIsThere) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.path() + "/from/deep");
  folder.write("from/deep/file", "1");
  folder.write("from/other", "2");
  fs::create_symlink("other", folder.path() + "/from/link");
  const auto to = folder.path() + "/to/there";
  ASSERT_TRUE(copy_tree(folder.path() + "/from", to));
  EXPECT_EQ(test::read_file(to + "/deep/file"), "1");
  EXPECT_TRUE(fs::is_symlink(to + "/link"));
  folder.write("to/there/other", "changed meanwhile");
  ASSERT_TRUE(copy_tree(folder.path() + "/from", to));
  EXPECT_EQ(test::read_file(to + "/other"), "changed meanwhile");
  EXPECT_FALSE(copy_tree(folder.path() + "/none", to));
}

}  // namespace
}  // namespace labnet::files
