// Clients that run elsewhere, or with a window: what they send, in their order, and what they have to be told.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class InteropReplay : public FtpClients {
 protected:
  InteropReplay() : FtpClients{{"true"}, "coreutils"} {}

  /// The data of a command whose reply 227 the client has read; in TLS once it has begun there.
  static std::string fetch(FtpClient& client, const std::string& command, bool is_secure) {
    auto data = client.open_passive();
    EXPECT_THAT(client.ask(command), StartsWith("150 "));
    EXPECT_TRUE(!is_secure || (data.begin_tls(&client.connection()) && data.has_resumed()));
    auto all = data.receive_all();
    EXPECT_THAT(client.reply(), StartsWith("226 "));
    return all;
  }
  static void store(FtpClient& client, const std::string& command, const std::string& text, bool is_secure) {
    auto data = client.open_passive();
    EXPECT_THAT(client.ask(command), StartsWith("150 "));
    EXPECT_TRUE(!is_secure || data.begin_tls(&client.connection()));
    data.send(text);
    if (is_secure) {
      data.end_tls();
    } else {
      data.end_sending();
    }
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
  void be_filezilla(FtpClient& client, bool is_secure);
};

/// rain-1/filezilla-ng, src/engine/ftp: logon.cpp, list.cpp, rawtransfer.cpp, filetransfer.cpp.
void InteropReplay::be_filezilla(FtpClient& client, bool is_secure) {
  EXPECT_THAT(client.ask("USER ann"), StartsWith("331 "));
  EXPECT_THAT(client.ask("PASS secret"), StartsWith("230 "));
  EXPECT_THAT(client.ask("SYST"), StartsWith("215 UNIX"));
  const auto features = client.ask("FEAT");
  EXPECT_THAT(features, AllOf(StartsWith("211-"), HasSubstr("\n CLNT\n"), HasSubstr("\n UTF8\n"),
                              HasSubstr("\n MFMT\n"), HasSubstr("\n REST STREAM\n"), HasSubstr("\n211 End")));
  // All facts that it wants are on (with "*"), so that it sends no OPTS MLST.
  EXPECT_THAT(features, AllOf(HasSubstr(" MLST "), HasSubstr("type*;"), HasSubstr("size*;"), HasSubstr("modify*;"),
                              HasSubstr("perm*;"), HasSubstr("UNIX.mode*;")));
  EXPECT_THAT(client.ask("CLNT FileZilla"), StartsWith("200 "));
  EXPECT_THAT(client.ask("OPTS UTF8 ON"), StartsWith("200 "));
  if (is_secure) {
    EXPECT_THAT(client.ask("PBSZ 0"), StartsWith("200 "));
    EXPECT_THAT(client.ask("PROT P"), StartsWith("200 "));
  }
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/\""));
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  EXPECT_THAT(fetch(client, "MLSD", is_secure),
              AllOf(HasSubstr("type=dir;"), HasSubstr("; album\r\n"), HasSubstr("type=file;size=10;")));
  // A download, one that goes on, an upload with its time, one that goes on.
  EXPECT_THAT(client.ask("CWD /album"), StartsWith("250 "));
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/album\""));
  EXPECT_EQ(fetch(client, "RETR país 1.png", is_secure), "0123456789");
  EXPECT_THAT(client.ask("REST 7"), StartsWith("350 "));
  EXPECT_EQ(fetch(client, "RETR país 1.png", is_secure), "789");
  store(client, "STOR new.png", "abcdef", is_secure);
  EXPECT_EQ(client.ask("MFMT 20240229120000 new.png"), "213 Modify=20240229120000; new.png");
  EXPECT_EQ(client.ask("MDTM new.png"), "213 20240229120000");
  EXPECT_EQ(client.ask("SIZE new.png"), "213 6");
  EXPECT_THAT(client.ask("REST 6"), StartsWith("350 "));
  store(client, "STOR new.png", "ghi", is_secure);
  store(client, "APPE new.png", "jkl", is_secure);
  EXPECT_EQ(server().read("album/new.png"), "abcdefghijkl");
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));  // it keeps the connection alive by such
  EXPECT_THAT(client.ask("RNFR new.png"), StartsWith("350 "));
  EXPECT_THAT(client.ask("RNTO /album/old.png"), StartsWith("250 "));
  EXPECT_THAT(client.ask("DELE old.png"), StartsWith("250 "));
  EXPECT_THAT(client.ask("MKD made"), StartsWith("257 "));
  EXPECT_THAT(client.ask("RMD made"), StartsWith("250 "));
}

TEST_F(InteropReplay, FileZillaWithTls) {
  server().write("album/país 1.png", "0123456789");
  server().write("file", "0123456789");
  FtpClient client{server()};
  client.secure();
  be_filezilla(client, true);
}

TEST_F(InteropReplay, FileZillaWhereThereIsNoTls) {
  const RunningFtp plain;
  FtpClient refused{plain};
  EXPECT_THAT(refused.ask("AUTH TLS"), StartsWith("500 "));
  EXPECT_THAT(refused.ask("AUTH SSL"), StartsWith("500 "));  // then it says "Insecure server", and goes on
  server().write("album/país 1.png", "0123456789");
  server().write("file", "0123456789");
  FtpClient client{server()};
  be_filezilla(client, false);
}

/// It knows active mode only, and begins with OPTS: a reply other than 2xx or 5xx would end it.
TEST_F(InteropReplay, WindowsFtpExe) {
  server().write("file", "12345");
  FtpClient client{server()};
  EXPECT_THAT(client.ask("OPTS UTF8 ON"), StartsWith("200 "));
  client.log_in();
  EXPECT_THAT(client.ask("XPWD"), StartsWith("257 \"/\""));
  const TcpListener listener;
  const auto port = fmt::format("PORT 127,0,0,1,{},{}", listener.port() / 256, listener.port() % 256);
  for (const auto& [command, data] : {std::pair{"NLST", "file\r\n"}, {"NLST *", "file\r\n"}, {"RETR file", "12345"}}) {
    EXPECT_THAT(client.ask(port), StartsWith("200 "));
    EXPECT_THAT(client.ask(command), StartsWith("150 "));
    EXPECT_EQ(listener.accept().receive_all(), data);
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
  EXPECT_THAT(client.ask(port), StartsWith("200 "));
  EXPECT_THAT(client.ask("STOR up"), StartsWith("150 "));
  {
    const auto data = listener.accept();
    data.send("one\r\n");
  }
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_EQ(server().read("up"), "one\n");  // TYPE A, until "binary"
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  EXPECT_THAT(client.ask("XMKD made"), StartsWith("257 "));
  EXPECT_THAT(client.ask("XCWD made"), StartsWith("250 "));
  EXPECT_THAT(client.ask("XCUP"), StartsWith("250 "));
  EXPECT_THAT(client.ask("XRMD made"), StartsWith("250 "));
  EXPECT_THAT(client.ask("QUIT"), StartsWith("221 "));
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(InteropReplay, WindowsExplorer) {
  const auto open = RunningFtp::with_config("anonymous: { allowed: true }\n");
  open->write("país.png", "12345");
  open->write("folder/inner", "x");
  FtpClient client{*open};
  EXPECT_THAT(client.ask("USER anonymous"), StartsWith("331 "));
  EXPECT_THAT(client.ask("PASS IEUser@"), StartsWith("230 "));
  EXPECT_THAT(client.ask("opts utf8 on"), StartsWith("200 "));
  EXPECT_THAT(client.ask("syst"), StartsWith("215 UNIX"));
  EXPECT_THAT(client.ask("site help"), StartsWith("214-"));
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/\""));
  EXPECT_THAT(client.ask("noop"), StartsWith("200 "));
  EXPECT_THAT(client.ask("CWD /"), StartsWith("250 "));
  EXPECT_THAT(client.ask("TYPE A"), StartsWith("200 "));
  EXPECT_THAT(fetch(client, "LIST", false),
              MatchesRegex("drwx[-rwx]+ +[0-9]+ anonymous +anonymous +.* folder\r\n"
                           "-rw[-rwx]+ +1 anonymous +anonymous +5 [A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ país.png\r\n"));
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  EXPECT_EQ(fetch(client, "RETR /país.png", false), "12345");
  EXPECT_THAT(client.ask("DELE /país.png"), StartsWith("550 "));
}

}  // namespace
}  // namespace labnet::ftp_server
