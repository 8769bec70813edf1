// What strangers may try: commands in front of TLS, data connections to or from somebody else, ends that are none.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What a program is started with that gets these sockets.
/// names  with a colon between each two
test::How handing_in(const std::vector<const TcpListener*>& sockets, const std::string& names) {
  test::How how;
  how.prepare = [=] {
    constexpr int first_handed_in = 3, out_of_the_way = 20;
    for (std::size_t i = 0; i < sockets.size(); ++i) sockets[i]->copy_to(out_of_the_way + static_cast<int>(i));
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      ::dup2(out_of_the_way + static_cast<int>(i), first_handed_in + static_cast<int>(i));
    }
    ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  };
  return how;
}

class FtpSecurity : public testing::Test {
 protected:
  std::unique_ptr<RunningFtp> start_with(const std::vector<const TcpListener*>& sockets,
                                         const std::string& names) const {
    return RunningFtp::with_config(fmt::format("tls: {{ certificate: {}, key: {} }}\n", pair_.certificate, pair_.key),
                                   handing_in(sockets, names));
  }
  /// tls_settings  beside the certificate, in braces
  /// yaml          further settings
  std::unique_ptr<RunningFtp> start(const std::string& tls_settings = "", const std::string& yaml = "") const {
    const auto file =
        folder_.write("ftp.yaml", fmt::format("root: .\ntls: {{ certificate: {}, key: {}{}{} }}\n{}", pair_.certificate,
                                              pair_.key, tls_settings.empty() ? "" : ", ", tls_settings, yaml));
    return std::make_unique<RunningFtp>(std::vector<std::string>{"-c", file, "--listen", "ftps://127.0.0.1:0"});
  }

 private:
  test::TemporaryFolder folder_;
  Certificate pair_ = make_certificate(folder_);
};

TEST_F(FtpSecurity, CommandsBehindAuthInClearAreThrownAway) {
  const auto server = start();
  FtpClient client{*server};
  client.send("AUTH TLS\r\nUSER ann\r\nPASS secret\r\nMKD injected\r\n");
  EXPECT_THAT(client.reply(), StartsWith("234 "));
  ASSERT_TRUE(client.connection().begin_tls());
  EXPECT_THAT(client.ask("PASS secret"), StartsWith("503 "));  // nobody has said USER
  EXPECT_THAT(client.ask("PWD"), StartsWith("530 "));
  EXPECT_FALSE(server->has("injected"));
}

TEST_F(FtpSecurity, CommandsThatWaitedForATransferAreThrownAwayByAuth) {
  const auto server = start();
  server->write("large", std::string(20'000'000, 'x'));
  FtpClient client{*server};
  client.log_in();
  const auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("AUTH TLS\r\nMKD injected\r\n");
  EXPECT_EQ(data.receive_all().size(), 20'000'000u);
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.reply(), StartsWith("234 "));
  ASSERT_TRUE(client.connection().begin_tls());
  EXPECT_THAT(client.ask("PWD"), StartsWith("530 "));
  EXPECT_FALSE(server->has("injected"));
}

TEST_F(FtpSecurity, WithoutACertificateThereIsNoAuth) {
  const RunningFtp server;
  FtpClient client{server};
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("500 "));
  EXPECT_THAT(client.ask("PBSZ 0"), StartsWith("503 "));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("503 "));
}

TEST_F(FtpSecurity, AuthPbszAndProtComeInOrder) {
  const auto server = start();
  FtpClient client{*server};
  EXPECT_THAT(client.ask("PBSZ 0"), StartsWith("503 "));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("503 "));
  EXPECT_THAT(client.ask("AUTH KERBEROS_V4"), StartsWith("504 "));
  client.secure();
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("503 "));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("503 "));
  EXPECT_THAT(client.ask("PBSZ 0"), StartsWith("200 PBSZ=0"));
  EXPECT_THAT(client.ask("PROT S"), StartsWith("536 "));
  EXPECT_THAT(client.ask("PROT E"), StartsWith("536 "));
  EXPECT_THAT(client.ask("PROT X"), StartsWith("504 "));
  EXPECT_THAT(client.ask("PROT C"), StartsWith("200 "));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("200 "));
  EXPECT_THAT(client.ask("CCC"), StartsWith("502 "));
}

TEST_F(FtpSecurity, ProtSaysHowDataTravels) {
  const auto server = start();
  server->write("file", "in clear, then not");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  EXPECT_EQ(client.get("RETR file"), "in clear, then not");  // PROT C is the default (RFC 4217, section 9)
  client.protect_data();
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  ASSERT_TRUE(data.begin_tls(&client.connection()));
  EXPECT_TRUE(data.has_resumed());
  EXPECT_EQ(data.receive_all(), "in clear, then not");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.ask("PROT C"), StartsWith("200 "));
  EXPECT_EQ(client.get("RETR file"), "in clear, then not");
}

TEST_F(FtpSecurity, AuthForgetsWhoHadLoggedIn) {
  const auto server = start();
  FtpClient client{*server};
  client.log_in();
  client.secure();
  EXPECT_THAT(client.ask("PWD"), StartsWith("530 "));
  client.log_in();
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 "));
}

TEST_F(FtpSecurity, AuthForgetsWhatTheFormerUserHadBegun) {
  const auto server = start();
  server->write("folder/file", "x");
  FtpClient client{*server};
  client.log_in();
  EXPECT_THAT(client.ask("CWD folder"), StartsWith("250 "));
  EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  EXPECT_THAT(client.ask("RNFR file"), StartsWith("350 "));
  client.secure();
  client.log_in();
  EXPECT_THAT(client.ask("RNTO stolen"), StartsWith("503 "));
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/\""));
}

/// What was said in plain text may be somebody else's words.
TEST_F(FtpSecurity, NothingThatWasSaidBeforeAuthLivesOn) {
  const auto server = start();
  server->write("folder/file", "0123456789");
  FtpClient client{*server};
  client.log_in();
  for (const auto* line : {"CWD folder", "TYPE I", "OPTS MLST size;", "EPSV ALL", "REST 5"}) {
    EXPECT_THAT(client.ask(line), StartsWith(line[0] == 'C' ? "250 " : line[0] == 'R' ? "350 " : "200 ")) << line;
  }
  client.secure();
  client.log_in();
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 \"/\""));
  EXPECT_THAT(client.ask("STAT"), HasSubstr("TYPE ASCII"));
  EXPECT_THAT(client.ask("MLST folder/file"), HasSubstr(" type=file;size=10;modify="));
  EXPECT_EQ(client.get("RETR folder/file"), "0123456789");  // by PASV, and all of it
}

TEST_F(FtpSecurity, AuthLeavesTimeToLogInAgain) {
  const auto server = start("", "limits: { login_timeout: 1s }\n");
  FtpClient client{*server};
  client.log_in();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{1'100};
  while (std::chrono::steady_clock::now() < until) {
    client.ask("NOOP");
    test::pause();
  }
  client.secure();
  client.log_in();
}

TEST_F(FtpSecurity, ReinForgetsHowDataWasToTravelAndStaysSecure) {
  const auto server = start();
  server->write("file", "x");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  EXPECT_THAT(client.ask("REIN"), StartsWith("220 "));
  client.log_in();
  EXPECT_THAT(client.ask("STAT"), HasSubstr("TLS on, PROT C"));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("503 "));  // PBSZ first
  EXPECT_EQ(client.get("RETR file"), "x");
}

TEST_F(FtpSecurity, ReinAfterAuthSslLeavesDataProtected) {
  const auto server = start();
  FtpClient client{*server};
  EXPECT_THAT(client.ask("AUTH SSL"), StartsWith("234 "));
  ASSERT_TRUE(client.connection().begin_tls());
  client.log_in();
  EXPECT_THAT(client.ask("REIN"), StartsWith("220 "));
  client.log_in();
  EXPECT_THAT(client.ask("STAT"), HasSubstr("TLS on, PROT P"));
}

TEST_F(FtpSecurity, WhatIsRequiredIsNotDoneInClear) {
  const auto server = start("required: true");
  server->write("file", "x");
  FtpClient client{*server};
  EXPECT_THAT(client.ask("USER ann"), StartsWith("530 "));
  EXPECT_THAT(client.ask("PASS secret"), StartsWith("503 "));
  client.secure();
  client.log_in();
  client.passive_port();
  EXPECT_THAT(client.ask("RETR file"), StartsWith("521 "));
  EXPECT_THAT(client.ask("PBSZ 0"), StartsWith("200 "));
  EXPECT_THAT(client.ask("PROT C"), StartsWith("534 "));
  EXPECT_THAT(client.ask("PROT P"), StartsWith("200 "));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  ASSERT_TRUE(data.begin_tls(&client.connection()));
  EXPECT_EQ(data.receive_all(), "x");
}

TEST_F(FtpSecurity, ImplicitTlsBeginsWithTheFirstByte) {
  const auto server = start();
  TcpClient connection{server->implicit_tls_port()};
  ASSERT_TRUE(connection.begin_tls());
  FtpClient client{std::move(connection)};
  EXPECT_THAT(client.greeting(), StartsWith("220 "));
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("503 "));
  client.log_in();
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 "));
}

TEST_F(FtpSecurity, OneSessionTooManyIsToldNothingInFrontOfTls) {
  const auto server = start("", "limits: { sessions_max: 1 }\n");
  const FtpClient first{*server};
  EXPECT_EQ(TcpClient{server->implicit_tls_port()}.receive_all(), "");
  EXPECT_THAT(FtpClient{*server}.greeting(), StartsWith("421 "));
}

TEST_F(FtpSecurity, ASocketThatIsHandedInAsFtpsIsForImplicitTls) {
  const TcpListener first, second;  // whoever starts the server listens for it
  const auto server = start_with({&first, &second}, "ftps:ftp");
  EXPECT_EQ(server->implicit_tls_port(), first.port());
  TcpClient connection{first.port()};
  ASSERT_TRUE(connection.begin_tls());
  FtpClient secure{std::move(connection)};
  EXPECT_THAT(secure.greeting(), StartsWith("220 "));
  secure.log_in();
  FtpClient plain{second.port()};
  EXPECT_THAT(plain.greeting(), StartsWith("220 "));
  plain.secure();
  plain.log_in();
}

TEST_F(FtpSecurity, WhoComesByIpv4ToASocketForBothFamiliesHasDataConnections) {
  const auto socket = TcpListener::for_both_families();
  const auto server = RunningFtp::with_config("", handing_in({&socket}, "ftp"));
  server->write("file", "its text");
  FtpClient client{socket.port()};
  client.log_in();
  EXPECT_EQ(client.get("RETR file"), "its text");  // by PASV
  EXPECT_THAT(client.ask("EPSV 2"), StartsWith("522 "));
  EXPECT_THAT(client.ask("EPSV 1"), StartsWith("229 "));
  const TcpListener own;
  EXPECT_THAT(client.ask(fmt::format("EPRT |1|127.0.0.1|{}|", own.port())), StartsWith("200 "));
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  EXPECT_EQ(own.accept().receive_all(), "its text");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpSecurity, ASocketThatIsHandedInAsFtpsIsNobodysWithoutACertificate) {
  const TcpListener socket;
  const auto server = RunningFtp::with_config("", handing_in({&socket}, "ftps"));
  EXPECT_THAT(server->wait_for_log("without a certificate"), HasSubstr(" warning "));
  EXPECT_EQ(server->implicit_tls_port(), 0);
  const TcpClient connection{socket.port()};
  const auto accepted = socket.accept();  // by the test, as nobody else does
  EXPECT_FALSE(connection.has_received());
}

TEST_F(FtpSecurity, AnUploadWithoutTheEndOfTlsIsNotTakenForWhole) {
  const auto server = start();
  server->write("file", "what was there");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  for (const auto* type : {"TYPE I", "TYPE A"}) {
    client.ask(type);
    for (const auto* name : {"file", "new"}) {
      auto data = client.open_passive();
      EXPECT_THAT(client.ask(std::string{"STOR "} + name), StartsWith("150 "));
      ASSERT_TRUE(data.begin_tls(&client.connection()));
      data.send("only the first half");
      data.end_sending();  // FIN, which anybody on the way can send
      EXPECT_THAT(client.reply(), StartsWith("426 ")) << type;
    }
    EXPECT_EQ(server->read("file"), "what was there");
    EXPECT_FALSE(server->has("new"));
  }
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  ASSERT_TRUE(data.begin_tls(&client.connection()));
  data.send("all of it");
  data.end_tls();
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_EQ(server->read("file"), "all of it");
}

/// Both in one segment, and no FIN: the client waits for the server's close_notify first, as Python's ftplib does.
TEST_F(FtpSecurity, AnEndOfTlsThatComesTogetherWithTheDataIsNoticed) {
  const auto server = start();
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  for (const auto* type : {"TYPE I", "TYPE A"}) {
    client.ask(type);
    auto data = client.open_passive();
    EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
    ASSERT_TRUE(data.begin_tls(&client.connection()));
    data.send_with_close_notify("all of it");
    EXPECT_THAT(client.reply(), StartsWith("226 ")) << type;
    EXPECT_EQ(server->read("file"), "all of it");
  }
}

TEST_F(FtpSecurity, OnlyWhoResumesTheSessionGetsDataIfThatIsRequired) {
  const auto server = start("session_reuse: require");
  server->write("secret", "for ann");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR secret"), StartsWith("150 "));
  EXPECT_TRUE(data.begin_tls());  // a session of its own
  EXPECT_EQ(data.receive_all(), "");
  EXPECT_THAT(client.reply(), StartsWith("522 "));
  data = client.open_passive();
  EXPECT_THAT(client.ask("STOR new"), StartsWith("150 "));
  EXPECT_TRUE(data.begin_tls());
  data.try_send("forged");
  EXPECT_THAT(client.reply(), StartsWith("522 "));
  EXPECT_FALSE(server->has("new"));
  data = client.open_passive();
  EXPECT_THAT(client.ask("RETR secret"), StartsWith("150 "));
  ASSERT_TRUE(data.begin_tls(&client.connection()));
  EXPECT_EQ(data.receive_all(), "for ann");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpSecurity, ASessionOfSomebodyElseIsNotThatOfTheControlConnection) {
  const auto server = start("session_reuse: require");
  server->write("secret", "for ann");
  FtpClient client{*server};
  FtpClient thief{*server};
  for (auto* one : {&client, &thief}) {
    one->secure();
    one->log_in();
    one->protect_data();
  }
  auto stolen = client.open_passive();
  EXPECT_THAT(client.ask("RETR secret"), StartsWith("150 "));
  EXPECT_TRUE(stolen.begin_tls(&thief.connection()));
  EXPECT_EQ(stolen.receive_all(), "");
  EXPECT_THAT(client.reply(), StartsWith("522 "));
}

/// A ticket of TLS 1.3 serves once (RFC 8446, appendix C.4), and two come with the handshake.
TEST_F(FtpSecurity, EachDataConnectionHasATicketOfItsOwn) {
  const auto server = start("session_reuse: require");
  server->write("file", "x");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  const auto first = client.connection().ticket();
  EXPECT_FALSE(first.empty());
  auto last = first;
  for (int i = 0; i < 5; ++i) {
    auto data = client.open_passive();
    EXPECT_TRUE(client.connection().ticket() != last) << i;
    last = client.connection().ticket();
    EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
    ASSERT_TRUE(data.begin_tls(&client.connection()));
    EXPECT_TRUE(data.has_resumed());
    EXPECT_EQ(data.receive_all(), "x");
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
}

TEST_F(FtpSecurity, AForeignerIsTurnedAwayBeforeTheHandshake) {
  const auto server = start();
  server->write("secret", "for ann");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  const auto port = client.passive_port();
  TcpClient thief{port, 2};
  client.send("RETR secret\r\n");
  EXPECT_FALSE(thief.begin_tls(&client.connection()));
  server->wait_for_log("stranger=127.0.0.2");
  TcpClient own{port};
  EXPECT_THAT(client.reply(), StartsWith("150 "));
  ASSERT_TRUE(own.begin_tls(&client.connection()));
  EXPECT_EQ(own.receive_all(), "for ann");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpSecurity, AHandshakeThatNeverComesEndsInTime) {
  const auto server = start("", "limits: { login_timeout: 300ms, stall_timeout: 300ms }\n");
  FtpClient client{*server};
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("234 "));
  EXPECT_TRUE(client.is_at_end());
  server->wait_for_log("TLS failed");
  EXPECT_TRUE(TcpClient{server->implicit_tls_port()}.is_at_end());
}

TEST_F(FtpSecurity, AHandshakeOfADataConnectionThatNeverComesEndsInTime) {
  const auto server = start("", "limits: { stall_timeout: 300ms }\n");
  server->write("file", "x");
  FtpClient client{*server};
  client.secure();
  client.log_in();
  client.protect_data();
  const auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  EXPECT_THAT(client.reply(), StartsWith("425 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
}

TEST_F(FtpSecurity, WhatIsNoTlsEndsTheSession) {
  const auto server = start();
  FtpClient client{*server};
  EXPECT_THAT(client.ask("AUTH TLS"), StartsWith("234 "));
  client.send("USER ann\r\n");
  server->wait_for_log("TLS failed");
  client.connection().receive_all();
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(FtpSecurity, StrangersDoNotKeepTheClientFromItsPort) {
  constexpr int strangers = 20;  // more than wait at a port
  RunningFtp server;
  server.write("file", "for ann");
  FtpClient client{server};
  client.log_in();
  const auto port = client.passive_port();
  for (int i = 0; i < strangers; ++i) EXPECT_TRUE((TcpClient{port, 2}.is_at_end())) << i;
  const TcpClient own{port};
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  EXPECT_EQ(own.receive_all(), "for ann");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpSecurity, NobodyElseIsReachedByPort) {
  const RunningFtp server;
  server.write("file", "bounced");
  const TcpListener victim;
  FtpClient client{server.port(), 2};  // 127.0.0.2, and the victim has 127.0.0.1
  client.log_in();
  const auto port = victim.port();
  for (const auto& line : {fmt::format("PORT 127,0,0,1,{},{}", port / 256, port % 256),
                           fmt::format("EPRT |1|127.0.0.1|{}|", port), fmt::format("EPRT |2|::1|{}|", port),
                           fmt::format("EPRT |2|::ffff:127.0.0.1|{}|", port), std::string{"PORT 127,0,0,2,0,25"},
                           std::string{"EPRT |1|127.0.0.2|1023|"}, std::string{"PORT 0,0,0,0,200,1"}}) {
    EXPECT_THAT(client.ask(line), StartsWith("501 ")) << line;
    EXPECT_THAT(client.ask("RETR file"), StartsWith("425 ")) << line;
  }
}

TEST_F(FtpSecurity, ActiveModeCanBeSwitchedOff) {
  const auto server = start("", "active: false\n");
  FtpClient client{*server};
  client.log_in();
  EXPECT_THAT(client.ask("PORT 127,0,0,1,200,1"), StartsWith("502 "));
  EXPECT_THAT(client.ask("EPRT |1|127.0.0.1|51201|"), StartsWith("502 "));
}

}  // namespace
}  // namespace labnet::ftp_server
