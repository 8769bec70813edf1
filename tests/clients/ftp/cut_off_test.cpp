// Transfers of labnet ftp that are cut off, and go on: what stays of them, and what is taken for the same file.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "clients/ftp/limits.hpp"
#include "tests/clients/ftp/fake_server.hpp"
#include "tests/clients/ftp/ftp_program.hpp"

namespace labnet::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
namespace filesystem = std::filesystem;

class CutOffFtp : public FtpProgram {};

TEST_F(CutOffFtp, LeavesAFileAsItIsIfAnotherIsNotWhole) {
  folder_.write("here/file", "before");
  const FakeServer server{{{"RETR", data_and("some", "451 the disk is broken")}}};
  const auto outcome = ftp("get", {server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the server breaks off after 4 bytes: 451 the disk is broken"));
  EXPECT_EQ(read_file(here("file")), "before");
  EXPECT_EQ(read_file(here(".file.part")), "some");
}

TEST_F(CutOffFtp, LeavesNothingIfNothingCame) {
  serve();
  const auto outcome = ftp("get", {url("none")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, StartsWith("labnet ftp get: the server refuses RETR none: 550 "));
  EXPECT_THAT(names_here(), ElementsAre());
}

TEST_F(CutOffFtp, SendsMoreThanItHasSaid) {
  const FakeServer server{{{"SIZE", line("213 4")}}, "some bytes"};
  const auto outcome = ftp("get", {server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors,
            "labnet ftp get: RETR file: 10 bytes came, and the server had announced 4; the file may have changed "
            "meanwhile\n");
  EXPECT_EQ(read_file(here(".file.part")), "some bytes");
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
  EXPECT_EQ(ftp("cat", {server.url()}).exit_code, 1);
  EXPECT_THAT(ftp("get", {"--resume", server.url()}).errors, HasSubstr("it is another file"));
}

TEST_F(CutOffFtp, SendsLessThanItHasSaid) {
  const FakeServer server{{{"SIZE", line("213 11")}}, "some bytes"};
  const auto outcome = ftp("get", {server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "labnet ftp get: RETR file: only 10 of 11 bytes came\n");
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

/// Downloads that go on, of a file that is longer than what is compared.
class ResumedFtp : public FtpProgram {
 protected:
  ResumedFtp() {
    write("home/ann/long", whole_);
    serve();
  }
  /// What is there of `long`, as if a download had been cut off.
  void begin(const std::string& text) const { folder_.write("here/.long.part", text); }
  Outcome resume() const { return ftp("get", {"-v", "--resume", url("long")}); }
  /// ...and stays as it was.
  void expect_another_file(const std::string& text) const {
    const auto outcome = resume();
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("it is another file; without --resume it is fetched anew"));
    EXPECT_EQ(read_file(here(".long.part")), text);
    EXPECT_THAT(names_here(), ElementsAre(".long.part"));
  }

  static std::string numbers() {
    std::string text;
    for (int i = 0; text.size() < 3 * ftp_client::compared_bytes_max; ++i) text += fmt::format("{}\n", i);
    return text;
  }
  std::string whole_ = numbers();
};

TEST_F(ResumedFtp, GoesOnWhereItWasCutOff) {
  const auto bytes = ftp_client::compared_bytes_max + 5;
  begin(whole_.substr(0, bytes));
  const auto outcome = resume();
  EXPECT_THAT(outcome.errors, HasSubstr("-> REST 5\n"));
  EXPECT_THAT(outcome.output,
              StartsWith(fmt::format("long: {} bytes from byte {} on in ", whole_.size() - bytes, bytes)));
  EXPECT_THAT(outcome.output,
              EndsWith(" (taken for the same file: unchanged since that was written; the last 65536 bytes "
                       "of that are the same)\n"));
  EXPECT_EQ(read_file(here("long")), whole_);
  EXPECT_THAT(names_here(), ElementsAre("long"));
}

TEST_F(ResumedFtp, GoesOnBehindWhateverIsThere) {
  for (const auto bytes : {std::size_t{1}, std::size_t{ftp_client::compared_bytes_max}, whole_.size() - 1}) {
    begin(whole_.substr(0, bytes));
    EXPECT_EQ(resume().exit_code, 0);
    EXPECT_EQ(read_file(here("long")), whole_) << bytes;
  }
  folder_.write("here/long", whole_.substr(0, 3));  // of another program, which knows no partial files
  EXPECT_EQ(resume().exit_code, 0);
  EXPECT_EQ(read_file(here("long")), whole_);
  EXPECT_THAT(names_here(), ElementsAre("long"));
}

TEST_F(ResumedFtp, NeedsNothingIfAllIsThere) {
  const auto nothing = fmt::format(
      "long: nothing was transferred, all {} bytes are there already (taken for the same file: unchanged since that "
      "was "
      "written",
      whole_.size());
  begin(whole_);  // all but its name
  EXPECT_EQ(resume().output, nothing + "; the last 65536 bytes of that are the same)\n");
  EXPECT_EQ(resume().output, nothing + ")\n");
  EXPECT_THAT(names_here(), ElementsAre("long"));
}

TEST_F(ResumedFtp, IsAnotherFileIfMoreIsThere) {
  begin(whole_ + "x");
  expect_another_file(whole_ + "x");
  expect_success("get", {url("long")});
  EXPECT_THAT(names_here(), ElementsAre("long"));
}

TEST_F(ResumedFtp, IsAnotherFileIfWhatIsThereBeginsOtherwise) {
  for (const auto bytes : {std::size_t{5}, std::size_t{2 * ftp_client::compared_bytes_max}, whole_.size()}) {
    const std::string other(bytes, 'x');
    begin(other);
    expect_another_file(other);
  }
}

TEST_F(ResumedFtp, IsAnotherFileIfTheServersIsNewer) {
  const auto begun = whole_.substr(0, 1000);
  begin(begun);
  const auto written = filesystem::last_write_time(here(".long.part"));
  filesystem::last_write_time(root_ + "/home/ann/long", written + std::chrono::hours{1});
  expect_another_file(begun);
}

TEST_F(CutOffFtp, IsAnotherFileIfTheServerHasLessAndDoesNotSaySo) {
  const FakeServer server{{{"SIZE", line("550 no size")}}, "some"};
  folder_.write("here/.file.part", "some bytes");
  const auto outcome = ftp("get", {"--resume", server.url()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("it is another file"));
  EXPECT_EQ(read_file(here(".file.part")), "some bytes");
}

TEST_F(CutOffFtp, GoesOnWhereAnUploadWasCutOff) {
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

TEST_F(CutOffFtp, DoesNotTakeAnotherFileOfTheSameLengthForTheSame) {
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
  EXPECT_THAT(grown.output, EndsWith(" (taken for the same file, though it was modified since that was written; the "
                                     "last 4 bytes of that are the same)\n"));
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

TEST_F(CutOffFtp, SaysWhatItTookForGrantedOfAServerThatTellsNoTime) {
  const FakeServer server{{}, "0123456789"};
  const auto file = folder_.write("here/file", "0123456789");
  constexpr auto* nothing =
      "file: nothing was transferred, all 10 bytes are there already (taken for the same file by its length alone: the "
      "server tells no time)\n";
  EXPECT_EQ(ftp("get", {"--resume", server.url()}).output, nothing);
  EXPECT_EQ(ftp("put", {"--resume", file, server.url()}).output, nothing);
  EXPECT_THAT(server.verbs(), HasSubstr("REST STOR"));  // it may be a partial file there, which gets its name so
}

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
