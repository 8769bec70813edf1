// Who gets in, how long wrong passwords take, and what nobody is told on the way.
#include <crypt.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>

#include "servers/ftp/service.hpp"
#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

TEST(FtpUsers, WithAWrongPasswordWaitAndAreSentAwayInTheEnd) {
  const auto server = RunningFtp::with_config("limits: { login_tries_max: 3, failed_login_delay: 10ms }\n");
  FtpClient client{*server};
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(client.ask("USER ann"), StartsWith("331 "));
    EXPECT_THAT(client.ask("PASS wrong"), StartsWith("530 "));
  }
  EXPECT_THAT(client.ask("USER nobody"), StartsWith("331 "));  // nothing tells that there is no such user
  EXPECT_THAT(client.ask("PASS secret"), StartsWith("421 "));
  EXPECT_TRUE(client.is_at_end());
}

/// As slow as on purpose: some tenths of a second.
std::string slow_hash_of(const std::string& password) {
  constexpr int cost = 12;
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt;
  const auto data = std::make_unique<crypt_data>();
  const auto* const made = crypt_gensalt_rn("$2b$", cost, nullptr, 0, salt.data(), salt.size());
  return made == nullptr ? "" : crypt_r(password.c_str(), salt.data(), data.get());
}

TEST(FtpUsers, ThatLogInHoldUpNoTransfers) {
  constexpr std::size_t logins = 40;
  const auto server =
      RunningFtp::with_config(fmt::format("users:\n  ben: {{ password: '{}' }}\n", slow_hash_of("secret")));
  server->write("file", std::string(2'000'000, 'x'));
  FtpClient client{*server};
  client.log_in();
  client.ask("TYPE I");
  std::vector<FtpClient> others;
  for (std::size_t i = 0; i < logins; ++i) {
    EXPECT_THAT(others.emplace_back(*server).ask("USER ben"), StartsWith("331 "));
  }
  for (const auto& other : others) other.send("PASS secret\r\n");
  EXPECT_EQ(client.get("RETR file").size(), 2'000'000u);
  EXPECT_THAT(client.put("STOR other", "x"), StartsWith("226 "));
  const auto answered = std::ranges::count_if(others, [](auto& other) { return other.connection().has_received(); });
  EXPECT_LT(answered, static_cast<std::ptrdiff_t>(logins / 2)) << "the transfers have waited for them";
  EXPECT_THAT(others.front().reply(), StartsWith("230 "));
}

TEST(FtpUsers, OfTheFileAreReadAgainAtAReload) {
  const test::TemporaryFolder folder;
  const auto users = folder.write("users.txt", "# name:password:home:permissions\nben:old:/:read\n");
  const auto server = RunningFtp::with_config("users_file: " + users + "\nlimits: { failed_login_delay: 0ms }\n");
  FtpClient{*server}.log_in("ben", "old");
  const auto set =
      test::run({"sh", "-c", "echo new | \"$0\" ftp passwd \"$1\" ben --permissions write", test::labnet(), users});
  EXPECT_EQ(set.exit_code, 0) << set.errors;
  EXPECT_THAT(test::read_file(users), AllOf(StartsWith("# name"), HasSubstr("\nben:$"), HasSubstr(":/:write\n")));
  server->signal(SIGHUP);
  server->wait_for_log("read again");
  FtpClient client{*server};
  client.log_in("ben", "new");
  EXPECT_THAT(client.ask("MKD now"), StartsWith("257 "));
  folder.write("users.txt", "ben:no home\n");
  server->signal(SIGHUP);
  EXPECT_THAT(server->wait_for_log("stay as they are"), HasSubstr("users.txt:1:"));
  FtpClient{*server}.log_in("ben", "new");
}

/// How long PASS takes, at its fastest of some tries.
steady_clock::duration time_of_pass(const RunningFtp& server, const std::string& user) {
  auto fastest = steady_clock::duration::max();
  for (int i = 0; i < 3; ++i) {
    FtpClient client{server};
    EXPECT_THAT(client.ask("USER " + user), StartsWith("331 "));
    const auto began = steady_clock::now();
    EXPECT_THAT(client.ask("PASS wrong"), StartsWith("530 "));
    fastest = std::min(fastest, steady_clock::now() - began);
  }
  return fastest;
}

TEST(FtpUsers, AreNotToldFromOthersByTheTimeThatAPasswordTakes) {
  const auto server =
      RunningFtp::with_config(fmt::format("users:\n"
                                          "  ben: {{ password: '{}' }}\n"
                                          "  tom: {{ password: plain }}\n"
                                          "  off: {{ password: '!' }}\n"
                                          "limits: {{ failed_login_delay: 0ms }}\n",
                                          slow_hash_of("secret")));
  const auto known = time_of_pass(*server, "ben");
  for (const auto* other : {"nobody", "tom", "off"}) EXPECT_GT(time_of_pass(*server, other), known / 2) << other;
}

TEST(FtpUsers, WithoutAPasswordDoNotGetIn) {
  RunningFtp server{{"--user", "ben:!", "--user", "tom:*", "--user", "kim:!$y$j9T$x"}};
  for (const auto& [user, password] : {std::pair{"ben", "!"}, {"tom", "*"}, {"kim", "!$y$j9T$x"}}) {
    FtpClient client{server};
    EXPECT_THAT(client.ask(std::string{"USER "} + user), StartsWith("331 "));
    EXPECT_THAT(client.ask(std::string{"PASS "} + password), StartsWith("530 ")) << user;
  }
}

TEST(FtpUsers, WhosePasswordOnlyLooksLikeNoneAreTold) {
  const test::TemporaryFolder folder;
  Config config;
  config.root = folder.path();
  config.users = {{.name = "ann", .password = "!secret"},
                  {.name = "ben", .password = "!"},
                  {.name = "kim", .password = "!!"},
                  {.name = "tom", .password = "*$y$j9T$x"}};
  const auto service = Service::make(std::move(config));
  ASSERT_TRUE(service);
  EXPECT_THAT((*service)->doubts(), testing::ElementsAre(HasSubstr("ann")));
}

/// However many sessions somebody opens for that.
TEST(FtpLogin, TriesOfOneAddressComeOneByOneOnceOneWasWrong) {
  const auto server = RunningFtp::with_config("limits: { failed_login_delay: 1s }\n");
  FtpClient first{*server}, second{*server}, other{server->port(), 2};
  for (auto* one : {&first, &second, &other}) EXPECT_THAT(one->ask("USER ann"), StartsWith("331 "));
  first.send("PASS wrong\r\n");
  server->wait_for_log("login refused");
  const auto began = steady_clock::now();
  EXPECT_THAT(other.ask("PASS secret"), StartsWith("230 "));
  EXPECT_FALSE(first.connection().has_received()) << "somebody else has waited, too";
  EXPECT_THAT(second.ask("PASS secret"), StartsWith("230 "));
  EXPECT_GT(steady_clock::now() - began, 500ms);
  EXPECT_THAT(first.reply(), StartsWith("530 "));
}

}  // namespace
}  // namespace labnet::ftp_server
