// Folders, listings, and everything that nobody may reach.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FtpFolders : public testing::Test {
 protected:
  RunningFtp server;
  FtpClient client{server};

  void SetUp() override { client.log_in(); }
};

TEST_F(FtpFolders, AreMadeEnteredAndRemoved) {
  EXPECT_EQ(client.ask("MKD a \"quoted\" one"), "257 \"/a \"\"quoted\"\" one\" created");
  EXPECT_THAT(client.ask("CWD a \"quoted\" one"), StartsWith("250 "));
  EXPECT_EQ(client.ask("PWD"), "257 \"/a \"\"quoted\"\" one\" is the current folder");
  EXPECT_THAT(client.ask("MKD deep"), StartsWith("257 "));
  EXPECT_THAT(client.ask("CWD deep/../deep/./"), StartsWith("250 "));
  EXPECT_THAT(client.ask("CDUP"), StartsWith("250 "));
  EXPECT_THAT(client.ask("CDUP"), StartsWith("250 "));
  EXPECT_THAT(client.ask("CDUP"), StartsWith("250 "));  // the root is above itself
  EXPECT_THAT(client.ask("XPWD"), StartsWith("257 \"/\""));
  EXPECT_THAT(client.ask("RMD a \"quoted\" one"), StartsWith("550 "));  // not empty
  EXPECT_THAT(client.ask("XRMD /a \"quoted\" one/deep"), StartsWith("250 "));
  EXPECT_THAT(client.ask("RMD a \"quoted\" one"), StartsWith("250 "));
  EXPECT_THAT(client.ask("CWD nowhere"), StartsWith("550 "));
  EXPECT_THAT(client.ask("MKD /"), StartsWith("550 "));
}

TEST_F(FtpFolders, AreListedAsLsAndMlsdDo) {
  server.write("music/1.txt", "12345");
  server.write("music/.hidden", "x");
  std::filesystem::create_symlink("1.txt", server.root() + "/music/link");
  EXPECT_THAT(client.ask("MFMT 20200229101112 music/1.txt"), "213 Modify=20200229101112; music/1.txt");
  EXPECT_EQ(client.ask("MDTM music/1.txt"), "213 20200229101112");
  const auto list = client.get("LIST music");
  EXPECT_THAT(list, HasSubstr(" ann      ann             5 Feb 29  2020 1.txt\r\n"));
  EXPECT_THAT(list, AllOf(HasSubstr(" link -> 1.txt\r\n"), Not(HasSubstr("hidden"))));
  EXPECT_THAT(client.get("LIST -la music"), HasSubstr(".hidden"));
  EXPECT_EQ(client.get("NLST music"), "1.txt\r\nlink\r\n");
  EXPECT_EQ(client.get("NLST music/*.txt"), "1.txt\r\n");
  EXPECT_EQ(client.get("NLST music/1.txt"), "1.txt\r\n");
  const auto facts = client.get("MLSD music");
  EXPECT_THAT(facts, HasSubstr("type=file;size=5;modify=20200229101112;perm=adfrw;UNIX.mode=0644;"));
  EXPECT_THAT(facts, AllOf(HasSubstr("; .hidden\r\n"), HasSubstr("; 1.txt\r\n")));
  EXPECT_THAT(client.ask("OPTS MLST size;type;"), "200 MLST OPTS type;size;");
  EXPECT_EQ(client.ask("MLST music/1.txt"), "250-Listing /music/1.txt\n type=file;size=5; /music/1.txt\n250 End");
  client.passive_port();
  EXPECT_THAT(client.ask("MLSD music/1.txt"), StartsWith("501 "));
  EXPECT_THAT(client.ask("STAT music"), AllOf(StartsWith("213-"), HasSubstr("1.txt")));
}

TEST_F(FtpFolders, TellTheTimeThatAFileHasGot) {
  server.write("file", "x");
  const auto set = client.ask("MFMT 99990101000000 file");  // later than most file systems know
  const auto told = client.ask("MDTM file");
  EXPECT_THAT(set, StartsWith("213 Modify=" + told.substr(4) + "; file"));
}

TEST_F(FtpFolders, NobodyLeavesTheRoot) {
  const test::TemporaryFolder outside;
  outside.write("secret", "nobody's");
  const auto link = [&](const std::string& target, const std::string& name) {
    std::filesystem::create_symlink(target, server.root() + "/" + name);
  };
  link(outside.path(), "absolute");
  link("../" + std::filesystem::path{outside.path()}.filename().string(), "relative");
  link(outside.path() + "/secret", "file");
  link("/", "top");
  std::filesystem::create_directory(server.root() + "/in");
  link("../../..", "in/up");
  client.ask("TYPE I");
  for (const std::string path :
       {"absolute/secret", "relative/secret", "file", "top/etc/passwd", "in/up/etc/passwd", "../../etc/passwd",
        "/../etc/passwd", "in/../../../etc/passwd", "absolute/../secret", "./top/./etc/passwd"}) {
    EXPECT_THAT(client.ask("SIZE " + path), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("MDTM " + path), StartsWith("550 ")) << path;
    client.passive_port();
    EXPECT_THAT(client.ask("RETR " + path), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("SITE CHMOD 777 " + path), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("MFMT 20200101000000 " + path), StartsWith("550 ")) << path;
  }
  for (const std::string path : {"absolute", "relative", "top", "in/up"}) {
    EXPECT_THAT(client.ask("CWD " + path), StartsWith("550 ")) << path;
    client.passive_port();
    EXPECT_THAT(client.ask("LIST " + path), StartsWith("550 ")) << path;
    client.passive_port();
    EXPECT_THAT(client.ask("STOR " + path + "/new"), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("MKD " + path + "/new"), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("DELE " + path + "/secret"), StartsWith("550 ")) << path;
    EXPECT_THAT(client.ask("RNFR " + path + "/secret"), StartsWith("550 ")) << path;
  }
  for (const std::string path : {"%2e%2e/etc/passwd", "..\\..\\etc\\passwd", "....//etc/passwd", "\\etc\\passwd"}) {
    EXPECT_THAT(client.ask("SIZE " + path), StartsWith("550 ")) << path;
  }
  EXPECT_THAT(client.put("STOR file", "over it"), StartsWith("226 "));  // in place of the link, not through it
  EXPECT_EQ(test::read_file(outside.path() + "/secret"), "nobody's");
  EXPECT_FALSE(std::filesystem::is_symlink(server.root() + "/file"));
}

TEST_F(FtpFolders, LinksWithinTheRootAreFollowed) {
  server.write("real/file", "x");
  std::filesystem::create_symlink("real", server.root() + "/link");
  client.ask("TYPE I");
  EXPECT_EQ(client.ask("SIZE link/file"), "213 1");
  EXPECT_THAT(client.ask("CWD link"), StartsWith("250 "));
}

TEST_F(FtpFolders, OnlyPlainFilesAreSent) {
  ASSERT_EQ(test::run({"mkfifo", server.root() + "/fifo"}).exit_code, 0);
  std::filesystem::create_directory(server.root() + "/folder");
  for (const auto* name : {"fifo", "folder"}) {
    client.passive_port();
    EXPECT_THAT(client.ask(std::string{"RETR "} + name), StartsWith("550 ")) << name;
  }
  for (const auto* line : {"STOR folder", "STOR fifo", "APPE fifo"}) {
    client.passive_port();
    EXPECT_THAT(client.ask(line), StartsWith("550 ")) << line;
  }
  EXPECT_TRUE(std::filesystem::is_fifo(server.root() + "/fifo"));
  EXPECT_THAT(client.ask("DELE folder"), StartsWith("550 "));
}

TEST(FtpFolderOfAnother, ThatMayBeReadAndNotEnteredShowsNamesAlone) {
  const auto server = RunningFtp::as_ordinary_user();
  server->write("names/file", "x");
  const std::filesystem::path folder = server->root() + "/names";
  std::filesystem::permissions(folder, std::filesystem::perms{0444});
  FtpClient client{*server};
  client.log_in();
  EXPECT_EQ(client.get("NLST names"), "file\r\n");
  for (const auto* line : {"LIST names", "MLSD names", "LIST names/*", "STAT names"}) {
    client.passive_port();
    EXPECT_THAT(client.ask(line), AllOf(StartsWith("550 "), HasSubstr("denied"))) << line;
  }
  std::filesystem::permissions(folder, std::filesystem::perms{0755});
  EXPECT_THAT(client.get("MLSD names"), HasSubstr("; file\r\n"));
}

TEST(FtpFolderOfAnother, ThatMayBeEnteredAndNotReadIsEntered) {
  const auto server = RunningFtp::as_ordinary_user();
  server->write("way/file", "x");
  const std::filesystem::path folder = server->root() + "/way";
  FtpClient client{*server};
  client.log_in();
  std::filesystem::permissions(folder, std::filesystem::perms{0111});
  EXPECT_THAT(client.ask("CWD way"), StartsWith("250 "));
  EXPECT_EQ(client.get("RETR file"), "x");
  client.passive_port();
  EXPECT_THAT(client.ask("NLST"), StartsWith("550 "));
  EXPECT_THAT(client.ask("CDUP"), StartsWith("250 "));
  std::filesystem::permissions(folder, std::filesystem::perms{0444});
  EXPECT_THAT(client.ask("CWD way"), AllOf(StartsWith("550 "), HasSubstr("denied")));
  EXPECT_THAT(client.ask("CWD way/file"), StartsWith("550 "));
  std::filesystem::permissions(folder, std::filesystem::perms{0755});
  EXPECT_THAT(client.ask("CWD way/file"), StartsWith("550 "));  // no folder
}

TEST(FtpRename, ReplacesOnlyWhatMayBeReplaced) {
  const std::string users =
      "users:\n"
      "  all: { password: x, permissions: write }\n"
      "  mover: { password: x, permissions: list+read+rename }\n";
  for (const bool may_replace : {true, false}) {
    const auto server = RunningFtp::with_config(users + fmt::format("upload: {{ may_replace: {} }}\n", may_replace));
    for (const auto* user : {"all", "mover"}) {
      server->write("from", "from");
      server->write("to", "to");
      std::filesystem::create_directories(server->root() + "/folder");
      std::filesystem::create_directories(server->root() + "/empty");
      const auto replaces = may_replace && std::string_view{user} == "all";
      FtpClient client{*server};
      client.log_in(user, "x");
      EXPECT_THAT(client.ask("RNFR folder"), StartsWith("350 "));
      EXPECT_THAT(client.ask("RNTO empty"), StartsWith(replaces ? "250 " : "550 ")) << user;
      EXPECT_EQ(server->has("folder"), !replaces);
      EXPECT_THAT(client.ask("RNFR from"), StartsWith("350 "));
      EXPECT_THAT(client.ask("RNTO to"), StartsWith(replaces ? "250 " : "550 ")) << user;
      EXPECT_EQ(server->read("to"), replaces ? "from" : "to");
      EXPECT_EQ(server->has("from"), !replaces);
      EXPECT_THAT(client.ask("RNFR to"), StartsWith("350 "));
      EXPECT_THAT(client.ask("RNTO free"), StartsWith("250 ")) << user;
      EXPECT_EQ(server->read("free"), replaces ? "from" : "to");
      std::filesystem::remove(server->root() + "/free");
    }
  }
}

TEST(FtpUsers, MayDoWhatTheirPermissionsSay) {
  const auto server = RunningFtp::with_config(
      "users:\n"
      "  reader: { password: r, home: /pub, permissions: read }\n"
      "  adder: { password: a, permissions: list+read+append }\n"
      "anonymous: { allowed: true, home: /pub }\n");
  server->write("pub/file", "12345");
  for (const auto& [user, password] : {std::pair{"reader", "r"}, std::pair{"anonymous", "me@example.org"}}) {
    FtpClient client{*server};
    client.log_in(user, password);
    EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/pub\""));
    EXPECT_EQ(client.get("RETR file"), "12345");
    for (const auto* line : {"STOR new", "APPE file", "STOU", "DELE file", "MKD new", "RMD new", "RNFR file",
                             "MFMT 20200101000000 file", "SITE CHMOD 600 file"}) {
      EXPECT_THAT(client.ask(line), StartsWith("550 ")) << line;
    }
    EXPECT_THAT(client.get("MLSD"), HasSubstr("perm=r;"));
  }
  FtpClient adder{*server};
  adder.log_in("adder", "a");
  EXPECT_THAT(adder.put("APPE pub/file", "6"), StartsWith("226 "));
  EXPECT_THAT(adder.ask("STOR pub/file"), StartsWith("550 "));
}

TEST(FtpSessions, AreLimitedInAllAndForAnAddress) {
  const auto server = RunningFtp::with_config("limits: { sessions_max: 3, sessions_per_address_max: 2 }\n");
  FtpClient first{server->port()}, second{server->port()};
  EXPECT_THAT(FtpClient{server->port()}.greeting(), StartsWith("421 "));
  FtpClient other{server->port(), 2};
  EXPECT_THAT(other.greeting(), StartsWith("220 "));
  EXPECT_THAT((FtpClient{server->port(), 3}.greeting()), StartsWith("421 "));
}

TEST(FtpSessions, EndWhenNothingComes) {
  const auto server = RunningFtp::with_config("limits: { login_timeout: 200ms, idle_timeout: 300ms }\n");
  FtpClient silent{*server};
  EXPECT_THAT(silent.reply(), StartsWith("421 "));
  EXPECT_TRUE(silent.is_at_end());
  FtpClient client{*server};
  client.log_in();
  EXPECT_THAT(client.reply(), StartsWith("421 "));
}

TEST(FtpSessions, AreToldThatTheServerEnds) {
  RunningFtp server;
  FtpClient stranger{server}, client{server};
  client.log_in();
  server.signal(SIGTERM);
  for (auto* one : {&stranger, &client}) {
    EXPECT_THAT(one->reply(), StartsWith("421 "));
    EXPECT_TRUE(one->is_at_end());
  }
}

TEST(FtpSessions, AreToldThatATransferEndsWithTheServer) {
  RunningFtp server;
  FtpClient up{server}, down{server};
  server.write("large", std::string(64 << 20, 'x'));  // more than buffers take
  for (auto* one : {&up, &down}) {
    one->log_in();
    EXPECT_THAT(one->ask("TYPE I"), StartsWith("200 "));
  }
  const auto up_data = up.open_passive(), down_data = down.open_passive();
  EXPECT_THAT(up.ask("STOR new"), StartsWith("150 "));
  EXPECT_THAT(down.ask("RETR large"), StartsWith("150 "));
  server.signal(SIGTERM);
  for (auto* one : {&up, &down}) {
    EXPECT_THAT(one->reply(), StartsWith("426 "));
    EXPECT_THAT(one->reply(), StartsWith("421 "));
    EXPECT_TRUE(one->is_at_end());
  }
  EXPECT_FALSE(server.has("new"));
}

TEST(FtpSessions, MayFinishATransferWhenTheServerEnds) {
  RunningFtp server;
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR new"), StartsWith("150 "));
  data.send("all of it");
  server.signal(SIGTERM);
  data.end_sending();
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.reply(), StartsWith("421 "));
  EXPECT_EQ(server.read("new"), "all of it");
}

TEST(FtpSessions, SpeakSpanish) {
  const auto server = RunningFtp::with_config("language: es\n");
  server->write("1.png", "x");
  FtpClient client{*server};
  client.log_in();
  const auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR 1.png"), HasSubstr("Abriendo conexión de datos"));
  EXPECT_EQ(client.reply(), "226 Transferencia completada");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // the memory is the program's own
TEST(FtpSessions, AThousandIdleOnesTakeLittle) {
  const auto server = RunningFtp::with_config("limits: { sessions_max: 1000, sessions_per_address_max: 1000 }\n");
  const auto before = server->resident_bytes();
  std::vector<std::unique_ptr<FtpClient>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<FtpClient>(*server));
    clients.back()->log_in();
  }
  EXPECT_THAT(clients.front()->ask("NOOP"), StartsWith("200 "));
  EXPECT_LT(server->resident_bytes() - before, 30u << 20);
}
#endif

}  // namespace
}  // namespace labnet::ftp_server
