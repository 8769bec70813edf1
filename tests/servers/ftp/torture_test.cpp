// Odd commands, line by line: what each gets for a reply. The session goes on after each.
#include <gmock/gmock.h>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(FtpTorture, BeforeLoginOnlyWhatHelpsToLogIn) {
  const RunningFtp server;
  FtpClient client{server};
  EXPECT_THAT(client.greeting(), StartsWith("220 "));
  EXPECT_THAT(client.ask("PASS secret"), StartsWith("503 "));
  for (const auto* line : {"PASV", "EPSV", "PORT 127,0,0,1,200,1", "RETR x", "STOR x", "LIST", "MLSD", "CWD /", "PWD",
                           "DELE x", "SIZE x", "TYPE I", "REST 0", "SITE CHMOD 644 x", "STAT /", "ABOR"}) {
    EXPECT_THAT(client.ask(line), StartsWith("530 ")) << line;
  }
  EXPECT_THAT(client.ask("FEAT"), StartsWith("211-"));
  EXPECT_THAT(client.ask("SYST"), StartsWith("215 UNIX Type: L8"));
  EXPECT_THAT(client.ask("OPTS UTF8 ON"), StartsWith("200 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
  EXPECT_THAT(client.ask("HELP"), StartsWith("214-"));
  EXPECT_THAT(client.ask("CLNT x"), StartsWith("200 "));
}

TEST(FtpTorture, LinesThatAreNoCommands) {
  const RunningFtp server;
  FtpClient client{server};
  client.log_in();
  client.send("NOOP\n");  // LF alone ends a line, too
  EXPECT_THAT(client.reply(), StartsWith("200 "));
  EXPECT_THAT(client.ask(""), StartsWith("500 "));
  EXPECT_THAT(client.ask("   "), StartsWith("500 "));
  EXPECT_THAT(client.ask("XYZZY"), StartsWith("500 "));
  EXPECT_THAT(client.ask("\x01\x02\x03\x04"), StartsWith("500 "));
  EXPECT_THAT(client.ask(std::string{"RETR a\0b", 8}), StartsWith("501 "));
  EXPECT_THAT(client.ask("RETR a\rb"), StartsWith("501 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
}

TEST(FtpTorture, ALineThatIsTooLongIsPassedOver) {
  const RunningFtp server;
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("CWD " + std::string(4096 - 4 - 2, 'x')), StartsWith("55"));  // the longest there may be
  EXPECT_THAT(client.ask("CWD " + std::string(4096 - 4 - 1, 'x')), StartsWith("500 "));
  EXPECT_THAT(client.ask(std::string(5'000, 'x')), StartsWith("500 "));
  EXPECT_THAT(client.ask(std::string(100'000, 'x')), StartsWith("500 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
}

TEST(FtpTorture, TelnetInterruptsInFrontOfAborAreNoPartOfIt) {
  const RunningFtp server;
  FtpClient client{server};
  client.log_in();
  client.send("\xff\xf4\xff");  // IAC IP IAC, and DM as urgent data (RFC 959, section 4.1.3)
  client.send_urgent("\xf2");
  client.send("ABOR\r\n");
  EXPECT_THAT(client.reply(), StartsWith("225 "));
  client.send(
      "\xff\xf4\xff\xf2"
      "ABOR\r\n");
  EXPECT_THAT(client.reply(), StartsWith("225 "));
}

TEST(FtpTorture, AddressesOfDataConnections) {
  const RunningFtp server;
  FtpClient client{server};
  client.log_in();
  for (const auto* argument : {"8,8,8,8,200,1", "127,0,0,1,0,80", "127,0,0,1,3,255", "127,0,0,2,200,1",
                               "999,0,0,1,200,1", "127,0,0,1,200", "127,0,0,1,200,1,1", "abc", "127,0,0,1,256,1"}) {
    EXPECT_THAT(client.ask(std::string{"PORT "} + argument), StartsWith("501 ")) << argument;
  }
  EXPECT_THAT(client.ask("PORT 127,0,0,1,4,0"), StartsWith("200 "));
  EXPECT_THAT(client.ask("EPRT |9|127.0.0.1|5000|"), AllOf(StartsWith("522 "), HasSubstr("(1,2)")));
  EXPECT_THAT(client.ask("EPRT |2|::1|5000|"), StartsWith("501 "));
  EXPECT_THAT(client.ask("EPRT |1|127.0.0.1|80|"), StartsWith("501 "));
  EXPECT_THAT(client.ask("EPRT |1|127.0.0.1|5000|"), StartsWith("200 "));
  EXPECT_THAT(client.ask("EPSV 9"), AllOf(StartsWith("522 "), HasSubstr("(1)")));
  EXPECT_THAT(client.ask("EPSV 2"), StartsWith("522 "));
  EXPECT_THAT(client.ask("EPSV x"), StartsWith("501 "));
  EXPECT_THAT(client.ask("EPSV 1"), AllOf(StartsWith("229 "), HasSubstr("(|||")));
  EXPECT_THAT(client.ask("EPSV ALL"), StartsWith("200 "));
  EXPECT_THAT(client.ask("PASV"), StartsWith("501 "));
  EXPECT_THAT(client.ask("PORT 127,0,0,1,200,1"), StartsWith("501 "));
  EXPECT_THAT(client.ask("EPRT |1|127.0.0.1|5000|"), StartsWith("501 "));
  EXPECT_THAT(client.ask("EPSV"), StartsWith("229 "));
}

TEST(FtpTorture, WithoutADataConnectionItSaysHowToGetOne) {
  const RunningFtp server;
  server.write("a", "1");
  FtpClient client{server};
  client.log_in();
  for (const auto* line : {"LIST", "NLST", "MLSD", "RETR a", "STOR b", "APPE b", "STOU"}) {
    EXPECT_THAT(client.ask(line), AllOf(StartsWith("425 "), HasSubstr("PASV"))) << line;
  }
}

TEST(FtpTorture, Parameters) {
  const RunningFtp server;
  server.write("a", "12345");
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("SIZE a"), StartsWith("550 "));  // TYPE A
  EXPECT_THAT(client.ask("TYPE A N"), StartsWith("200 "));
  EXPECT_THAT(client.ask("TYPE a"), StartsWith("200 "));
  EXPECT_THAT(client.ask("TYPE L 8"), StartsWith("200 "));
  EXPECT_THAT(client.ask("TYPE E"), StartsWith("504 "));
  EXPECT_THAT(client.ask("TYPE A C"), StartsWith("504 "));
  EXPECT_THAT(client.ask("TYPE X"), StartsWith("501 "));
  EXPECT_THAT(client.ask("MODE B"), StartsWith("504 "));
  EXPECT_THAT(client.ask("MODE S"), StartsWith("200 "));
  EXPECT_THAT(client.ask("STRU R"), StartsWith("504 "));
  EXPECT_THAT(client.ask("STRU F"), StartsWith("200 "));
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  EXPECT_THAT(client.ask("SIZE a"), "213 5");
  for (const auto* offset : {"-1", "abc", "99999999999999999999", "9223372036854775808", "1 2"}) {
    EXPECT_THAT(client.ask(std::string{"REST "} + offset), StartsWith("501 ")) << offset;
  }
  EXPECT_THAT(client.ask("REST 9223372036854775807"), StartsWith("350 "));
  EXPECT_THAT(client.ask("REST 0"), StartsWith("350 "));
  EXPECT_THAT(client.ask("ALLO 100"), StartsWith("202 "));
  EXPECT_THAT(client.ask("SMNT /"), StartsWith("502 "));
  EXPECT_THAT(client.ask("HOST x"), StartsWith("504 "));
  EXPECT_THAT(client.ask("CLNT x"), StartsWith("200 "));
  EXPECT_THAT(client.ask("ACCT x"), StartsWith("202 "));
  EXPECT_THAT(client.ask("RNTO b"), StartsWith("503 "));
  EXPECT_THAT(client.ask("MFMT 20261332000000 a"), StartsWith("501 "));
  EXPECT_THAT(client.ask("OPTS UTF8 OFF"), StartsWith("504 "));
  EXPECT_THAT(client.ask("OPTS XYZ"), StartsWith("501 "));
  EXPECT_THAT(client.ask("CWD"), StartsWith("250 "));
  EXPECT_THAT(client.ask("RETR"), StartsWith("501 "));
  EXPECT_THAT(client.ask("FEAT x"), StartsWith("501 "));
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("500 "));  // no certificate
  EXPECT_THAT(client.ask("PROT P"), StartsWith("503 "));
}

TEST(FtpTorture, RntoHasToFollowRnfrAtOnce) {
  const RunningFtp server;
  server.write("a", "1");
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("RNFR a"), StartsWith("350 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
  EXPECT_THAT(client.ask("RNTO b"), StartsWith("503 "));
  EXPECT_THAT(client.ask("RNFR a"), StartsWith("350 "));
  EXPECT_THAT(client.ask("RNTO b"), StartsWith("250 "));
  EXPECT_TRUE(server.has("b"));
}

TEST(FtpTorture, ReinBeginsAnew) {
  const RunningFtp server;
  FtpClient client{server};
  client.log_in();
  EXPECT_THAT(client.ask("USER ben"), StartsWith("503 "));
  EXPECT_THAT(client.ask("REIN"), StartsWith("220 "));
  EXPECT_THAT(client.ask("PWD"), StartsWith("530 "));
  client.log_in();
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/\""));
  EXPECT_THAT(client.ask("QUIT"), StartsWith("221 "));
  EXPECT_TRUE(client.is_at_end());
}

TEST(FtpTorture, ReinSetsEveryParameterBack) {
  const RunningFtp server;
  server.write("file", "0123456789");
  FtpClient client{server};
  client.log_in();
  for (const auto* line : {"TYPE I", "OPTS MLST size;", "EPSV ALL"}) EXPECT_THAT(client.ask(line), StartsWith("200 "));
  EXPECT_THAT(client.ask("REST 5"), StartsWith("350 "));
  EXPECT_THAT(client.ask("REIN"), StartsWith("220 "));
  client.log_in();
  EXPECT_THAT(client.ask("STAT"), HasSubstr("TYPE ASCII"));
  EXPECT_THAT(client.ask("MLST file"), HasSubstr(" type=file;size=10;modify="));
  EXPECT_EQ(client.get("RETR file"), "0123456789");
}

TEST(FtpTorture, FeatHasASpaceInFrontOfEachFeature) {
  const RunningFtp server;
  FtpClient client{server};
  EXPECT_EQ(client.ask("FEAT"),
            "211-Features:\n CLNT\n EPRT\n EPSV\n MDTM\n MFMT\n MLST type*;size*;modify*;perm*;UNIX.mode*;UNIX.owner*;"
            "UNIX.group*;unique*;\n REST STREAM\n SIZE\n TVFS\n UTF8\n211 End");
}

TEST(FtpTorture, HelpKnowsEveryCommand) {
  const RunningFtp server;
  FtpClient client{server};
  const auto help = client.ask("HELP");
  for (const auto* verb :
       {"USER", "PASS", "ACCT", "REIN", "QUIT", "CWD",  "CDUP", "PWD",  "MKD",  "RMD",  "DELE", "RNFR", "RNTO",
        "LIST", "NLST", "STAT", "RETR", "STOR", "APPE", "STOU", "REST", "ALLO", "TYPE", "MODE", "STRU", "PASV",
        "PORT", "ABOR", "NOOP", "SYST", "HELP", "SITE", "XCUP", "XCWD", "XMKD", "XPWD", "XRMD", "FEAT", "OPTS",
        "EPSV", "EPRT", "SIZE", "MDTM", "MLSD", "MLST", "MFMT", "CLNT", "HOST", "AUTH", "PBSZ", "PROT"}) {
    EXPECT_THAT(help, HasSubstr(verb));
    EXPECT_THAT(client.ask(std::string{"HELP "} + verb), AllOf(StartsWith("214 "), HasSubstr(verb)));
  }
}

}  // namespace
}  // namespace labnet::ftp_server
