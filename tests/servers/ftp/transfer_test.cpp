// Files and listings on their way, whole or cut off.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string bytes_of(std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

class FtpTransfer : public testing::Test {
 protected:
  RunningFtp server;
  FtpClient client{server};

  void SetUp() override {
    client.log_in();
    EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
  }
};

TEST_F(FtpTransfer, MovesFilesOfAllSizesBothWays) {
  for (const std::size_t size : {0, 1, 65'535, 65'536, 65'537, 5'000'000}) {
    const auto text = bytes_of(size);
    EXPECT_THAT(client.put("STOR file", text), StartsWith("226 ")) << size;
    EXPECT_TRUE(server.read("file") == text) << size;
    EXPECT_TRUE(client.get("RETR file") == text) << size;
  }
  EXPECT_FALSE(server.has(".file.part"));
}

TEST_F(FtpTransfer, TellsTheSizeInTheReply150) {
  server.write("1.png", "12345");
  const auto data = client.open_passive();
  EXPECT_EQ(client.ask("RETR 1.png"), "150 Opening BINARY mode data connection for 1.png (5 bytes)");
  EXPECT_EQ(data.receive_all(), "12345");
  EXPECT_EQ(client.reply(), "226 Transfer complete");
}

TEST_F(FtpTransfer, TakesNamesWithSpacesAndOtherLetters) {
  const std::string name = "Adivinar el país.pptx";
  EXPECT_THAT(client.put("STOR " + name, "x"), StartsWith("226 "));
  EXPECT_EQ(server.read(name), "x");
  EXPECT_THAT(client.get("MLSD"), HasSubstr("; " + name + "\r\n"));
  EXPECT_THAT(client.put("STOR  first is a space", "y"), StartsWith("226 "));
  EXPECT_EQ(server.read(" first is a space"), "y");
}

TEST_F(FtpTransfer, GoesOnFromAnOffset) {
  server.write("file", "0123456789");
  EXPECT_THAT(client.ask("REST 4"), StartsWith("350 "));
  EXPECT_EQ(client.get("RETR file"), "456789");
  EXPECT_EQ(client.get("RETR file"), "0123456789");  // for one transfer only
  EXPECT_THAT(client.ask("REST 10"), StartsWith("350 "));
  EXPECT_EQ(client.get("RETR file"), "");
  client.passive_port();
  EXPECT_THAT(client.ask("REST 11"), StartsWith("350 "));
  EXPECT_THAT(client.ask("RETR file"), StartsWith("554 "));
  EXPECT_THAT(client.ask("REST 4"), StartsWith("350 "));
  EXPECT_THAT(client.put("STOR file", "abc"), StartsWith("226 "));
  EXPECT_EQ(server.read("file"), "0123abc");
  EXPECT_THAT(client.put("APPE file", "def"), StartsWith("226 "));
  EXPECT_EQ(server.read("file"), "0123abcdef");
}

TEST_F(FtpTransfer, StouTakesANameThatNobodyHas) {
  for (const auto* name : {"file", "file.1", "file.2"}) {
    auto data = client.open_passive();
    EXPECT_EQ(client.ask("STOU"), fmt::format("150 FILE: {}", name));
    data.send(name);
    data.close();
    EXPECT_THAT(client.reply(), StartsWith("226 "));
    EXPECT_EQ(server.read(name), name);
  }
}

TEST_F(FtpTransfer, StouTakesANameThatNobodyElseIsAboutToTake) {
  auto stored = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  FtpClient other{server}, third{server};
  std::vector<TcpClient> data;
  int number = 0;
  for (auto* one : {&other, &third}) {
    one->log_in();
    data.push_back(one->open_passive());
    EXPECT_EQ(one->ask("STOU"), fmt::format("150 FILE: file.{}", ++number));
  }
  stored.close();
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  for (auto* one : {&other, &third}) {
    data.front().send("unique");
    data.erase(data.begin());
    EXPECT_THAT(one->reply(), StartsWith("226 "));
  }
  EXPECT_EQ(server.read("file"), "");
  EXPECT_EQ(server.read("file.1") + server.read("file.2"), "uniqueunique");
}

TEST_F(FtpTransfer, StouIsNothingToGoOnWith) {
  EXPECT_THAT(client.ask("REST 5"), StartsWith("350 "));
  EXPECT_THAT(client.put("STOU", "whole"), StartsWith("226 "));
  EXPECT_EQ(server.read("file"), "whole");
}

TEST_F(FtpTransfer, AnOffsetOfOneTypeIsNoneOfTheOther) {
  server.write("file", "0123456789");
  for (const auto* line : {"RETR file", "STOR file"}) {
    EXPECT_THAT(client.ask("TYPE I"), StartsWith("200 "));
    EXPECT_THAT(client.ask("REST 5"), StartsWith("350 "));
    EXPECT_THAT(client.ask("TYPE A"), StartsWith("200 "));
    client.passive_port();
    EXPECT_THAT(client.ask(line), StartsWith("554 ")) << line;
    EXPECT_EQ(client.get("RETR file"), "0123456789");  // that was for one transfer
  }
}

TEST_F(FtpTransfer, AFileThatBecomesShorterIsAFaultOfThisTransferAlone) {
  const auto path = server.write("shrinking", "");
  std::filesystem::resize_file(path, 1'000'000'000);
  const auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR shrinking"), StartsWith("150 "));
  std::filesystem::resize_file(path, 10);
  data.receive_all();
  EXPECT_THAT(client.reply(), StartsWith("451 "));
}

TEST_F(FtpTransfer, AnUploadWhoseFileIsTakenAwayIsAFaultOfThisTransferAlone) {
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  std::filesystem::remove(server.root() + "/.file.part");
  data.send("x");
  data.close();
  EXPECT_THAT(client.reply(), StartsWith("451 "));
}

TEST_F(FtpTransfer, AsciiChangesLineEnds) {
  server.write("text", "one\ntwo\n");
  EXPECT_THAT(client.ask("TYPE A"), StartsWith("200 "));
  EXPECT_EQ(client.get("RETR text"), "one\r\ntwo\r\n");
  EXPECT_THAT(client.put("STOR up", "one\r\ntwo\r\n"), StartsWith("226 "));
  EXPECT_EQ(server.read("up"), "one\ntwo\n");
  EXPECT_THAT(client.ask("REST 3"), StartsWith("501 "));
}

TEST_F(FtpTransfer, ActiveModeConnectsToTheClient) {
  server.write("file", "active");
  const TcpListener listener;
  EXPECT_THAT(client.ask(fmt::format("PORT 127,0,0,1,{},{}", listener.port() / 256, listener.port() % 256)),
              StartsWith("200 "));
  EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
  EXPECT_EQ(listener.accept().receive_all(), "active");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.ask(fmt::format("EPRT |1|127.0.0.1|{}|", listener.port())), StartsWith("200 "));
  EXPECT_THAT(client.ask("NLST"), StartsWith("150 "));
  EXPECT_EQ(listener.accept().receive_all(), "file\r\n");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpTransfer, ActiveModeSaysWhyNobodyCanBeReached) {
  server.write("file", "x");
  const auto port = TcpListener{}.port();  // nobody listens there any more
  EXPECT_THAT(client.ask(fmt::format("PORT 127,0,0,1,{},{}", port / 256, port % 256)), StartsWith("200 "));
  EXPECT_THAT(client.ask("RETR file"),
              AllOf(StartsWith("425 "), HasSubstr(fmt::format("127.0.0.1:{}", port)), HasSubstr("passive mode")));
}

TEST_F(FtpTransfer, AnUploadThatIsCutOffLeavesTheFileAsItWas) {
  server.write("file", "what was there");
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  data.send(std::string(100'000, 'n'));
  EXPECT_TRUE(test::eventually([&] { return server.has(".file.part"); }));
  data.reset();
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_EQ(server.read("file"), "what was there");
}

TEST_F(FtpTransfer, AnUploadThatIsCutOffMayGoOn) {
  const auto text = bytes_of(300'000);
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  data.send(std::string_view{text}.substr(0, 200'000));
  EXPECT_TRUE(test::eventually([&] {
    std::error_code ignored;
    return std::filesystem::file_size(server.root() + "/.file.part", ignored) == 200'000;
  }));
  data.reset();
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_FALSE(server.has("file"));
  EXPECT_THAT(client.get("MLSD"), testing::Not(HasSubstr("part")));
  EXPECT_EQ(client.ask("SIZE file"), "213 200000");
  EXPECT_THAT(client.put("APPE file", std::string_view{text}.substr(200'000)), StartsWith("226 "));
  EXPECT_TRUE(server.read("file") == text);
  EXPECT_FALSE(server.has(".file.part"));
}

TEST_F(FtpTransfer, AKilledServerLeavesNoDamagedFile) {
  server.write("file", "what was there");
  const auto text = bytes_of(300'000);
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  data.send(std::string_view{text}.substr(0, 200'000));
  EXPECT_TRUE(test::eventually([&] {
    std::error_code ignored;
    return std::filesystem::file_size(server.root() + "/.file.part", ignored) == 200'000;
  }));
  server.kill_and_restart();
  EXPECT_EQ(server.read("file"), "what was there");
  FtpClient again{server};
  again.log_in();
  again.ask("TYPE I");
  EXPECT_THAT(again.ask("REST 200000"), StartsWith("350 "));
  EXPECT_THAT(again.put("STOR file", std::string_view{text}.substr(200'000)), StartsWith("226 "));
  EXPECT_TRUE(server.read("file") == text);
}

TEST_F(FtpTransfer, AborEndsTheCopyOfAFileToGoOnFrom) {
  const auto path = server.write("large", "");
  std::filesystem::resize_file(path, 1'000'000'000);
  client.passive_port();
  client.send("APPE large\r\nABOR\r\n");
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_FALSE(server.has(".large.part"));
  EXPECT_THAT(client.put("APPE other", "x"), StartsWith("226 "));
}

TEST_F(FtpTransfer, AClientThatVanishesEndsTheCopyOfAFileToGoOnFrom) {
  const auto path = server.write("large", "");
  std::filesystem::resize_file(path, 1'000'000'000);
  {
    FtpClient other{server};
    other.log_in();
    other.passive_port();
    other.send("APPE large\r\n");
    EXPECT_TRUE(test::eventually([&] { return server.has(".large.part"); }));
  }
  EXPECT_TRUE(test::eventually([&] { return !server.has(".large.part"); }));
}

TEST(FtpFsync, ComesBeforeTheReply226IfItIsOn) {
  const test::How without_fsync{.prepare = test::let_fsync_fail};
  for (const bool is_on : {false, true}) {
    const auto server = RunningFtp::with_config(fmt::format("upload: {{ fsync: {} }}\n", is_on), without_fsync);
    FtpClient client{*server};
    client.log_in();
    EXPECT_THAT(client.put("STOR file", "x"), StartsWith(is_on ? "451 " : "226 "));
    EXPECT_EQ(server->has("file"), !is_on);
  }
}

TEST_F(FtpTransfer, AClientThatVanishesLeavesNoDescriptor) {
  const auto before = server.descriptors();
  {
    FtpClient other{server};
    other.log_in();
    auto data = other.open_passive();
    EXPECT_THAT(other.ask("STOR file"), StartsWith("150 "));
    data.send("half");
    other.connection().reset();
    data.reset();
  }
  EXPECT_TRUE(test::eventually([&] { return server.descriptors() <= before; })) << server.descriptors() - before;
}

TEST_F(FtpTransfer, AborEndsADownload) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("ABOR\r\n");
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
}

TEST_F(FtpTransfer, EveryAborHasItsReply) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("ABOR\r\nABOR\r\nABOR\r\nNOOP\r\n");
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  // The transfer may have ended before the last of them: then there is nothing left to abort.
  for (int i = 0; i < 3; ++i) EXPECT_THAT(client.reply(), testing::AnyOf(StartsWith("226 "), StartsWith("225 "))) << i;
  EXPECT_THAT(client.reply(), StartsWith("200 "));
  EXPECT_THAT(client.ask("PWD"), StartsWith("257 "));
}

TEST_F(FtpTransfer, AborEndsTheWaitForADataConnection) {
  server.write("file", "x");
  client.passive_port();
  client.send("RETR file\r\n");
  client.send("ABOR\r\n");
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.ask("NOOP"), StartsWith("200 "));
}

TEST_F(FtpTransfer, AborEndsAConnectOfActiveModeThatNobodyAnswers) {
  server.write("file", "x");
  const auto silent = TcpListener::that_is_silent();
  for (const bool waits_before : {false, true}) {
    EXPECT_THAT(client.ask(fmt::format("EPRT |1|127.0.0.1|{}|", silent.port())), StartsWith("200 "));
    client.send("RETR file\r\n");
    if (waits_before) {
      EXPECT_THAT(client.ask("STAT"), StartsWith("213 "));
    }
    client.send("ABOR\r\n");
    EXPECT_THAT(client.reply(), StartsWith("426 "));
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
  EXPECT_EQ(client.get("RETR file"), "x");
}

TEST_F(FtpTransfer, AClientThatVanishesEndsAConnectOfActiveMode) {
  server.write("file", "x");
  const auto silent = TcpListener::that_is_silent();
  const auto before = server.descriptors();
  {
    FtpClient other{server};
    other.log_in();
    EXPECT_THAT(other.ask(fmt::format("EPRT |1|127.0.0.1|{}|", silent.port())), StartsWith("200 "));
    other.send("RETR file\r\n");
    EXPECT_THAT(other.ask("STAT"), StartsWith("213 "));
  }
  EXPECT_TRUE(test::eventually([&] { return server.descriptors() <= before; }));
}

TEST_F(FtpTransfer, StatTellsHowFarATransferIs) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  EXPECT_THAT(client.ask("STAT"), AllOf(StartsWith("213 "), HasSubstr("RETR /large")));
  EXPECT_EQ(data.receive_all().size(), 20'000'000u);
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.ask("STAT"), StartsWith("211-"));
}

TEST_F(FtpTransfer, CommandsThatComeMeanwhileWait) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("NOOP\r\nPWD\r\nQUIT\r\n");
  EXPECT_EQ(data.receive_all().size(), 20'000'000u);
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.reply(), StartsWith("200 "));
  EXPECT_THAT(client.reply(), StartsWith("257 "));
  EXPECT_THAT(client.reply(), StartsWith("221 "));
  EXPECT_TRUE(client.is_at_end());
}

/// RFC 959, section 4.1.1: the connection stays for the reply, and is closed then.
TEST_F(FtpTransfer, QuitIsAnsweredEvenIfTheClientSaysNothingMore) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("QUIT\r\n");
  client.connection().end_sending();
  EXPECT_EQ(data.receive_all().size(), 20'000'000u);
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(client.reply(), StartsWith("221 "));
  EXPECT_TRUE(client.is_at_end());
}

/// RFC 959, section 4.1.1: as ABOR and QUIT.
TEST_F(FtpTransfer, WhoSaysNothingMoreAndHasNotSaidQuitGivesUp) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.connection().end_sending();
  EXPECT_LT(data.receive_all().size(), 20'000'000u);
}

TEST_F(FtpTransfer, ConnectionsThatTheClientKeepsDoNotPileUp) {
  constexpr std::size_t transfers = 20;
  server.write("file", "x");
  const auto before = server.descriptors();
  std::vector<TcpClient> kept;
  for (std::size_t i = 0; i < transfers; ++i) {
    kept.push_back(client.open_passive());
    EXPECT_THAT(client.ask("RETR file"), StartsWith("150 "));
    EXPECT_EQ(kept.back().receive_all(), "x");
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
  EXPECT_LE(server.descriptors(), before + 2);
}

TEST_F(FtpTransfer, AReplyToALineThatIsTooLongKeepsItsPlace) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  client.send("NOOP\r\n" + std::string(5'000, 'x') + "\r\nPWD\r\n");
  EXPECT_THAT(client.ask("STAT"), StartsWith("213 "));  // that is answered at once: all before it has arrived
  EXPECT_EQ(data.receive_all().size(), 20'000'000u);
  for (const auto* code : {"226 ", "200 ", "500 ", "257 "}) EXPECT_THAT(client.reply(), StartsWith(code));
}

TEST_F(FtpTransfer, MoreCommandsThanMayWaitEndTheSession) {
  server.write("large", std::string(20'000'000, 'x'));
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  std::string many;
  for (int i = 0; i < 33; ++i) many += "NOOP\r\n";  // one more than commands_waiting_max
  client.send(many);
  EXPECT_THAT(client.reply(), StartsWith("421 "));
}

TEST_F(FtpTransfer, SendsDataToTheClientAlone) {
  server.write("secret", "for ann");
  const auto port = client.passive_port();
  const TcpClient thief{port, 2};  // 127.0.0.2
  client.send("RETR secret\r\n");
  EXPECT_TRUE(thief.is_at_end());
  server.wait_for_log("stranger=127.0.0.2");
  const TcpClient own{port};
  EXPECT_THAT(client.reply(), StartsWith("150 "));
  EXPECT_EQ(own.receive_all(), "for ann");
  EXPECT_THAT(client.reply(), StartsWith("226 "));
}

TEST_F(FtpTransfer, ManyPasvWithoutAConnectionLeaveOneSocket) {
  client.passive_port();
  const auto before = server.descriptors();
  for (int i = 0; i < 300; ++i) client.passive_port();
  EXPECT_EQ(server.descriptors(), before);
}

TEST_F(FtpTransfer, OneFileIsReceivedOnceAtATime) {
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  FtpClient other{server};
  other.log_in();
  EXPECT_THAT(other.put("STOR file", "other"), StartsWith("450 "));
  data.send("first");
  data.close();
  EXPECT_THAT(client.reply(), StartsWith("226 "));
  EXPECT_THAT(other.put("STOR file", "other"), StartsWith("226 "));
  EXPECT_EQ(server.read("file"), "other");
}

TEST(FtpTransferLimits, SayWhenNobodyConnectsInTime) {
  const auto server = RunningFtp::with_config("limits: { connect_timeout: 100ms }\n");
  server->write("file", "x");
  FtpClient client{*server};
  client.log_in();
  const auto port = client.passive_port();
  EXPECT_THAT(client.ask("RETR file"),
              AllOf(StartsWith("425 "), HasSubstr(fmt::format("127.0.0.1:{}", port)), HasSubstr("firewall")));
}

TEST(FtpTransferLimits, EndATransferInWhichNothingMoves) {
  const auto server = RunningFtp::with_config("limits: { stall_timeout: 100ms }\n");
  server->write("large", std::string(30'000'000, 'x'));
  FtpClient client{*server};
  client.log_in();
  const auto data = client.open_passive();
  EXPECT_THAT(client.ask("RETR large"), StartsWith("150 "));
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  const auto upload = client.open_passive();
  EXPECT_THAT(client.ask("STOR up"), StartsWith("150 "));
  EXPECT_THAT(client.reply(), StartsWith("426 "));
}

TEST(FtpTransferLimits, RefuseAFileThatIsTooLarge) {
  const auto server = RunningFtp::with_config("upload: { bytes_max: 1000 }\n");
  FtpClient client{*server};
  client.log_in();
  client.ask("TYPE I");
  EXPECT_THAT(client.put("STOR file", std::string(1000, 'x')), StartsWith("226 "));
  EXPECT_THAT(client.put("STOR other", std::string(1001, 'x')), StartsWith("552 "));
  EXPECT_FALSE(server->has("other"));
  EXPECT_THAT(client.put("APPE file", "y"), StartsWith("552 "));
  EXPECT_EQ(server->read("file").size(), 1000u);
}

TEST(FtpTransferLimits, CutUploadsGoIfTheyAreNotToBeKept) {
  const auto server = RunningFtp::with_config("upload: { keep_partial: false }\n");
  FtpClient client{*server};
  client.log_in();
  auto data = client.open_passive();
  EXPECT_THAT(client.ask("STOR file"), StartsWith("150 "));
  data.send("half");
  data.reset();
  EXPECT_THAT(client.reply(), StartsWith("426 "));
  EXPECT_FALSE(server->has(".file.part"));
}

TEST(FtpTransferLog, HasALineForEachFile) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/xferlog";
  const auto server = RunningFtp::with_config("transfer_log: " + path + "\n");
  server->write("a b.png", "12345");
  FtpClient client{*server};
  client.log_in();
  client.ask("TYPE I");
  client.get("RETR a b.png");
  client.put("STOR up", "123");
  client.get("MLSD");
  ASSERT_TRUE(test::eventually([&] { return test::read_file(path).find("/up ") != std::string::npos; }));
  EXPECT_THAT(test::read_file(path),
              testing::MatchesRegex("[A-Z][a-z]+ [A-Z][a-z]+ [ 0-9]+ [0-9:]+ [0-9]+ 1 127.0.0.1 5 "
                                    "/a_b.png b _ o r ann ftp 0 . c\n"
                                    ".* 1 127.0.0.1 3 /up b _ i r ann ftp 0 . c\n"));
}

}  // namespace
}  // namespace labnet::ftp_server
