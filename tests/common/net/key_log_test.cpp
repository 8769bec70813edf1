#include "common/net/key_log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "common/base/text.hpp"
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
