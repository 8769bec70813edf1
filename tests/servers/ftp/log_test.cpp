// What whoever runs a service reads in its log, and in which language clients are told.
#include <gmock/gmock.h>

#include "servers/ftp/service.hpp"
#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(FtpLog, HasALineForEachCommandThatChangesFiles) {
  RunningFtp server;
  server.write("a.txt", "a");
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("MKD new"), StartsWith("257 "));
  EXPECT_THAT(server.wait_for_log("command=MKD"),
              AllOf(HasSubstr("user=ann"), HasSubstr("argument=new"), HasSubstr("reply=257")));
  EXPECT_THAT(client.ask("RNFR a.txt"), StartsWith("350 "));
  EXPECT_THAT(client.ask("RNTO b.txt"), StartsWith("250 "));
  EXPECT_THAT(server.wait_for_log("command=RNTO"), HasSubstr("argument=b.txt"));
  EXPECT_THAT(client.ask("DELE none"), StartsWith("550 "));
  EXPECT_THAT(server.wait_for_log("command=DELE"), HasSubstr("reply=550"));
}

TEST(FtpLog, TellsWhyATransferFailed) {
  RunningFtp server;
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("PASV"), StartsWith("227 "));
  EXPECT_THAT(client.ask("RETR none"), StartsWith("550 "));
  EXPECT_THAT(server.wait_for_log("command=RETR"),
              AllOf(HasSubstr("complete=false"), HasSubstr("reply=\"550 /none: No such file or directory\"")));
}

TEST(FtpLog, WarnsOfWhatIsHardlyMeant) {
  const test::TemporaryFolder folder;
  Config nobody;
  nobody.root = folder.path();
  const auto service = Service::make(std::move(nobody));
  ASSERT_TRUE(service);
  EXPECT_THAT((*service)->doubts(), testing::ElementsAre(HasSubstr("nobody can log in")));
  auto homeless =
      RunningFtp::with_config("users: { ann: { password: secret, home: /none }, ben: { password: secret } }\n");
  EXPECT_THAT(homeless->wait_for_log("is no folder within the root"), HasSubstr("the home of ann"));
}

TEST(FtpAnonymous, IsNobodyWhoIsAUser) {
  const auto server = RunningFtp::with_config(
      "users: { ftp: { password: secret, permissions: write } }\nanonymous: { allowed: true }\n");
  FtpClient client{*server};
  EXPECT_THAT(client.ask("USER ftp"), StartsWith("331 "));
  EXPECT_THAT(client.ask("PASS wrong"), StartsWith("530 "));
  EXPECT_THAT(client.ask("USER anonymous"), StartsWith("331 "));
  EXPECT_THAT(client.ask("PASS wrong"), StartsWith("230 "));
}

TEST(FtpLogin, IsWaitedForNoLongerHoweverMuchAClientSays) {
  const auto server = RunningFtp::with_config("limits: { login_timeout: 300ms }\n");
  FtpClient client{*server};
  std::string reply;
  const auto until = std::chrono::steady_clock::now() + test::patience;
  while (!reply.starts_with("421 ") && std::chrono::steady_clock::now() < until) {
    reply = client.ask("REIN");
    test::pause();
  }
  EXPECT_THAT(reply, StartsWith("421 "));
}

TEST(FtpLanguage, IsThatOfTheSystemsErrorsToo) {
  const RunningFtp server{{"--language", "es"}};
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("DELE none"), StartsWith("550 /none: No existe el archivo"));
  EXPECT_THAT(client.ask("MKD /"), StartsWith("550 "));
}

}  // namespace
}  // namespace labnet::ftp_server
