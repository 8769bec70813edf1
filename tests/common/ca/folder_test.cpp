// What is in the folder of a CA after other processes, kills, other users and mistakes.
#include "common/ca/folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "common/base/pipe.hpp"
#include "common/ca/authority.hpp"
#include "tests/support/child.hpp"

namespace labnet::ca {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// What a function gives in a process of its own.
class Forked {
 public:
  explicit Forked(const std::function<std::string()>& work) {
    auto pipe = make_pipe();
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto text = work();
      const auto written = ::write(pipe->writing.get(), text.data(), text.size());
      ::_exit(written < 0);
    }
    reading_ = std::move(pipe->reading);
  }
  Forked(Forked&&) = delete;
  ~Forked() { end(); }

  pid_t pid() const { return pid_; }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  std::string wait() {
    ::fcntl(reading_.get(), F_SETFL, 0);
    std::string text;
    std::array<char, 1024> piece{};
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
    for (ssize_t count = 0; (count = ::read(reading_.get(), piece.data(), piece.size())) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(count));
      if (static_cast<std::size_t>(count) < piece.size()) break;
    }
    return text;
  }

 private:
  pid_t pid_;
  FileDescriptor reading_;
};

class CaFolder : public testing::Test {
 protected:
  std::string opened() const {
    const auto authority = Authority::open(path_);
    return authority ? authority->sha256() : authority.error().message;
  }
  std::string renewed() const {
    const auto authority = Authority::renew(path_);
    return authority ? authority->sha256() : authority.error().message;
  }
  std::string text(const std::string& file) const { return test::read_file(path_ / file); }
  void put(const std::string& file, const std::string& text) const {
    fs::permissions(temporary_.write("ca/" + file, text), fs::perms{0600});
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat about {};
    ::stat(path.c_str(), &about);
    return about.st_mode & 07777;
  }

  test::TemporaryFolder temporary_;
  fs::path path_ = fs::path{temporary_.path()} / "ca";
};

TEST_F(CaFolder, IsItsOwnersAlone) {
  path_ = fs::path{temporary_.path()} / "share/labnet/ca";
  const auto former = ::umask(0);
  opened();
  ::umask(former);
  EXPECT_EQ(mode_of(path_), 0700u);
  EXPECT_EQ(mode_of(path_.parent_path()), 0700u);
  EXPECT_EQ(mode_of(path_.parent_path().parent_path()), 0700u);
  EXPECT_EQ(mode_of(path_ / "ca.key"), 0600u);
  EXPECT_EQ(mode_of(path_ / "ca.crt"), 0644u);
}

TEST_F(CaFolder, KeepsItsModesUnderAStrictMask) {
  const auto former = ::umask(0377);
  fs::create_directories(path_);
  fs::permissions(path_, fs::perms::owner_all);
  opened();
  ::umask(former);
  EXPECT_EQ(mode_of(path_ / "ca.key"), 0600u);
  EXPECT_EQ(mode_of(path_ / "ca.crt"), 0644u);
}

TEST_F(CaFolder, HoldsTheSameCaTheNextTime) {
  const auto first = opened();
  EXPECT_EQ(first.size(), 64u) << first;
  EXPECT_EQ(opened(), first);
  EXPECT_EQ((*Authority::find(path_))->sha256(), first);
  const auto second = renewed();
  EXPECT_NE(second, first);
  EXPECT_EQ(opened(), second);
}

TEST_F(CaFolder, StaysEmptyWhereNothingIsToBeMade) {
  EXPECT_FALSE(*Authority::find(path_));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(CaFolder, HoldsOneCaThoughManyMakeItAtOnce) {
  for (int round = 0; round < 20; ++round) {
    path_ = fs::path{temporary_.path()} / std::to_string(round);
    auto gate = make_pipe();
    std::vector<std::unique_ptr<Forked>> processes;
    for (int i = 0; i < 6; ++i) {
      processes.push_back(std::make_unique<Forked>([&] {
        ::fcntl(gate->reading.get(), F_SETFL, 0);
        gate->writing.reset();
        char nothing = 0;
        const auto opens = ::read(gate->reading.get(), &nothing, 1);  // ends when the last writing end is closed
        return opens == 0 ? opened() : "no gate";
      }));
    }
    gate->writing.reset();
    const auto first = processes.front()->wait();
    EXPECT_EQ(first.size(), 64u) << first;
    for (std::size_t i = 1; i < processes.size(); ++i) EXPECT_EQ(processes[i]->wait(), first);
    EXPECT_EQ(opened(), first);
  }
}

TEST_F(CaFolder, IsThereWholeOrNotAtAllForWhoReadsWhileItIsMade) {
  for (int round = 0; round < 60; ++round) {
    const Folder folder{fs::path{temporary_.path()} / std::to_string(round), outside_role};
    Forked making{[&] {
      const auto made = folder.read_or_make([] { return Result<Pair>{Pair{"certificate", "key"}}; });
      return made ? made->key : made.error().message;
    }};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    std::optional<Pair> found;
    while (!found && std::chrono::steady_clock::now() < until) {
      const auto read = folder.read();
      ASSERT_TRUE(read) << "round " << round << ": " << read.error().message;
      found = *read;
    }
    ASSERT_TRUE(found);
    EXPECT_EQ(found->certificate + found->key, "certificatekey");
    EXPECT_EQ(making.wait(), "key");
  }
}

TEST_F(CaFolder, IsNeverBetweenTwoCasForWhoReadsWhileItIsRenewed) {
  opened();
  Forked renewing{[&]() -> std::string {
    for (;;) renewed();
  }};
  for (int i = 0; i < 300; ++i) {
    const auto fingerprint = opened();
    ASSERT_EQ(fingerprint.size(), 64u) << fingerprint;
  }
}

TEST_F(CaFolder, IsNotBrokenByAKill) {
  for (int round = 0; round < 150; ++round) {
    if (round % 5 == 0)
      path_ = fs::path{temporary_.path()} / std::to_string(round);  // each time from the beginning, too
    Forked renewing{[&]() -> std::string {
      for (;;) renewed();
    }};
    std::this_thread::sleep_for(std::chrono::microseconds{100 + 37 * round});
    renewing.end();
    const auto fingerprint = opened();
    ASSERT_EQ(fingerprint.size(), 64u) << fingerprint;
    ASSERT_EQ(opened(), fingerprint);
  }
}

TEST_F(CaFolder, IsFinishedByTheNextOneWherever) {
  opened();
  const auto old_certificate = text("ca.crt"), old_key = text("ca.key");
  const auto fresh = renewed();
  const auto new_certificate = text("ca.crt"), new_key = text("ca.key");
  const auto begin_again = [&](const std::string& key) {
    put("ca.crt", old_certificate);
    put("ca.key", key);
  };

  // Killed before the pair was whole: the old one counts.
  begin_again(old_key);
  put("ca.key.new", new_key.substr(0, 20));
  EXPECT_NE(opened(), fresh);
  put("ca.key.new", new_key);
  put("ca.crt.tmp", new_certificate.substr(0, 20));
  EXPECT_NE(opened(), fresh);
  EXPECT_EQ(text("ca.key"), old_key);

  // Killed after it: the new one does.
  put("ca.crt.new", new_certificate);
  EXPECT_EQ(opened(), fresh);
  EXPECT_FALSE(fs::exists(path_ / "ca.crt.new"));
}

TEST_F(CaFolder, IsFinishedWithHalfOfItInPlace) {
  opened();
  const auto old_certificate = text("ca.crt");
  const auto fresh = renewed();
  put("ca.crt.new", text("ca.crt"));
  put("ca.crt", old_certificate);
  EXPECT_EQ(opened(), fresh);

  put("ca.crt.new", text("ca.crt"));
  put("ca.crt", old_certificate);
  EXPECT_NE(renewed(), fresh);
  EXPECT_EQ(opened().size(), 64u);
}

TEST_F(CaFolder, HoldsBothOrNeither) {
  opened();
  fs::rename(path_ / "ca.key", path_ / "elsewhere");
  EXPECT_EQ(opened(), "the lab CA is not whole: " + path_.string() +
                          "/ca.key is missing; put it back, or make a new one with \"labnet ca --renew\"");
  EXPECT_FALSE(Authority::find(path_));
  fs::rename(path_ / "elsewhere", path_ / "ca.key");
  fs::remove(path_ / "ca.crt");
  EXPECT_THAT(opened(), HasSubstr("ca.crt is missing; put it back, or"));
  EXPECT_EQ(renewed().size(), 64u);
  EXPECT_EQ(opened().size(), 64u);
}

TEST_F(CaFolder, IsDistrustedIfOthersMayReadTheKey) {
  opened();
  const auto key = (path_ / "ca.key").string();
  fs::permissions(key, fs::perms{0640});
  EXPECT_EQ(opened(), "others may read the key of the lab CA, " + key +
                          "; if nobody has, make it yours alone with \"chmod 600 " + key +
                          "\", else make a new one with \"labnet ca --renew\"");
  fs::permissions(key, fs::perms{0600});
  EXPECT_EQ(opened().size(), 64u);
  fs::permissions(key, fs::perms{0604});
  EXPECT_THAT(opened(), StartsWith("others may read"));
  EXPECT_EQ(renewed().size(), 64u);
  EXPECT_EQ(mode_of(key), 0600u);
}

/// What somebody is told who may not do everything, as root may.
std::string told_to_nobody(const std::function<std::string()>& work) {
  return Forked{[&] {
           constexpr uid_t nobody = 65534;
           if (::geteuid() == 0 && ::seteuid(nobody) < 0) return std::string{"cannot become nobody"};
           return work();
         }}
      .wait();
}

TEST_F(CaFolder, SaysThatItCannotBeRead) {
  opened();
  fs::permissions(temporary_.path(), fs::perms{0755});
  fs::permissions(path_, fs::perms{0});
  EXPECT_EQ(told_to_nobody([&] { return opened(); }),
            "cannot read " + path_.string() +
                "/ca.crt: Permission denied; it belongs to the lab CA: let yourself read it, or set LABNET_CA_DIR to "
                "another folder");
  EXPECT_THAT(told_to_nobody([&] { return renewed(); }),
              AllOf(StartsWith("cannot write " + path_.string()), HasSubstr("set LABNET_CA_DIR to another one")));
  fs::permissions(path_, fs::perms{0755});
  fs::permissions(path_ / "ca.key", fs::perms{0});
  EXPECT_THAT(told_to_nobody([&] { return opened(); }),
              StartsWith("cannot read " + path_.string() + "/ca.key: Permission denied; "));
}

TEST_F(CaFolder, SaysThatItCannotBeMade) {
  fs::permissions(temporary_.path(), fs::perms{0555});
  EXPECT_EQ(told_to_nobody([&] { return opened(); }),
            "cannot write " + path_.string() +
                ": Permission denied; the lab CA is kept there: let yourself write to that folder, or set "
                "LABNET_CA_DIR to another one");
  fs::permissions(temporary_.path(), fs::perms{0755});
  temporary_.write("ca", "a file");
  EXPECT_THAT(opened(), AllOf(StartsWith("cannot"), HasSubstr("Not a directory; ")));
}

TEST_F(CaFolder, MayBeReadOnly) {
  const auto fingerprint = opened();
  fs::permissions(temporary_.path(), fs::perms{0755});
  fs::permissions(path_, fs::perms{0555});
  EXPECT_EQ(opened(), fingerprint);
  fs::remove(path_ / "lock");
  EXPECT_EQ(opened(), fingerprint);
  EXPECT_FALSE(fs::exists(path_ / "lock"));
  fs::permissions(path_, fs::perms{0755});
}

TEST_F(CaFolder, HasALimitForItsFiles) {
  const auto fingerprint = opened();
  const auto certificate = text("ca.crt");
  put("ca.crt", certificate + std::string(file_bytes_max - certificate.size(), '\n'));
  EXPECT_EQ(opened(), fingerprint);
  put("ca.crt", certificate + std::string(file_bytes_max + 1 - certificate.size(), '\n'));
  EXPECT_THAT(opened(), HasSubstr("ca.crt is larger than 65536 bytes"));
}

TEST_F(CaFolder, IsWaitedForWhileAnotherWrites) {
  const auto fingerprint = opened();
  const FileDescriptor lock{::open((path_ / "lock").c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  std::string found;
  std::thread reading{[&] { found = opened(); }};
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  EXPECT_EQ(found, "");
  ::flock(lock.get(), LOCK_UN);
  reading.join();
  EXPECT_EQ(found, fingerprint);
}

TEST(CaPlace, IsWhereTheEnvironmentSays) {
  const auto place = [](const char* own, const char* data, const char* home) {
    return Forked{
        [=] {
          for (const auto& [name, value] : {std::pair{"LABNET_CA_DIR", own}, {"XDG_DATA_HOME", data}, {"HOME", home}}) {
            value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
          }
          const auto folder = usual_folder();
          return folder ? folder->string() : folder.error().message;
        }}
        .wait();
  };
  EXPECT_EQ(place("/own", "/data", "/home/sam"), "/own");
  EXPECT_EQ(place("own", "/data", "/home/sam"), (fs::current_path() / "own").string());
  EXPECT_EQ(place(nullptr, "/data", "/home/sam"), "/data/labnet/ca");
  EXPECT_EQ(place("", "", "/home/sam"), "/home/sam/.local/share/labnet/ca");
  EXPECT_EQ(place(nullptr, "relative", "/home/sam"), "/home/sam/.local/share/labnet/ca");
  EXPECT_EQ(place(nullptr, nullptr, nullptr),
            "there is no place for the lab CA, because HOME is not set; set LABNET_CA_DIR to a folder of your own");
}

}  // namespace
}  // namespace labnet::ca
