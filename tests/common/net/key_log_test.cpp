#include "common/net/key_log.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "common/base/text.hpp"
#include "common/log/log.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;
using testing::UnorderedElementsAre;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(KeyLog, AppendsLinesToAFileThatOthersCannotRead) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/keys.log";
  {
    const auto log = KeyLog::open(path);
    (*log)->add("first");
  }
  const auto log = KeyLog::open(path);
  (*log)->add("second");
  EXPECT_THAT(lines_of(path), ElementsAre("first", "second"));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(KeyLog, SaysWhyAFileCannotBeUsed) {
  EXPECT_EQ(KeyLog::open("/nowhere/keys.log").error().message,
            "cannot append to the key log /nowhere/keys.log: No such file or directory");
}

TEST(KeyLog, CountsLinesThatTheSystemDoesNotTake) {
  const auto log = KeyLog::open("/dev/full");
  (*log)->add("lost");
  (*log)->add("lost as well");
  EXPECT_EQ((*log)->lines_lost(), 2u);
}

/// As a disk that is full behind so many bytes; only for files.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_before_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_before_);
  }
  FileSizeLimit(FileSizeLimit&&) = delete;

 private:
  rlimit before_{};
  void (*signal_before_)(int);
};

TEST(KeyLog, GoesOnWithALineOfItsOwnWhereHalfALineStayed) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/keys.log";
  const auto told_path = folder.path() + "/told";
  const std::string first(5000, 'x');  // more than is told to the log, which the limit also holds for
  const auto log = KeyLog::open(path);
  (*log)->add(first);
  {
    const FileDescriptor told{::open(told_path.c_str(), O_WRONLY | O_CREAT, 0600)};
    const log::Running running{{.name = "test", .asynchronous = false, .descriptor = told.get()}};
    const FileSizeLimit limit{first.size() + 5};
    (*log)->add("second");
    (*log)->add("third");
  }
  (*log)->add("fourth");
  (*log)->add("fifth");
  EXPECT_THAT(lines_of(path), ElementsAre(first, "seco", "fourth", "fifth"));
  EXPECT_EQ((*log)->lines_lost(), 2u);
  const auto told = test::read_file(told_path);
  EXPECT_THAT(told, testing::HasSubstr("the key log loses lines file=" + path + " reason=\"write: File too large\""));
}

TEST(KeyLog, KeepsTheLinesOfSeveralThreadsApart) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/keys.log";
  const auto log = KeyLog::open(path);
  constexpr int lines_each = 500;
  {
    std::vector<std::jthread> threads;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      threads.emplace_back([&log, letter] {
        for (int i = 0; i < lines_each; ++i) (*log)->add(std::string(200, letter));
      });
    }
  }
  std::map<std::string, int> counts;
  for (const auto& line : lines_of(path)) ++counts[line];
  ASSERT_EQ(counts.size(), 4u);
  for (const auto& [line, count] : counts) EXPECT_EQ(count, lines_each) << line;
}

/// What a connection of that version logs at both ends.
std::pair<std::vector<std::string>, std::vector<std::string>> logged_by(TlsVersion version) {
  Authority authority{"Lab CA"};
  const auto path = authority.folder().path() + "/keys.log";
  std::vector<std::string> lines;
  const auto server =
      server_of({.identities = {authority.issue({.subject = "first.lab", .names = "DNS:first.lab"}), authority.issue()},
                 .key_log = *KeyLog::open(path)});
  const auto client = client_of({.ca_path = authority.path(),
                                 .version_max = version,
                                 .key_log = KeyLog::to([&](std::string_view line) { lines.emplace_back(line); })});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client);
    EXPECT_EQ(co_await pass_line(ends.client, ends.server, "hello"), "hello");
  });
  return {lines_of(path), lines};
}

TEST(KeyLog, HoldsTheMasterSecretOfTls12) {
  const auto [of_server, of_client] = logged_by(TlsVersion::tls_1_2);
  EXPECT_THAT(of_server, ElementsAre(MatchesRegex("CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}")));
  EXPECT_EQ(of_server, of_client);
}

TEST(KeyLog, HoldsEverySecretOfTls13) {
  auto [of_server, of_client] = logged_by(TlsVersion::tls_1_3);
  const auto line = [](const std::string& label) { return MatchesRegex(label + " [0-9a-f]{64} [0-9a-f]{64,96}"); };
  EXPECT_THAT(of_server, UnorderedElementsAre(line("CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
                                              line("SERVER_HANDSHAKE_TRAFFIC_SECRET"), line("CLIENT_TRAFFIC_SECRET_0"),
                                              line("SERVER_TRAFFIC_SECRET_0"), line("EXPORTER_SECRET")));
  std::ranges::sort(of_server);
  std::ranges::sort(of_client);
  EXPECT_EQ(of_server, of_client);
}

}  // namespace
}  // namespace labnet::net
