// curl, with most of what it has for FTP.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/interop/ftp_clients.hpp"

namespace labnet::ftp_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class InteropCurlFtp : public FtpClients {
 protected:
  InteropCurlFtp() : FtpClients{{"curl", "--version"}, "curl"} {}

  using Words = std::vector<std::string>;
  std::string curl(const std::string& path, const Words& options = {}, int exit_code = 0) const {
    return curl_to(fmt::format("ftp://127.0.0.1:{}/{}", port(), path), options, exit_code);
  }
  std::string curl_to(const std::string& url, const Words& options, int exit_code = 0) const {
    Words command{"curl", "-q", "-sS", "--max-time", "9", "--user", "ann:secret"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(url);
    return output_of(command, exit_code);
  }
};

/// curl asks for listings in TYPE A, and prints them with the line ends that are usual here.
TEST_F(InteropCurlFtp, ListsFolders) {
  server().write("a file", "12345");
  server().write("sub/other", "");
  EXPECT_THAT(curl(""), AllOf(HasSubstr(" 5 "), HasSubstr("a file\n"), HasSubstr("sub\n")));
  EXPECT_EQ(curl("", {"-l"}), "a file\nsub\n");
  EXPECT_EQ(curl("sub/", {"--list-only"}), "other\n");
  EXPECT_THAT(curl("", {"-X", "MLSD"}), HasSubstr("type=file;size=5;"));
  curl("nowhere/", {}, 9);
}

TEST_F(InteropCurlFtp, MovesFilesBothWays) {
  for (const std::size_t size : {0, 1, 1'000'000}) {
    write("up", std::string(size, 'x'));
    curl("file", {"-T", "up"});
    EXPECT_EQ(server().read("file").size(), size);
    curl("file", {"-o", "down"});
    EXPECT_TRUE(read("down") == server().read("file"));
  }
  curl("missing", {}, 78);
}

TEST_F(InteropCurlFtp, EveryWayToADataConnection) {
  server().write("file", "12345");
  write("up", "98765");
  for (const Words& way : {Words{}, Words{"--disable-epsv"}, Words{"--ftp-pasv"}, Words{"-P", "-"},
                           Words{"-P", "-", "--disable-eprt"}, Words{"--ftp-skip-pasv-ip", "--disable-epsv"}}) {
    SCOPED_TRACE(testing::PrintToString(way));
    EXPECT_EQ(curl("file", way), "12345");
    auto upload = way;
    upload.insert(upload.end(), {"-T", "up"});
    curl("other", upload);
    EXPECT_EQ(server().read("other"), "98765");
  }
}

TEST_F(InteropCurlFtp, EveryWayIntoAFolder) {
  server().write("one/two three/file", "12345");
  for (const std::string method : {"multicwd", "nocwd", "singlecwd"}) {
    EXPECT_EQ(curl("one/two%20three/file", {"--ftp-method", method}), "12345") << method;
    EXPECT_EQ(curl("%2Fone/two%20three/file", {"--ftp-method", method}), "12345") << method;
    EXPECT_EQ(curl("one/two%20three/", {"--ftp-method", method, "-l"}), "file\n") << method;
  }
}

TEST_F(InteropCurlFtp, GoesOnWithWhatWasCutOff) {
  server().write("file", "0123456789");
  write("down", "0123");
  curl("file", {"-C", "-", "-o", "down"});
  EXPECT_EQ(read("down"), "0123456789");
  curl("file", {"-C", "-", "-o", "down"});  // nothing is left
  EXPECT_EQ(read("down"), "0123456789");
  EXPECT_EQ(curl("file", {"-C", "7"}), "789");
  write("up", "abcdefghij");
  server().write("other", "abcde");
  curl("other", {"-C", "-", "-T", "up"});
  EXPECT_EQ(server().read("other"), "abcdefghij");
  curl("other", {"-a", "-T", "down"});
  EXPECT_EQ(server().read("other"), "abcdefghij0123456789");
}

TEST_F(InteropCurlFtp, FetchesRanges) {
  server().write("file", "0123456789");
  EXPECT_EQ(curl("file", {"-r", "2-4"}), "234");
  EXPECT_EQ(curl("file", {"-r", "7-"}), "789");
  EXPECT_EQ(curl("file", {"-r", "-3"}), "789");
  EXPECT_EQ(curl("file", {"-r", "0-0"}), "0");
}

TEST_F(InteropCurlFtp, AsksAboutAFileWithoutFetchingIt) {
  server().write("file", "0123456789");
  EXPECT_THAT(curl("file", {"-I"}),
              AllOf(HasSubstr("Content-Length: 10\r\n"), HasSubstr("Last-Modified: "), HasSubstr("ranges: bytes")));
  EXPECT_EQ(curl("file", {"-z", "20380101"}), "");
}

TEST_F(InteropCurlFtp, ChangesLineEnds) {
  server().write("text", "one\ntwo\n");
  EXPECT_EQ(curl("text;type=a"), "one\ntwo\n");  // as text is here, from the CR LF on its way
  write("up", "one\ntwo\n");
  curl("binary", {"--crlf", "-T", "up"});
  EXPECT_EQ(server().read("binary"), "one\r\ntwo\r\n");
  curl("text", {"--crlf", "-B", "-T", "up"});
  EXPECT_EQ(server().read("text"), "one\ntwo\n");
}

TEST_F(InteropCurlFtp, SendsCommandsOfItsUser) {
  server().write("old", "x");
  server().write("gone", "x");
  curl("", {"-Q", "MKD made", "-Q", "RNFR old", "-Q", "RNTO made/new", "-Q", "-DELE gone", "-Q", "*DELE nothing"});
  EXPECT_EQ(server().read("made/new"), "x");
  EXPECT_FALSE(server().has("gone"));
  curl("", {"-Q", "DELE nothing"}, 21);
}

TEST_F(InteropCurlFtp, MakesTheFoldersOfAnUpload) {
  write("up", "x");
  curl("a/b/c%20d/file", {"-T", "up"}, 9);
  curl("a/b/c%20d/file", {"--ftp-create-dirs", "-T", "up"});
  EXPECT_EQ(server().read("a/b/c d/file"), "x");
}

TEST_F(InteropCurlFtp, ResumesTheSessionOfTlsForEachDataConnection) {
  server().write("one", "1");
  server().write("two", "22");
  server().write("three", "333");
  server().write("four", "4444");
  write("up", std::string(200'000, 'u'));
  const auto explicit_url = fmt::format("ftp://127.0.0.1:{}/", port());
  const auto implicit_url = fmt::format("ftps://127.0.0.1:{}/", implicit_tls_port());
  // Not in active mode: there, curl 7.87 and 7.88 forget to begin TLS.
  for (const Words& version : {Words{"--tls-max", "1.2"}, Words{"--tlsv1.3"}}) {
    for (const auto& url : {explicit_url, implicit_url}) {
      SCOPED_TRACE(url + testing::PrintToString(version));
      auto options = version;
      options.insert(options.end(), {"--ssl-reqd", "--cacert", certificate()});
      EXPECT_EQ(curl_to(url + "{one,two,three,four}", options), "1223334444");
      options.insert(options.end(), {"-T", "up"});
      curl_to(url + "uploaded", options);
      EXPECT_TRUE(server().read("uploaded") == read("up"));
    }
  }
  EXPECT_THAT(curl_to(explicit_url + "one", {"--ssl-reqd"}, 60),
              HasSubstr("certificate"));  // nobody has vouched for it
}

}  // namespace
}  // namespace labnet::ftp_server
