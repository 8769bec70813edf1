// That nobody gets out of a jail: by links in any place, by dots, or by being quick. Each test runs twice: with
// openat2(2), and as it is where the kernel has none.
#include "common/files/jail.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/common/files/error_of.hpp"
#include "tests/support/child.hpp"

namespace labnet::files {
namespace {

namespace fs = std::filesystem;

std::string read_all(const FileDescriptor& file) {
  std::string text(1000, '\0');
  const auto count = ::read(file.get(), text.data(), text.size());
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  return text;
}

constexpr int skipped = 77;

/// What a process of its own returns: it may change what holds for all of it.
int in_another_process(const std::function<int()>& body) {
  const auto child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// From then on permissions hold for this process, whoever has started the test.
void become_ordinary() {
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0 && ::setuid(nobody) != 0) ::_exit(skipped);
}

/// True if there is no /proc from then on.
bool lose_proc() {
  const auto is_own = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  return is_own && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("test", "/proc", "tmpfs", 0, nullptr) == 0;
}

class JailTest : public testing::TestWithParam<bool> {
 protected:
  test::TemporaryFolder folder;
  fs::path root = fs::path{folder.path()} / "root";
  Jail jail = make();

  Jail make() {
    fs::create_directories(root / "inside");
    folder.write("secret", "outside");
    folder.write("root/file", "12345");
    folder.write("root/inside/deep", "deep");
    auto made = Jail::open(root);
    if (!GetParam()) made->do_without_openat2();
    return *std::move(made);
  }
  void link(const std::string& target, const std::string& name) const { fs::create_symlink(target, root / name); }
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutOpenat2, JailTest, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "WithOpenat2" : "WithoutOpenat2"; });

TEST_P(JailTest, OpensWhatIsInside) {
  EXPECT_EQ(read_all(*jail.open("/file", O_RDONLY)), "12345");
  EXPECT_EQ(read_all(*jail.open("/inside/deep", O_RDONLY)), "deep");
  EXPECT_EQ(read_all(*jail.open("//inside//deep", O_RDONLY)), "deep");
  EXPECT_TRUE(jail.open("/", O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(error_of(jail.open("/none", O_RDONLY)), ENOENT);
  EXPECT_EQ(error_of(jail.open("/file/none", O_RDONLY)), ENOTDIR);
  EXPECT_EQ(error_of(jail.open(std::string_view{"/file\0x", 7}, O_RDONLY)), EINVAL);
  EXPECT_EQ(error_of(jail.open("/" + std::string(256, 'n'), O_RDONLY)), ENAMETOOLONG);
  EXPECT_TRUE(jail.open("/" + std::string(255, 'n'), O_WRONLY | O_CREAT));
  EXPECT_TRUE(jail.open("/a name\nof two lines, with país", O_WRONLY | O_CREAT));
}

TEST_P(JailTest, KnowsWhereWhatItHasOpenedIs) {
  EXPECT_EQ(jail.path_of(*jail.open("/inside/deep", O_RDONLY)), "/inside/deep");
  EXPECT_EQ(jail.path_of(*jail.open("/inside", O_PATH)), "/inside");
  EXPECT_EQ(jail.path_of(*jail.open("/", O_PATH)), "/");
  const auto moved = jail.open("/file", O_RDONLY);
  fs::rename(root / "file", fs::path{folder.path()} / "outside");
  EXPECT_EQ(jail.path_of(*moved), std::nullopt);
  const auto twin = root.string() + "-twin";
  fs::create_directory(twin);
  EXPECT_EQ(jail.path_of(FileDescriptor{::open(twin.c_str(), O_PATH)}), std::nullopt);
  if (!GetParam()) return;  // follows no link at all
  link("inside", "way");
  EXPECT_EQ(jail.path_of(*jail.open("/way/deep", O_RDONLY)), "/inside/deep");
}

TEST_P(JailTest, NoLinkLeadsOut) {
  link(folder.path() + "/secret", "absolute");
  link("../secret", "relative");
  link("..", "parent");
  link("/", "top");
  link("inside/../../secret", "winding");
  link("../..", "inside/up");
  link("/proc/self/cwd", "magic");
  link("loop", "loop");
  for (const auto* path :
       {"/absolute", "/relative", "/parent/secret", "/top/etc/passwd", "/winding", "/inside/up/secret",
        "/magic/CMakeLists.txt", "/loop", "/../secret", "/inside/../../secret"}) {
    EXPECT_FALSE(jail.open(path, O_RDONLY)) << path;
    EXPECT_FALSE(jail.status(path)) << path;
    EXPECT_FALSE(jail.set_mode(path, 0777)) << path;
    EXPECT_FALSE(jail.set_modification_time(path, {})) << path;
    EXPECT_FALSE(jail.read_folder(path)) << path;
  }
  for (const auto* folder_path : {"/parent", "/top", "/inside/up", "/magic"}) {
    const auto new_one = fmt::format("{}/new", folder_path);
    EXPECT_FALSE(jail.open(new_one, O_WRONLY | O_CREAT)) << new_one;
    EXPECT_FALSE(jail.make_folder(new_one)) << new_one;
    EXPECT_FALSE(jail.rename("/file", new_one)) << new_one;
    EXPECT_FALSE(jail.remove_file(fmt::format("{}/secret", folder_path))) << folder_path;
    EXPECT_FALSE(jail.remove_folder(fmt::format("{}/root", folder_path))) << folder_path;
    EXPECT_FALSE(jail.link_status(fmt::format("{}/secret", folder_path))) << folder_path;
    EXPECT_FALSE(jail.place_of(new_one)) << new_one;
  }
  EXPECT_FALSE(jail.open("/absolute", O_WRONLY | O_CREAT | O_TRUNC));
  EXPECT_EQ(test::read_file(folder.path() + "/secret"), "outside");
}

TEST_P(JailTest, TakesNoDotsForAName) {
  for (const auto* path : {"/..", "/.", "/inside/..", "/inside/."}) {
    EXPECT_EQ(error_of(jail.place_of(path)), EINVAL) << path;
    EXPECT_EQ(error_of(jail.link_status(path)), EINVAL) << path << ": above the root there is something to be told";
  }
}

TEST_P(JailTest, ALinkThatIsNotFollowedIsTheSameFaultEverywhere) {
  link("..", "out");
  const auto fault = GetParam() ? EXDEV : ELOOP;
  EXPECT_EQ(error_of(jail.read_folder("/out")), fault);
  EXPECT_EQ(error_of(jail.read_folder("/out/root")), fault);
  EXPECT_EQ(error_of(jail.read_folder("/file")), ENOTDIR);
}

TEST_P(JailTest, FollowsLinksWithinOnlyWhereTheKernelWatchesOverThem) {
  link("inside", "link");
  link("file", "to-file");
  if (GetParam()) {
    EXPECT_EQ(read_all(*jail.open("/link/deep", O_RDONLY)), "deep");
    EXPECT_EQ(jail.status("/to-file")->bytes, 5u);
  } else {
    EXPECT_EQ(error_of(jail.open("/link/deep", O_RDONLY)), ELOOP);
    EXPECT_EQ(error_of(jail.status("/to-file")), ELOOP);
  }
  EXPECT_EQ(jail.link_status("/to-file")->kind, FileKind::link);
  // A new file is never made through a link.
  link("not-there", "dangling");
  EXPECT_FALSE(jail.open("/dangling", O_WRONLY | O_CREAT));
  EXPECT_FALSE(fs::exists(root / "not-there"));
}

/// Somebody exchanges a folder for a link that leads out, again and again.
TEST_P(JailTest, NobodyIsQuickEnough) {
  fs::create_directory(fs::path{folder.path()} / "elsewhere");
  folder.write("elsewhere/deep", "outside");
  fs::create_symlink("../elsewhere", root / "trap");
  std::atomic<bool> is_over{false};
  std::atomic<long> swaps{0};
  std::thread swapper{[&] {
    while (!is_over) {
      if (::renameat2(AT_FDCWD, (root / "inside").c_str(), AT_FDCWD, (root / "trap").c_str(), RENAME_EXCHANGE) == 0) {
        ++swaps;
      }
    }
  }};
  long seen_inside = 0;
  const auto until = std::chrono::steady_clock::now() + test::patience;
  for (long tries = 0; (tries < 20'000 || swaps < 1'000) && std::chrono::steady_clock::now() < until; ++tries) {
    const auto file = jail.open("/inside/deep", O_RDONLY);
    if (!file) continue;
    const auto text = read_all(*file);
    ASSERT_EQ(text, "deep");
    ++seen_inside;
  }
  is_over = true;
  swapper.join();
  EXPECT_GT(swaps, 1'000);
  EXPECT_GT(seen_inside, 0);
}

TEST_P(JailTest, TellsOfFilesWhatStatDoes) {
  const auto status = jail.status("/file");
  ASSERT_TRUE(status);
  struct stat expected {};
  ASSERT_EQ(::stat((root / "file").c_str(), &expected), 0);
  EXPECT_EQ(status->kind, FileKind::file);
  EXPECT_EQ(status->bytes, 5u);
  EXPECT_EQ(status->mode, expected.st_mode & 07777);
  EXPECT_EQ(status->owner, expected.st_uid);
  EXPECT_EQ(status->group, expected.st_gid);
  EXPECT_EQ(status->inode, expected.st_ino);
  EXPECT_EQ(status->links, 1u);
  EXPECT_EQ(status->modified.time_since_epoch().count(), expected.st_mtim.tv_sec);
  EXPECT_EQ(jail.status("/")->kind, FileKind::folder);
  EXPECT_EQ(jail.link_status("/")->kind, FileKind::folder);
}

TEST_P(JailTest, EntersWhatMayBeEntered) {
  fs::permissions(root, fs::perms{0755});
  fs::create_directory(root / "way");
  fs::permissions(root / "way", fs::perms{0111});
  fs::create_directory(root / "names");
  fs::permissions(root / "names", fs::perms{0444});
  const auto outcome = in_another_process([&] {
    become_ordinary();
    EXPECT_TRUE(jail.try_to_enter("/"));
    EXPECT_TRUE(jail.try_to_enter("/way"));
    EXPECT_EQ(error_of(jail.try_to_enter("/names")), EACCES);
    EXPECT_EQ(error_of(jail.try_to_enter("/file")), ENOTDIR);
    EXPECT_EQ(error_of(jail.try_to_enter("/none")), ENOENT);
    return HasFailure() ? 1 : 0;
  });
  if (outcome == skipped) GTEST_SKIP() << "this process cannot become an ordinary user's";
  EXPECT_EQ(outcome, 0);
}

/// On a file system that can do it in one step, on one that has second names (NFS), and on one that has not.
TEST_P(JailTest, RenamesWithoutReplacing) {
#ifndef SYS_renameat
  GTEST_SKIP() << "here every rename is the same system call";
#endif
  for (const int missing : {0, 1, 2}) {
    const auto outcome = in_another_process([&] {
      if (missing > 0) test::let_system_call_fail(SYS_renameat2, EINVAL);
      if (missing > 1) test::let_system_call_fail(SYS_linkat, EPERM);
      const auto rename = [&](const std::string& from, const std::string& to) {
        return error_of(jail.rename(from, to, Replacing::nothing));
      };
      EXPECT_TRUE(jail.make_folder("/empty"));
      EXPECT_TRUE(jail.make_folder("/full"));
      EXPECT_EQ(rename("/file", "/inside/deep"), EEXIST);
      EXPECT_EQ(rename("/file", "/file"), EEXIST);
      EXPECT_EQ(rename("/full", "/empty"), EEXIST);
      EXPECT_EQ(rename("/none", "/new"), ENOENT);
      EXPECT_EQ(rename("/full", "/full/below"), EINVAL);
      EXPECT_EQ(rename("/file", "/full/file"), 0);
      EXPECT_EQ(rename("/full", "/moved"), 0);
      EXPECT_EQ(rename("/moved/file", "/file"), 0);
      EXPECT_FALSE(jail.link_status("/moved/file"));
      EXPECT_EQ(test::read_file(root / "inside/deep"), "deep");
      EXPECT_TRUE(jail.remove_folder("/moved"));
      EXPECT_TRUE(jail.remove_folder("/empty"));
      return HasFailure() ? 1 : 0;
    });
    EXPECT_EQ(outcome, 0) << missing;
  }
}

TEST_P(JailTest, ChangesFilesAndFolders) {
  EXPECT_TRUE(jail.make_folder("/new"));
  EXPECT_EQ(error_of(jail.make_folder("/new")), EEXIST);
  EXPECT_EQ(error_of(jail.make_folder("/")), EEXIST);
  EXPECT_EQ(error_of(jail.make_folder("/none/new")), ENOENT);
  EXPECT_TRUE(jail.rename("/file", "/new/file"));
  EXPECT_EQ(error_of(jail.rename("/file", "/x")), ENOENT);
  EXPECT_EQ(error_of(jail.rename("/", "/x")), EBUSY);
  EXPECT_EQ(error_of(jail.rename("/new", "/new/below")), EINVAL);
  EXPECT_TRUE(jail.rename("/inside/deep", "/new/file"));  // takes its place
  EXPECT_EQ(test::read_file(root / "new/file"), "deep");
  EXPECT_TRUE(jail.set_mode("/new/file", 0604));
  EXPECT_EQ(jail.status("/new/file")->mode, 0604u);
  const auto time = std::chrono::sys_seconds{std::chrono::seconds{1'582'971'072}};
  EXPECT_TRUE(jail.set_modification_time("/new/file", time));
  EXPECT_EQ(jail.status("/new/file")->modified, time);
  EXPECT_EQ(error_of(jail.set_mode("/none", 0600)), ENOENT);
  EXPECT_EQ(error_of(jail.remove_folder("/new")), ENOTEMPTY);
  EXPECT_EQ(error_of(jail.remove_folder("/new/file")), ENOTDIR);
  EXPECT_EQ(error_of(jail.remove_file("/new")), EISDIR);
  EXPECT_TRUE(jail.remove_file("/new/file"));
  EXPECT_EQ(error_of(jail.remove_file("/new/file")), ENOENT);
  EXPECT_TRUE(jail.remove_folder("/new"));
  EXPECT_EQ(error_of(jail.remove_folder("/")), EBUSY);
}

TEST_P(JailTest, RemovesALinkAndNotWhereItLeads) {
  link("file", "link");
  EXPECT_TRUE(jail.remove_file("/link"));
  EXPECT_TRUE(fs::exists(root / "file"));
}

TEST_P(JailTest, WaitsForNoFifo) {
  ASSERT_EQ(::mkfifo((root / "fifo").c_str(), 0600), 0);
  EXPECT_TRUE(jail.open("/fifo", O_RDONLY));
  EXPECT_EQ(error_of(jail.open("/fifo", O_WRONLY)), ENXIO);
  EXPECT_EQ(jail.status("/fifo")->kind, FileKind::other);
}

TEST_P(JailTest, ReadsFoldersWithAllThatIsInThem) {
  link("file", "link");
  auto reader = jail.read_folder("/");
  ASSERT_TRUE(reader);
  std::vector<std::string> seen;
  for (auto entry = reader->next(); entry && *entry; entry = reader->next()) {
    const auto kind = (*entry)->status.kind;
    seen.push_back(fmt::format("{} {}{}", (*entry)->name,
                               kind == FileKind::file     ? "file"
                               : kind == FileKind::folder ? "folder"
                                                          : "link to ",
                               (*entry)->target));
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAre("file file", "inside folder", "link link to file"));
  EXPECT_EQ(error_of(jail.read_folder("/file")), ENOTDIR);
  EXPECT_EQ(error_of(jail.read_folder("/none")), ENOENT);
}

TEST_P(JailTest, AFolderThatMayNotBeEnteredTellsNamesAndNoMore) {
  fs::create_directory(root / "names");
  folder.write("root/names/file", "");
  fs::permissions(root / "names", fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  const auto outcome = in_another_process([&] {
    become_ordinary();
    auto names = jail.read_folder("/names");
    if (!names) return 1;
    const auto name = names->next_name();
    if (!name || *name != "file" || *names->next_name()) return 2;
    auto entries = jail.read_folder("/names");
    const auto entry = entries->next();
    return error_of(entry) == EACCES ? 0 : 3;
  });
  fs::permissions(root / "names", fs::perms::owner_all);
  if (outcome == skipped) GTEST_SKIP() << "this user cannot become another one";
  EXPECT_EQ(outcome, 0);
}

TEST_P(JailTest, ChangesModesWithoutProc) {
  const auto outcome = in_another_process([&] {
    if (!lose_proc()) return skipped;
    for (const auto* path : {"/file", "/inside"}) {
      if (error_of(jail.set_mode(path, 0704)) != 0) return 1;
      if (jail.status(path)->mode != 0704) return 2;
    }
    if (::mkfifo((root / "fifo").c_str(), 0600) != 0) return 3;
    return error_of(jail.set_mode("/fifo", 0644)) == (GetParam() ? 0 : EOPNOTSUPP) ? 0 : 4;
  });
  if (outcome == skipped) GTEST_SKIP() << "this user may mount nothing";
  EXPECT_EQ(outcome, 0);
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizers beside it need descriptors of their own
TEST(Jail, ForWantOfDescriptorsItIsNoneAndNotALesserOne) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(in_another_process([&] {
              const auto next = ::dup(STDIN_FILENO);
              ::close(next);
              const auto count = static_cast<rlim_t>(next) + 1;
              const rlimit for_the_folder_alone{count, count};
              ::setrlimit(RLIMIT_NOFILE, &for_the_folder_alone);
              return Jail::open(folder.path()) ? 1 : 0;
            }),
            0);
}
#endif

TEST(Jail, NeedsAFolder) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(Jail::open(folder.path() + "/none"));
  EXPECT_FALSE(Jail::open(folder.write("file", "")));
}

}  // namespace
}  // namespace labnet::files
