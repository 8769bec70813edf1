// curl, with most of what it has for HTTP.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/interop/http_clients.hpp"

namespace labnet::http_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class InteropCurlHttp : public HttpClients {
 protected:
  InteropCurlHttp() : HttpClients{{"curl", "--version"}, "curl"} {}

  using Words = std::vector<std::string>;
  std::string curl(std::string_view target, const Words& options = {}, int exit_code = 0) const {
    return curl_to({url(target)}, options, exit_code);
  }
  std::string curl_to(const Words& urls, const Words& options, int exit_code = 0) const {
    Words command{"curl", "-q", "-sS", "--max-time", "9"};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), urls.begin(), urls.end());
    return output_of(command, exit_code);
  }
};

const std::string text = "It was a dark and stormy night; the rain fell in torrents.\n";

TEST_F(InteropCurlHttp, GetsAndHeads) {
  server().write("a file.txt", text);
  EXPECT_EQ(curl("/a%20file.txt"), text);
  EXPECT_THAT(curl("/a%20file.txt", {"-I"}),
              AllOf(HasSubstr("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 59\r\n"),
                    HasSubstr("Content-Type: text/plain"), Not(HasSubstr("stormy"))));
  EXPECT_EQ(curl("/a%20file.txt", {"-o", "/dev/null", "-w", "%{http_code} %{size_download} %{content_type}"}),
            "200 59 text/plain; charset=utf-8");
  curl("/missing", {"--fail"}, 22);
}

TEST_F(InteropCurlHttp, FollowsRedirections) {
  server().write("folder/index.html", "<p>index</p>");
  EXPECT_EQ(curl("/folder", {"-L", "-w", " %{num_redirects}"}), "<p>index</p> 1");
}

TEST_F(InteropCurlHttp, GoesOnWithWhatWasCutOff) {
  server().write("file", "0123456789");
  write("down", "0123");
  curl("/file", {"-C", "-", "-o", "down"});
  EXPECT_EQ(read("down"), "0123456789");
  curl("/file", {"-C", "-", "-o", "down"});  // nothing is left: 416
  EXPECT_EQ(read("down"), "0123456789");
}

TEST_F(InteropCurlHttp, GetsRanges) {
  server().write("file", "0123456789");
  EXPECT_EQ(curl("/file", {"-r", "2-4"}), "234");
  EXPECT_EQ(curl("/file", {"-r", "-3"}), "789");
  EXPECT_EQ(curl("/file", {"-r", "7-"}), "789");
  EXPECT_EQ(curl("/file", {"-r", "20-", "-o", "/dev/null", "-w", "%{http_code}"}), "416");
  const auto several = curl("/file", {"-r", "0-1,8-9", "-w", "%{content_type}"});
  EXPECT_THAT(several, AllOf(HasSubstr("Content-Range: bytes 0-1/10\r\n"), HasSubstr("\r\n\r\n01\r\n"),
                             HasSubstr("\r\n\r\n89\r\n"), HasSubstr("multipart/byteranges; boundary=")));
}

TEST_F(InteropCurlHttp, FetchesOnlyWhatIsNewer) {
  server().write("file", text);
  const Words status{"-o", "down", "-w", "%{http_code}"};
  auto remote_time = status;
  remote_time.push_back("-R");
  EXPECT_EQ(curl("/file", remote_time), "200");
  auto if_newer = status;
  if_newer.insert(if_newer.end(), {"-z", "down"});
  EXPECT_EQ(curl("/file", if_newer), "304");
  EXPECT_EQ(read("down"), text);
}

TEST_F(InteropCurlHttp, FetchesOnlyWhatHasAnotherTag) {
  server().write("file", text);
  const Words with_tag{"--etag-save", "tag", "--etag-compare", "tag", "-o", "down", "-w", "%{http_code}"};
  write("tag", "");
  EXPECT_EQ(curl("/file", with_tag), "200");
  EXPECT_THAT(read("tag"), AllOf(HasSubstr("\""), Not(HasSubstr("W/"))));
  EXPECT_EQ(curl("/file", with_tag), "304");
  server().write("file", text + text);
  EXPECT_EQ(curl("/file", with_tag), "200");
  EXPECT_EQ(read("down"), text + text);
}

TEST_F(InteropCurlHttp, UncompressesWhatWasCompressed) {
  std::string long_text;
  for (int i = 0; i < 100; ++i) long_text += text;
  server().write("long.txt", long_text);
  for (const std::string coding : {"gzip", "gzip, deflate, br"}) {
    const Words options{"--compressed", "-H", "Accept-Encoding: " + coding, "-o", "down", "-w", "%{size_download}"};
    const auto bytes = std::stoul(curl("/long.txt", options));
    EXPECT_GT(bytes, 0u);
    EXPECT_LT(bytes, long_text.size() / 10);
    EXPECT_EQ(read("down"), long_text);
  }
}

TEST_F(InteropCurlHttp, PutsFiles) {
  for (const std::size_t size : {0, 1, 100'000, 3'000'000}) {
    write("up", std::string(size, 'x'));
    for (const Words& way : {Words{}, Words{"-H", "Expect:"}, Words{"-H", "Expect: 100-continue"},
                             Words{"-H", "Transfer-Encoding: chunked"}, Words{"--http1.0"}}) {
      if (size == 0 && way.size() == 2 && way[1].starts_with("Transfer")) continue;  // curl sends no chunk then
      SCOPED_TRACE(fmt::format("{} {}", size, testing::PrintToString(way)));
      auto options = way;
      options.insert(options.end(), {"-T", "up", "-w", "%{http_code}"});
      EXPECT_THAT(curl("/file", options), testing::AnyOf("201", "204"));
      EXPECT_EQ(server().read("file").size(), size);
      curl("/file", {"-X", "DELETE"});
      EXPECT_FALSE(server().has("file"));
    }
  }
}

TEST_F(InteropCurlHttp, WaitsForTheWordToSendAndIsToldOfTheEndOfIt) {
  write("up", std::string(2'000'000, 'x'));
  const auto talk = curl("/file", {"-v", "-T", "up", "-H", "Expect: 100-continue", "--expect100-timeout", "9"});
  EXPECT_THAT(talk, AllOf(HasSubstr("< HTTP/1.1 100 Continue"), HasSubstr("< HTTP/1.1 201 Created")));
  // Who is refused is not asked to send 2 MB first.
  const auto refused = curl("/no/folder/file", {"-v", "-T", "up", "-H", "Expect: 100-continue"});
  EXPECT_THAT(refused, AllOf(HasSubstr("< HTTP/1.1 409 Conflict"), Not(HasSubstr("100 Continue"))));
}

TEST_F(InteropCurlHttp, StaysOnOneConnection) {
  server().write("a", "1");
  server().write("b", "2");
  const auto talk = curl_to({url("/a"), url("/b"), url("/missing"), url("/a")}, {"-v", "--no-progress-meter"});
  EXPECT_THAT(talk, HasSubstr("Re-using existing connection"));
  EXPECT_THAT(talk, Not(HasSubstr("(#1)")));
  const auto counts = curl_to({url("/a"), url("/b")}, {"-w", " %{num_connects};"});
  EXPECT_EQ(counts, "1 1;2 0;");
}

TEST_F(InteropCurlHttp, SpeaksHttp10) {
  server().write("file", text);
  EXPECT_THAT(curl("/file", {"-0", "-i"}),
              AllOf(HasSubstr("HTTP/1.1 200 OK"), HasSubstr("Connection: close"), HasSubstr(text)));
  EXPECT_THAT(curl("/file", {"-0", "-i", "-H", "Connection: keep-alive"}), HasSubstr("Connection: keep-alive"));
  EXPECT_EQ(curl_to({url("/file"), url("/file")}, {"-0", "-H", "Connection: keep-alive", "-o", "/dev/null", "-o",
                                                   "/dev/null", "-w", "%{num_connects};"}),
            "1;0;");
}

TEST_F(InteropCurlHttp, SpeaksEachVersionOfTlsAndTrustsTheLabsAuthority) {
  server().write("file", std::string(300'000, 'x'));
  for (const std::string version : {"1.2", "1.3"}) {
    const Words options{"--cacert", authority(), "--tlsv" + version, "--tls-max", version, "-v", "-o", "down"};
    EXPECT_THAT(curl_to({url("/file", "https")}, options),
                AllOf(HasSubstr("SSL connection using TLSv" + version), HasSubstr("server accepted http/1.1")));
    EXPECT_EQ(read("down").size(), 300'000u);
  }
  curl_to({url("/file", "https")}, {}, 60);                                       // nobody it knows has signed
  curl_to({url("/file", "https")}, {"-k", "--tlsv1.0", "--tls-max", "1.1"}, 35);  // as RFC 8996 wants it
}

}  // namespace
}  // namespace labnet::http_server
