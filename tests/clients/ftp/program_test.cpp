// labnet ftp as a user runs it, against labnet serve ftp and against servers that are not as they should be.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "tests/clients/ftp/fake_server.hpp"
#include "tests/common/net/test_certificates.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace filesystem = std::filesystem;

using Words = std::vector<std::string>;

/// The verbs that were sent, of the dialogue that -v shows.
std::string verbs_of(const Outcome& outcome) {
  std::string verbs;
  for (const auto line : split(outcome.errors, '\n')) {
    if (!line.starts_with("-> ")) continue;
    const auto command = line.substr(3);
    verbs += fmt::format("{}{}", verbs.empty() ? "" : " ", command.substr(0, command.find(' ')));
  }
  return verbs;
}

/// The codes that came, one for each reply.
std::string replies_of(const Outcome& outcome) {
  std::string codes;
  for (const auto line : split(outcome.errors, '\n')) {
    const auto is_last_line = line.starts_with("<- ") && line.size() > 6 && line[6] == ' ' && is_digit(line[3]);
    if (is_last_line) codes += fmt::format("{}{}", codes.empty() ? "" : " ", line.substr(3, 3));
  }
  return codes;
}

class FtpProgram : public testing::Test {
 protected:
  FtpProgram() {
    filesystem::create_directories(root_ + "/home/ann/music");
    write("home/ann/1.png", "\x89PNG and so on");
    write("home/ann/notes.txt", "one\ntwo\n");
    write("home/ann/Adivinar el país.pptx", "¿?");
    write("top.txt", "top");
  }

  /// options  of `labnet serve ftp`
  void serve(const Words& options = {}) {
    const auto config = folder_.write("ftp.yaml", fmt::format("root: {}\nusers:\n  ann: {{ password: secret, home: "
                                                              "/home/ann, permissions: write }}\n"
                                                              "anonymous: {{ allowed: true, home: /home/ann }}\n",
                                                              root_));
    Words command{labnet(), "serve", "ftp", "-c", config, "--workers", "1"};
    if (options.empty()) command.insert(command.end(), {"--listen", "127.0.0.1:0"});
    command.insert(command.end(), options.begin(), options.end());
    server_ = std::make_unique<Child>(command);
    const auto ready = server_->line();
    ASSERT_TRUE(ready);
    for (const auto word : split(*ready, ' ')) {
      if (word.starts_with("ftp://")) place_ = word.substr(6);
      if (word.starts_with("ftps://")) secure_place_ = word.substr(7);
    }
  }
  std::string url(const std::string& path = "") const { return fmt::format("ftp://ann:secret@{}/{}", place_, path); }
  void write(const std::string& name, const std::string& text) const { folder_.write("root/" + name, text); }
  std::string served(const std::string& name) const { return read_file(root_ + "/" + name); }
  bool serves(const std::string& name) const { return filesystem::exists(root_ + "/" + name); }
  std::string here(const std::string& name) const { return here_ + "/" + name; }

  /// In the folder where downloads go.
  Words command(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "ftp", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  Outcome ftp(const std::string& verb, const Words& arguments) const {
    return run(command(verb, arguments), {.environment = {}, .folder = here_});
  }
  void expect_success(const std::string& verb, const Words& arguments) const {
    const auto outcome = ftp(verb, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << verb << outcome.errors;
  }
  Words names_here() const {
    Words names;
    for (const auto& entry : filesystem::directory_iterator{here_}) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/root";
  std::string here_ = [this] {
    filesystem::create_directories(folder_.path() + "/root");
    filesystem::create_directories(folder_.path() + "/here");
    return folder_.path() + "/here";
  }();
  std::unique_ptr<Child> server_;
  std::string place_, secure_place_;
};

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

TEST_F(FtpProgram, LeavesAFileAsItIsIfAnotherIsNotWhole) {
  folder_.write("here/file", "before");
  const FakeServer server{{{"RETR", [](FakeSession& session, const std::string&) {
                              session.say("150 here it comes");
                              session.open_data();
                              session.send_data("some");
                              session.close_data();
                              session.say("451 the disk is broken");
                            }}}};
  const auto outcome = ftp("get", {server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the server breaks off after 4 bytes: 451 the disk is broken"));
  EXPECT_EQ(read_file(here("file")), "before");
  EXPECT_EQ(read_file(here(".file.part")), "some");
}

TEST_F(FtpProgram, LeavesNothingIfNothingCame) {
  serve();
  const auto outcome = ftp("get", {url("none")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, StartsWith("labnet ftp get: the server refuses RETR none: 550 "));
  EXPECT_THAT(names_here(), ElementsAre());
}

TEST_F(FtpProgram, GoesOnWhereADownloadWasCutOff) {
  serve();
  const auto whole = served("home/ann/1.png");
  folder_.write("here/.1.png.part", whole.substr(0, 5));
  const auto outcome = ftp("get", {"-v", "--resume", url("1.png")});
  EXPECT_THAT(outcome.errors, HasSubstr("-> REST 5\n"));
  EXPECT_THAT(outcome.output, StartsWith("1.png: 9 bytes from byte 5 on in "));
  EXPECT_EQ(read_file(here("1.png")), whole);
  EXPECT_THAT(names_here(), ElementsAre("1.png"));

  EXPECT_THAT(outcome.output, EndsWith(" (taken for the same file: unchanged since that was written)\n"));

  constexpr auto* nothing =
      "1.png: nothing was transferred, all 14 bytes are there already (taken for the same file: unchanged since that "
      "was "
      "written)\n";
  EXPECT_EQ(ftp("get", {"--resume", url("1.png")}).output, nothing);
  folder_.write("here/1.png", whole.substr(0, 3));  // of another program, which knows no partial files
  expect_success("get", {"--resume", url("1.png")});
  EXPECT_EQ(read_file(here("1.png")), whole);
  folder_.write("here/.1.png.part", whole);  // all but its name
  EXPECT_EQ(ftp("get", {"--resume", url("1.png")}).output, nothing);
  EXPECT_THAT(names_here(), ElementsAre("1.png"));

  folder_.write("here/.1.png.part", whole + "x");
  const auto longer = ftp("get", {"--resume", url("1.png")});
  EXPECT_EQ(longer.exit_code, 1);
  EXPECT_THAT(longer.errors, HasSubstr("it is another file; without --resume it is fetched anew"));
  expect_success("get", {url("1.png")});
  EXPECT_THAT(names_here(), ElementsAre("1.png"));
}

TEST_F(FtpProgram, GoesOnWhereAnUploadWasCutOff) {
  serve();
  const auto file = folder_.write("x", std::string(1000, 'x') + "end");
  write("home/ann/.x.part", std::string(1000, 'x'));
  const auto outcome = ftp("put", {"-v", "--resume", file, url()});
  EXPECT_THAT(outcome.errors, HasSubstr("-> REST 1000\n")) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("x: 3 bytes from byte 1000 on in "));
  EXPECT_EQ(served("home/ann/x"), std::string(1000, 'x') + "end");
  write("home/ann/x", std::string(2000, 'x'));
  EXPECT_THAT(ftp("put", {"--resume", file, url()}).errors, HasSubstr("it is another file"));
}

TEST_F(FtpProgram, DoesNotTakeAnotherFileOfTheSameLengthForTheSame) {
  serve();
  const auto file = folder_.write("here/1.png", "another thing!");
  const auto is_older = [](const std::string& path) {
    filesystem::last_write_time(path, filesystem::last_write_time(path) - std::chrono::hours{1});
  };
  is_older(file);
  for (const auto* like : {"labnet", "filezilla"}) {
    const auto outcome = ftp("get", {"--resume", "--like", like, url("1.png")});
    EXPECT_EQ(outcome.exit_code, 1) << like;
    EXPECT_THAT(outcome.errors, HasSubstr("it is another file; without --resume it is fetched anew"));
    EXPECT_EQ(read_file(file), "another thing!");
  }
  const auto log = folder_.write("here/notes.txt", "one\n");  // the server's has grown
  is_older(log);
  const auto grown = ftp("get", {"--resume", url("notes.txt")});
  EXPECT_THAT(grown.output, EndsWith(" (taken for the same file, though it was modified since that was written)\n"));
  EXPECT_EQ(read_file(log), "one\ntwo\n");

  // Not a second later than the server's, however long all of this took.
  filesystem::last_write_time(log, filesystem::last_write_time(root_ + "/home/ann/notes.txt"));
  EXPECT_THAT(ftp("put", {"--resume", log, url()}).output,
              "notes.txt: nothing was transferred, all 8 bytes are there already (taken for the same file: unchanged "
              "since that was written)\n");
  is_older(root_ + "/home/ann/notes.txt");
  const auto changed = ftp("put", {"--resume", log, url()});
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_THAT(changed.errors, HasSubstr("it is another file; without --resume it is brought anew"));
}

TEST_F(FtpProgram, SaysWhatItTookForGrantedOfAServerThatTellsNoTime) {
  const FakeServer server{{}, "0123456789"};
  const auto file = folder_.write("here/file", "0123456789");
  constexpr auto* nothing =
      "file: nothing was transferred, all 10 bytes are there already (taken for the same file by its length alone: the "
      "server tells no time)\n";
  EXPECT_EQ(ftp("get", {"--resume", server.url()}).output, nothing);
  EXPECT_EQ(ftp("put", {"--resume", file, server.url()}).output, nothing);
  EXPECT_THAT(server.verbs(), HasSubstr("REST STOR"));  // it may be a partial file there, which gets its name so
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

// TLS

class FtpsProgram : public FtpProgram {
 protected:
  FtpsProgram() {
    net::Wish wish;
    wish.subject = "ftp.lab";
    wish.names = "DNS:localhost,IP:127.0.0.1";
    const auto identity = authority_.issue(wish);
    serve({"--cert", identity.certificate_path, "--key", identity.key_path, "--listen", "ftp://127.0.0.1:0", "--listen",
           "ftps://127.0.0.1:0"});
  }
  std::string secure_url(const std::string& path) const {
    return fmt::format("ftps://ann:secret@{}/{}", secure_place_, path);
  }

  net::Authority authority_{"lab CA"};
};

TEST_F(FtpsProgram, SecuresControlAndDataAndResumesTheSession) {
  for (const auto* way : {"--epsv", "--active"}) {
    const auto outcome = ftp("get", {"-v", "--tls", way, "--ca", authority_.path(), url("1.png")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_THAT(verbs_of(outcome), StartsWith("AUTH USER PASS PBSZ PROT FEAT "));
    EXPECT_THAT(outcome.errors,
                AllOf(HasSubstr("-- the control connection is secure: TLS 1.3, "),
                      HasSubstr("-- the data connection is secure: TLS 1.3, "), HasSubstr("session resumed")));
    EXPECT_EQ(read_file(here("1.png")), served("home/ann/1.png"));
  }
}

TEST_F(FtpsProgram, SecuresSeveralDataConnections) {
  const auto outcome = ftp("put", {"-v", "--tls", "--like", "filezilla", "--ca", authority_.path(),
                                   folder_.write("x", std::string(3'000'000, 'x')), url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(verbs_of(outcome),
            "AUTH USER PASS SYST FEAT CLNT OPTS PBSZ PROT PWD CWD TYPE PASV MLSD PASV STOR PASV MLSD QUIT");
  EXPECT_EQ(split(outcome.errors, '\n').size() > 10, true);
  std::size_t resumed = 0;
  for (const auto line : split(outcome.errors, '\n')) resumed += line.find("session resumed") != line.npos ? 1 : 0;
  EXPECT_EQ(resumed, 3u);
  EXPECT_EQ(served("home/ann/x").size(), 3'000'000u);
}

TEST_F(FtpsProgram, IsSecureFromTheFirstByteOn) {
  const auto outcome = ftp("cat", {"-v", "--ca", authority_.path(), secure_url("notes.txt")});
  EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
  EXPECT_THAT(verbs_of(outcome), StartsWith("USER PASS PBSZ PROT "));
}

TEST_F(FtpsProgram, TrustsNobodyInParticular) {
  const auto outcome = ftp("cat", {"--tls", url("notes.txt")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("ftp.lab"), HasSubstr("--ca FILE names a CA to trust")));
  EXPECT_EQ(outcome.output, "");
  const auto insecure = ftp("cat", {"--tls", "--insecure", url("notes.txt")});
  EXPECT_EQ(insecure.output, "one\ntwo\n");
  EXPECT_THAT(insecure.errors, HasSubstr("labnet ftp cat: "));  // why it is not to be trusted
  EXPECT_EQ(ftp("cat", {"--tls", "--ca", here("none"), url("notes.txt")}).exit_code, 1);
}

TEST_F(FtpsProgram, TrustsTheLabsCa) {
  folder_.write("ca.crt", read_file(authority_.path()));
  const auto outcome =
      run(command("cat", {"--tls", url("notes.txt")}), {.environment = {{"LABNET_CA_DIR", folder_.path()}}});
  EXPECT_EQ(outcome.output, "one\ntwo\n") << outcome.errors;
}

TEST_F(FtpsProgram, WritesTheKeysDown) {
  const auto outcome = run(command("cat", {"--tls", "--insecure", url("notes.txt")}),
                           {.environment = {{"SSLKEYLOGFILE", here("keys")}}, .folder = here_});
  EXPECT_EQ(outcome.output, "one\ntwo\n");
  EXPECT_THAT(read_file(here("keys")), HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
}

TEST_F(FtpsProgram, SendsNoPasswordToAServerWithoutTls) {
  const FakeServer server;
  const auto outcome = ftp("cat", {"--tls", server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the server has no TLS, and --tls asks for it"));
  EXPECT_EQ(server.verbs(), "AUTH AUTH QUIT");
  const auto in_clear = ftp("cat", {"--tls-if-offered", server.url()});
  EXPECT_EQ(in_clear.output, "some bytes");
  EXPECT_THAT(in_clear.errors, HasSubstr("all travels in plain text, the password too"));
}

// Killed

class KilledFtp : public FtpProgram {
 protected:
  static constexpr std::uint64_t big_bytes = 256'000'000;

  KilledFtp() {
    write("home/ann/big", "begin");
    filesystem::resize_file(root_ + "/home/ann/big", big_bytes);  // takes no room on the disk
    serve();
  }
  static bool has_bytes(const std::string& path) {
    std::error_code error;
    const auto bytes = filesystem::file_size(path, error);
    return !error && bytes > 0;
  }
  /// A download from which something has come, and not all.
  std::unique_ptr<Child> begin_download() const {
    auto client = std::make_unique<Child>(command("get", {url("big")}), How{.environment = {}, .folder = here_});
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!has_bytes(here(".big.part")) && std::chrono::steady_clock::now() < until) ::usleep(200);
    return client;
  }
  void expect_resumed() {
    EXPECT_FALSE(filesystem::exists(here("big")));
    ASSERT_TRUE(has_bytes(here(".big.part")));
    const auto outcome = ftp("get", {"--resume", url("big")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr(" bytes from byte "));
    EXPECT_EQ(run({"cmp", here("big"), root_ + "/home/ann/big"}).exit_code, 0);
    EXPECT_THAT(names_here(), ElementsAre("big"));
  }
};

TEST_F(KilledFtp, ServerLeavesNoFileAndTheDownloadGoesOn) {
  const auto client = begin_download();
  server_->signal(SIGKILL);
  const auto outcome = client->wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, StartsWith("labnet ftp get: RETR big: "));
  server_->wait();
  serve();
  expect_resumed();
}

TEST_F(KilledFtp, ClientLeavesNoFileAndTheDownloadGoesOn) {
  const auto client = begin_download();
  client->signal(SIGKILL);
  EXPECT_EQ(client->wait().exit_code, 128 + SIGKILL);
  expect_resumed();
}

TEST_F(KilledFtp, CtrlCLeavesNoFileAndTheDownloadGoesOn) {
  const auto client = begin_download();
  client->signal(SIGINT);
  const auto outcome = client->wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "labnet ftp get: interrupted; with --resume it goes on from what is there\n");
  expect_resumed();
}

TEST_F(KilledFtp, ServerLeavesNoFileAndTheUploadGoesOn) {
  const auto file = folder_.write("upload", "begin");
  filesystem::resize_file(file, big_bytes);
  const auto partial = root_ + "/home/ann/.upload.part";
  Child client{command("put", {file, url()})};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!has_bytes(partial) && std::chrono::steady_clock::now() < until) ::usleep(200);
  server_->signal(SIGKILL);
  EXPECT_EQ(client.wait().exit_code, 1);
  server_->wait();
  EXPECT_FALSE(serves("home/ann/upload"));
  ASSERT_TRUE(has_bytes(partial));
  serve();
  const auto outcome = ftp("put", {"--resume", file, url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr(" bytes from byte "));
  EXPECT_EQ(run({"cmp", file, root_ + "/home/ann/upload"}).exit_code, 0);
}

}  // namespace
}  // namespace labnet::test
