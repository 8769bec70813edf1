// labnet ftp as a user runs it, verb by verb.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "tests/clients/ftp/fake_server.hpp"
#include "tests/clients/ftp/ftp_program.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace filesystem = std::filesystem;

TEST_F(FtpProgram, ListsAFolder) {
  serve();
  const auto outcome = ftp("ls", {url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto lines = split(outcome.output, '\n');
  ASSERT_EQ(lines.size(), 5u) << outcome.output;
  EXPECT_THAT(std::string{lines[0]}, EndsWith(" 1.png"));
  EXPECT_THAT(std::string{lines[1]}, EndsWith(" Adivinar el país.pptx"));
  EXPECT_THAT(std::string{lines[2]}, AllOf(StartsWith("drwx"), EndsWith(" music/")));
  EXPECT_EQ(ftp("ls", {"--names", url("/")}).output, "home\ntop.txt\n");
  EXPECT_THAT(ftp("ls", {url("notes.txt")}).output, EndsWith(" notes.txt\n"));
  EXPECT_EQ(ftp("ls", {url("music")}).output, "");
}

TEST_F(FtpProgram, ListsAsJson) {
  serve();
  const auto array = boost::json::parse(ftp("ls", {"--format", "json", url()}).output).as_array();
  ASSERT_EQ(array.size(), 4u);
  EXPECT_EQ(array[1].at("name").as_string(), "Adivinar el país.pptx");
  EXPECT_EQ(array[1].at("bytes").to_number<int>(), 3);
  EXPECT_EQ(array[2].at("kind").as_string(), "folder");
}

TEST_F(FtpProgram, ListsWithoutMlsd) {
  const FakeServer server{{}, "total 4\r\n-rw-r--r-- 1 ann ann 3 Feb 13  2025 -x\r\n"};
  EXPECT_EQ(ftp("ls", {server.url("-dir")}).output, "-rw-r--r-- 3 2025-02-13 00:00 -x\n");
  EXPECT_THAT(server.lines(), testing::Contains("LIST ./-dir"));
}

TEST_F(FtpProgram, FetchesAFile) {
  serve();
  const auto outcome = ftp("get", {url("1.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("1.png: 14 bytes in "));
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(read_file(here("1.png")), served("home/ann/1.png"));
  EXPECT_THAT(names_here(), ElementsAre("1.png"));
}

TEST_F(FtpProgram, FetchesToWhereItIsTold) {
  serve();
  expect_success("get", {"-o", "2.png", url("1.png")});
  filesystem::create_directory(here("folder"));
  expect_success("get", {"-o", "folder", url("Adivinar%20el%20pa%C3%ADs.pptx")});
  expect_success("get", {url("//top.txt")});
  expect_success("get", {"--output", "other.txt", url("%2Ftop.txt")});
  EXPECT_EQ(read_file(here("2.png")), served("home/ann/1.png"));
  EXPECT_EQ(read_file(here("folder/Adivinar el país.pptx")), "¿?");
  EXPECT_EQ(read_file(here("other.txt")), "top");
  EXPECT_EQ(ftp("get", {"-o", "-", url("//top.txt")}).output, "top");
  EXPECT_EQ(ftp("cat", {url("notes.txt")}).output, "one\ntwo\n");
}

TEST_F(FtpProgram, FetchesOverEveryKindOfDataConnection) {
  serve();
  for (const auto& [option, verbs] : {std::pair{"--epsv", "EPSV"}, {"--passive", "PASV"}, {"--active", "PORT"}}) {
    const auto outcome = ftp("get", {"-v", option, url("1.png")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_THAT(verbs_of(outcome), HasSubstr(fmt::format(" {} RETR", verbs)));
  }
}

TEST_F(FtpProgram, FetchesText) {
  write("home/ann/dos.txt", "one\r\ntwo\r\n");
  serve();
  const auto outcome = ftp("get", {"-v", "--ascii", url("dos.txt")});
  EXPECT_THAT(outcome.errors, HasSubstr("-> TYPE A\n"));
  EXPECT_EQ(read_file(here("dos.txt")), "one\ntwo\n");
  EXPECT_EQ(ftp("cat", {url("notes.txt;type=a")}).output, "one\ntwo\n");
  EXPECT_EQ(ftp("cat", {url("dos.txt;type=i")}).output, "one\r\ntwo\r\n");
}

TEST_F(FtpProgram, FetchesTheTimeToo) {
  serve();
  const auto time = filesystem::file_time_type{} - std::chrono::hours{24 * 365 * 20};
  filesystem::last_write_time(root_ + "/home/ann/1.png", time);
  expect_success("get", {"--times", url("1.png")});
  const auto difference =
      filesystem::last_write_time(here("1.png")) - filesystem::last_write_time(root_ + "/home/ann/1.png");
  EXPECT_LT(std::chrono::abs(difference), std::chrono::seconds{1});
  expect_success("put", {"--times", here("1.png"), url("2.png")});
  EXPECT_EQ(filesystem::last_write_time(root_ + "/home/ann/2.png"), filesystem::last_write_time(here("1.png")));
}

TEST_F(FtpProgram, BringsAFile) {
  serve();
  const auto file = folder_.write("Adivinar el país 2.pptx", std::string(1'000'000, 'x'));
  expect_success("put", {file, url("music/")});
  EXPECT_EQ(served("home/ann/music/Adivinar el país 2.pptx"), std::string(1'000'000, 'x'));
  expect_success("put", {file, url("x")});
  expect_success("put", {file, url("//y")});
  EXPECT_TRUE(serves("home/ann/x") && serves("y"));
  const auto text = folder_.write("t", "one\r\ntwo\n");
  expect_success("put", {"--ascii", text, url("t.txt")});
  EXPECT_EQ(served("home/ann/t.txt"), "one\ntwo\n");
  expect_success("put", {"--append", text, url("t.txt")});
  EXPECT_EQ(served("home/ann/t.txt"), "one\ntwo\none\r\ntwo\n");
  expect_success("put", {folder_.write("empty", ""), url()});
  EXPECT_EQ(served("home/ann/empty"), "");
}

TEST_F(FtpProgram, BringsStandardInput) {
  serve();
  const auto outcome = run({"sh", "-c", "printf 'a\\nb\\n' | \"$0\" ftp put - \"$1\"", labnet(), url("in.txt")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(served("home/ann/in.txt"), "a\nb\n");
  const auto nameless = run({"sh", "-c", "echo x | \"$0\" ftp put - \"$1\"", labnet(), url()});
  EXPECT_EQ(nameless.exit_code, 2);
  const auto asked = run({"sh", "-c", "echo x | \"$0\" ftp put - \"$1\"", labnet(), "ftp://ann@" + place_ + "/x"});
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_THAT(asked.errors, HasSubstr("write it in the URL"));
}

TEST_F(FtpProgram, MakesRenamesAndRemoves) {
  serve();
  expect_success("mkdir", {url("new folder/")});
  EXPECT_TRUE(serves("home/ann/new folder"));
  expect_success("mv", {url("notes.txt"), "new.txt"});
  EXPECT_TRUE(serves("home/ann/new.txt"));
  expect_success("mv", {url("new.txt"), "music/new.txt"});
  expect_success("mv", {url("music/new.txt"), "newer.txt"});
  EXPECT_TRUE(serves("home/ann/music/newer.txt"));
  expect_success("mv", {url("music/newer.txt"), "/newest.txt"});
  EXPECT_TRUE(serves("newest.txt"));
  expect_success("rm", {url("//newest.txt")});
  expect_success("rmdir", {url("music")});
  EXPECT_FALSE(serves("home/ann/music") || serves("newest.txt"));
  const auto refused = ftp("rm", {url("none")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, StartsWith("labnet ftp rm: the server refuses DELE none: 550 "));
}

TEST_F(FtpProgram, QuotesCommands) {
  serve();
  const auto outcome = ftp("quote", {url("music"), "PWD", "SITE CHMOD 600 /home/ann/1.png", "mlst /top.txt"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, AllOf(StartsWith("257 \"/home/ann/music\" is the current folder\n200 "),
                                    HasSubstr("\n250-Listing /top.txt\n type=file;"), EndsWith("\n250 End\n")));
  const auto refused = ftp("quote", {url(), "XYZ", "NOOP"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.output, "500 XYZ not understood\n200 OK\n");
  for (const auto* word : {"RETR x", "QUIT", "auth tls", "nonsense", "", "DELE x\r\nNOOP"}) {
    EXPECT_EQ(ftp("quote", {url(), word}).exit_code, 2) << word;
  }
  EXPECT_EQ(ftp("quote", {url()}).exit_code, 2);
}

TEST_F(FtpProgram, QuotesNoMoreThanAHundredCommands) {
  serve();
  Words words{url()};
  words.insert(words.end(), 100, "NOOP");
  expect_success("quote", words);
  words.emplace_back("NOOP");
  EXPECT_EQ(ftp("quote", words).exit_code, 2);
}

TEST_F(FtpProgram, IsAnonymousWithoutAUser) {
  serve();
  const auto outcome = ftp("cat", {"-v", fmt::format("ftp://{}/notes.txt", place_)});
  EXPECT_EQ(outcome.output, "one\ntwo\n");
  EXPECT_THAT(outcome.errors, HasSubstr("-> USER anonymous\n"));
}

TEST_F(FtpProgram, AsksForThePassword) {
  serve();
  const auto place = fmt::format("ftp://ann@{}/notes.txt", place_);
  const auto outcome = run({"sh", "-c", "echo secret | \"$0\" ftp cat -v \"$1\"", labnet(), place});
  EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("-> PASS ****\n"), Not(HasSubstr("secret"))));
  const auto none = run({"sh", "-c", "\"$0\" ftp cat \"$1\" </dev/null", labnet(), place});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.errors, HasSubstr("a password is needed"));
  const auto wrong = ftp("cat", {fmt::format("ftp://ann:no@{}/notes.txt", place_)});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(wrong.errors, "labnet ftp cat: the server does not let ann in: 530 Login incorrect\n");
}

TEST_F(FtpProgram, ReachesTheServerByIpv6) {
  serve({"--listen", "[::1]:0"});
  for (const auto& [option, verb] : {std::pair{"--epsv", "EPSV"}, {"--passive", "EPSV"}, {"--active", "EPRT"}}) {
    const auto outcome = ftp("cat", {"-v", option, url("notes.txt")});
    EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
    EXPECT_THAT(verbs_of(outcome), HasSubstr(fmt::format(" {} RETR", verb)));
  }
}

TEST_F(FtpProgram, TellsWhatIsWrongWithTheCommandLine) {
  for (const auto& words : std::vector<Words>{{"get"},
                                              {"get", "http://host/"},
                                              {"get", "ftp://host/"},
                                              {"get", "ftp://host/.."},
                                              {"get", "--resume", "--ascii", "ftp://host/x"},
                                              {"get", "--tls", "--tls-if-offered", "ftp://host/x"},
                                              {"get", "--passive", "--active", "ftp://host/x"},
                                              {"get", "--like", "curl", "ftp://host/x"},
                                              {"get", "--timeout", "0", "ftp://host/x"},
                                              {"get", "--timeout", "3601", "ftp://host/x"},
                                              {"get", "--max-size", "0", "ftp://host/x"},
                                              {"cat", "ftp://host/x/"},
                                              {"put", "--resume", "-", "ftp://host/x"},
                                              {"put", "--resume", "--append", "x", "ftp://host/x"},
                                              {"rm", "ftp://host/"},
                                              {"mv", "ftp://host/x", ""},
                                              {"mv", "ftp://host/", "x"}}) {
    const auto outcome = ftp(words.front(), {words.begin() + 1, words.end()});
    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(words) << outcome.errors;
    EXPECT_THAT(outcome.errors, StartsWith("labnet ftp " + words.front() + ": "));
  }
}

TEST_F(FtpProgram, TellsWhatCannotBeReadOrWritten) {
  serve();
  EXPECT_THAT(ftp("put", {"none", url()}).errors, HasSubstr("cannot read none: No such file or directory"));
  EXPECT_THAT(ftp("put", {here_, url()}).errors, HasSubstr("is a folder; expected a file"));
  EXPECT_EQ(ftp("get", {"-o", "none/x", url("1.png")}).exit_code, 1);
  ASSERT_EQ(::mkfifo(here("pipe").c_str(), 0600), 0);
  EXPECT_THAT(ftp("get", {"-o", "pipe", url("1.png")}).errors, HasSubstr("is there and no plain file"));
  EXPECT_THAT(names_here(), ElementsAre("pipe"));
  EXPECT_THAT(ftp("cat", {"ftp://no such host/x"}).errors, HasSubstr("no address of \"no such host\""));
}

TEST_F(FtpProgram, TakesNoMoreThanItIsTold) {
  serve();
  expect_success("get", {"--max-size", "14", url("1.png")});
  const auto outcome = ftp("get", {"--max-size", "13", "-o", "x", url("1.png")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("more than 13 bytes come; --max-size lets more in"));
  EXPECT_FALSE(filesystem::exists(here("x")));
  EXPECT_EQ(ftp("cat", {"--max-size", "2", url("//top.txt")}).exit_code, 1);
}

TEST_F(FtpProgram, PlaysFileZillaForADownload) {
  serve();
  const auto outcome = ftp("get", {"-v", "--like", "filezilla", url("1.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(verbs_of(outcome), "AUTH AUTH USER PASS SYST FEAT CLNT OPTS PWD CWD TYPE PASV MLSD PASV RETR QUIT");
  EXPECT_EQ(replies_of(outcome), "220 500 500 331 230 215 211 200 200 257 250 200 227 150 226 227 150 226 221");
  for (const auto* line : {"-> AUTH TLS\n", "-> AUTH SSL\n", "-> CLNT FileZilla\n", "-> OPTS UTF8 ON\n",
                           "-> CWD /home/ann\n", "-> MLSD\n", "-> RETR 1.png\n"}) {
    EXPECT_THAT(outcome.errors, HasSubstr(line));
  }
  EXPECT_EQ(read_file(here("1.png")), served("home/ann/1.png"));
}

TEST_F(FtpProgram, PlaysFileZillaForAnUpload) {
  serve();
  const auto file = folder_.write("Adivinar el país 2.pptx", "¿?");
  const auto outcome = ftp("put", {"-v", "--like", "filezilla", file, url("music/Adivinar%20el%20pa%C3%ADs.pptx")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(verbs_of(outcome),
            "AUTH AUTH USER PASS SYST FEAT CLNT OPTS PWD CWD TYPE PASV MLSD PASV STOR PASV MLSD QUIT");
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("-> CWD /home/ann/music\n"), HasSubstr("-> STOR Adivinar el país.pptx\n")));
  EXPECT_EQ(served("home/ann/music/Adivinar el país.pptx"), "¿?");
  expect_success("mv", {"--like", "filezilla", url("music/Adivinar el país.pptx"), "x"});
  EXPECT_THAT(ftp("ls", {"--like", "filezilla", "--names", url("music")}).output, "x\n");
}

TEST_F(FtpProgram, PlaysFileZillaWithAServerThatCanDoLess) {
  const FakeServer plain;
  expect_success("get", {"--like", "filezilla", plain.url("d/file")});
  EXPECT_EQ(plain.verbs(), "AUTH AUTH USER PASS SYST FEAT PWD CWD TYPE PASV LIST PASV RETR QUIT");
  const FakeServer other{
      {{"FEAT", line("211-Features\r\n MLST type*;size*;modify;\r\n UTF8\r\n211 End")}, {"PWD", line("502 no")}}};
  expect_success("get", {"--like", "filezilla", other.url()});
  EXPECT_EQ(other.verbs(), "AUTH AUTH USER PASS SYST FEAT OPTS OPTS PWD TYPE PASV MLSD PASV RETR QUIT");
  EXPECT_THAT(other.lines(), testing::Contains("OPTS MLST type;size;modify;"));
}

TEST_F(FtpProgram, SaysGoodbyeWhenSomethingIsWrong) {
  const FakeServer server{{{"RETR", line("550 no such file")}}};
  EXPECT_EQ(ftp("get", {server.url()}).exit_code, 1);
  EXPECT_EQ(server.verbs(), "USER PASS FEAT TYPE SIZE EPSV RETR QUIT");
}

TEST_F(FtpProgram, GivesUpOnASilentServer) {
  const FakeServer server{{{"SIZE", [](FakeSession&, const std::string&) {}}}};
  const auto outcome = ftp("get", {"--timeout", "100ms", server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("no reply came within 100 ms; --timeout waits longer"));
}

TEST_F(FtpProgram, NeedsNoTerminalAndNoReader) {
  serve();
  const auto outcome = run({"sh", "-c", "\"$0\" ftp cat \"$1\" >/dev/full", labnet(), url("notes.txt")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace labnet::test
