// What a file is answered with: heads, conditions, ranges, codings; and that nothing old is served.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>

#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr std::string_view takes_gzip = "Accept-Encoding: gzip\r\n";

/// Much of the same, so that it gets shorter.
std::string page_of(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += fmt::format("<p>{}</p>\n", text.size());
  text.resize(bytes);
  return text;
}

std::string gunzip(const std::string& bytes) {
  std::string text(1 << 20, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const auto result = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? text : "(no gzip)";
}

void set_age(const std::string& path, int seconds) {
  const timespec past{::time(nullptr) - seconds, 0};
  const timespec times[]{past, past};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

class HttpDocument : public testing::Test {
 protected:
  RunningHttp server{std::vector<std::string>{"--listing"}};
  HttpClient client{server};
};

TEST_F(HttpDocument, HasAllThatACacheNeeds) {
  set_age(server.write("page.html", page_of(10'671)), 10);
  const auto response = client.get("/page.html");
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(response.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(response.field("Content-Length"), "10671");
  EXPECT_EQ(response.field("Accept-Ranges"), "bytes");
  EXPECT_EQ(response.field("Vary"), "Accept-Encoding");
  EXPECT_THAT(response.field("Last-Modified"), EndsWith(" GMT"));
  EXPECT_THAT(response.field("ETag"), MatchesRegex("\"29af-[0-9a-f]+\""));
  EXPECT_THAT(response.field("Date"), EndsWith(" GMT"));
  EXPECT_EQ(response.field("Server"), "labnet");
  EXPECT_EQ(response.body, page_of(10'671));
}

TEST_F(HttpDocument, HeadIsTheHeadOfGet) {
  set_age(server.write("page.html", page_of(1'000)), 10);
  for (int i = 0; i < 2; ++i) {  // looked up, and from memory
    const auto get = client.get("/page.html");
    const auto head = client.ask("HEAD", "/page.html");
    EXPECT_EQ(head.field_names(), get.field_names());
    EXPECT_EQ(head.field("Content-Length"), "1000");
  }
  EXPECT_EQ(client.ask("HEAD", "/none").status, 404);
  EXPECT_EQ(client.get("/page.html").body.size(), 1'000u);
}

TEST_F(HttpDocument, OfEverySizeIsWhole) {
  for (const std::size_t bytes : {0, 1, 2'048, 2'049, 65'536, 262'144, 262'145, 3'000'000}) {
    const auto name = fmt::format("{}.bin", bytes);
    server.write(name, page_of(bytes));
    EXPECT_EQ(client.get("/" + name).body, page_of(bytes)) << bytes;
  }
}

TEST_F(HttpDocument, ATagThatMatchesIs304WithTheFieldsOfIt) {
  set_age(server.write("page.html", page_of(1'000)), 10);
  const auto response = client.get("/page.html");
  for (const auto* form : {"{}", "W/{}", "\"other\", {}", "*"}) {
    const auto tags = fmt::format(fmt::runtime(form), response.field("ETag"));
    const auto again = client.get("/page.html", fmt::format("If-None-Match: {}\r\n", tags));
    EXPECT_EQ(again.status, 304) << tags;
    EXPECT_EQ(again.field("ETag"), response.field("ETag"));
    EXPECT_EQ(again.field("Vary"), "Accept-Encoding");
    EXPECT_NE(again.field("Date"), "");
    EXPECT_FALSE(again.has("Content-Length"));
  }
  EXPECT_EQ(client.get("/page.html", "If-None-Match: \"other\"\r\n").status, 200);
}

TEST_F(HttpDocument, ADateCountsUnlessThereIsATag) {
  set_age(server.write("page.html", page_of(1'000)), 10);
  const auto since = fmt::format("If-Modified-Since: {}\r\n", client.get("/page.html").field("Last-Modified"));
  EXPECT_EQ(client.get("/page.html", since).status, 304);
  EXPECT_EQ(client.get("/page.html", since + "If-None-Match: \"other\"\r\n").status, 200);
  EXPECT_EQ(client.get("/page.html", "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT\r\n").status, 200);
  EXPECT_EQ(client.get("/page.html", "If-Modified-Since: yesterday\r\n").status, 200);
}

TEST_F(HttpDocument, WhatMustBeAndIsNotIs412) {
  set_age(server.write("page.html", page_of(1'000)), 10);
  const auto response = client.get("/page.html");
  EXPECT_EQ(client.get("/page.html", "If-Match: \"other\"\r\n").status, 412);
  EXPECT_EQ(client.get("/page.html", fmt::format("If-Match: {}\r\n", response.field("ETag"))).status, 200);
  EXPECT_EQ(client.get("/page.html", "If-Unmodified-Since: Thu, 01 Jan 1998 00:00:00 GMT\r\n").status, 412);
}

TEST_F(HttpDocument, GzipHasATagOfItsOwnThatGetsIts304) {
  set_age(server.write("page.html", page_of(10'671)), 10);
  const auto plain = client.get("/page.html");
  const auto zipped = client.get("/page.html", takes_gzip);
  EXPECT_EQ(zipped.field("Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(zipped.body), plain.body);
  EXPECT_NE(zipped.field("ETag"), plain.field("ETag"));
  const auto condition = fmt::format("If-None-Match: {}\r\n", zipped.field("ETag"));
  EXPECT_EQ(client.get("/page.html", condition + std::string{takes_gzip}).status, 304);
  EXPECT_EQ(client.get("/page.html", condition).status, 200);  // the other form
  EXPECT_EQ(client.ask("HEAD", "/page.html", takes_gzip).field("Content-Length"), std::to_string(zipped.body.size()));
}

TEST_F(HttpDocument, WhatDoesNotGetShorterIsNotCompressed) {
  server.write("small.html", "short");
  server.write("image.png", page_of(10'000));
  EXPECT_FALSE(client.get("/small.html", takes_gzip).has("Content-Encoding"));
  EXPECT_FALSE(client.get("/image.png", takes_gzip).has("Content-Encoding"));
  EXPECT_FALSE(client.get("/image.png", takes_gzip).has("Vary"));
}

TEST_F(HttpDocument, WeightsDecideAboutTheCoding) {
  set_age(server.write("page.html", page_of(10'671)), 10);
  const auto coding = [&](std::string_view accepted) {
    const auto response = client.get("/page.html", fmt::format("Accept-Encoding: {}\r\n", accepted));
    return response.status == 200 ? response.field("Content-Encoding") : std::to_string(response.status);
  };
  EXPECT_EQ(coding("gzip;q=0"), "");
  EXPECT_EQ(coding("gzip;q=0.5, identity"), "");
  EXPECT_EQ(coding("GZIP"), "gzip");
  EXPECT_EQ(coding("*"), "gzip");
  EXPECT_EQ(coding("identity;q=0, gzip"), "gzip");
  EXPECT_EQ(coding("deflate"), "");
  EXPECT_EQ(coding("identity;q=0"), "406");
}

TEST_F(HttpDocument, ReadyMadeFormsAreServedUnlessTheyAreOld) {
  set_age(server.write("page.html", page_of(10'671)), 100);
  set_age(server.write("page.html.br", "brotli, as it were"), 50);
  set_age(server.write("page.html.gz", "gzip, as it were"), 50);
  EXPECT_EQ(client.get("/page.html", takes_gzip).body, "gzip, as it were");
  const auto both = client.get("/page.html", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(both.body, "brotli, as it were");
  EXPECT_EQ(both.field("Content-Encoding"), "br");
  EXPECT_EQ(both.field("Content-Type"), "text/html; charset=utf-8");
  set_age(server.root() + "/page.html", 10);
  EXPECT_EQ(gunzip(client.get("/page.html", "Accept-Encoding: gzip, br\r\n").body), page_of(10'671));
}

TEST_F(HttpDocument, RangesAreCutOutOfIt) {
  const auto text = page_of(300'000);
  for (const auto* name : {"small.bin", "large.bin"}) {
    const auto whole = std::string_view{name} == "small.bin" ? text.substr(0, 1'000) : text;
    set_age(server.write(name, whole), 10);
    const auto get = [&](std::string_view range, std::string_view fields = "") {
      return client.get(fmt::format("/{}", name), fmt::format("Range: {}\r\n{}", range, fields));
    };
    const auto first = get("bytes=0-99");
    EXPECT_EQ(first.status, 206);
    EXPECT_EQ(first.field("Content-Range"), fmt::format("bytes 0-99/{}", whole.size()));
    EXPECT_EQ(first.body, whole.substr(0, 100));
    EXPECT_EQ(get("bytes=500-").body, whole.substr(500));
    EXPECT_EQ(get("bytes=-7").body, whole.substr(whole.size() - 7));
    const auto none = get(fmt::format("bytes={}-", whole.size()));
    EXPECT_EQ(none.status, 416);
    EXPECT_EQ(none.field("Content-Range"), fmt::format("bytes */{}", whole.size()));
    EXPECT_EQ(get("bytes=9-5").status, 200);
    EXPECT_EQ(get("lines=1-2").status, 200);
    EXPECT_EQ(get("bytes=0-99", fmt::format("If-Range: {}\r\n", first.field("ETag"))).status, 206);
    EXPECT_EQ(get("bytes=0-99", "If-Range: \"other\"\r\n").status, 200);
  }
}

TEST_F(HttpDocument, SeveralRangesComeInParts) {
  const auto text = page_of(1'000);
  set_age(server.write("file.bin", text), 10);
  const auto response = client.get("/file.bin", "Range: bytes=0-9,500-509,-5\r\n");
  EXPECT_EQ(response.status, 206);
  EXPECT_THAT(response.field("Content-Type"), StartsWith("multipart/byteranges; boundary="));
  EXPECT_EQ(response.field("Content-Length"), std::to_string(response.body.size()));
  for (const auto& part : {std::pair{0, 10}, std::pair{500, 10}, std::pair{995, 5}}) {
    EXPECT_THAT(response.body,
                HasSubstr(fmt::format(
                    "Content-Range: bytes {}-{}/1000\r\n\r\n{}\r\n--", part.first, part.first + part.second - 1,
                    text.substr(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.second)))));
  }
}

TEST_F(HttpDocument, IsServedAsItIsNowHoweverItHasChanged) {
  const auto path = server.write("page.html", "one");
  set_age(path, 10);
  const auto body = [&] { return client.get("/page.html").body; };
  EXPECT_EQ(body(), "one");
  EXPECT_EQ(body(), "one");
  server.write("page.html", "two");  // in its place, of the same size
  EXPECT_EQ(body(), "two");
  server.write("page.html", "six");  // again, maybe within the clock's same step
  EXPECT_EQ(body(), "six");
  set_age(path, 10);
  EXPECT_EQ(body(), "six");
  server.write("other.html", "ten");
  std::filesystem::rename(server.root() + "/other.html", path);
  EXPECT_EQ(body(), "ten");
  std::filesystem::rename(path, server.root() + "/away.html");
  EXPECT_EQ(client.get("/page.html").status, 404);
  std::filesystem::rename(server.root() + "/away.html", path);
  EXPECT_EQ(body(), "ten");
  std::filesystem::remove(path);
  EXPECT_EQ(client.get("/page.html").status, 404);
}

TEST_F(HttpDocument, FoldersThatChangeAboveItAreSeen) {
  set_age(server.write("a/page.html", "one"), 10);
  set_age(server.write("b/page.html", "two"), 10);
  EXPECT_EQ(client.get("/a/page.html").body, "one");
  std::filesystem::rename(server.root() + "/a", server.root() + "/c");
  std::filesystem::rename(server.root() + "/b", server.root() + "/a");
  EXPECT_TRUE(test::eventually([&] { return client.get("/a/page.html").body == "two"; }));
}

TEST_F(HttpDocument, LinksLeadNowhereOutside) {
  server.write("inside.txt", "inside");
  std::filesystem::create_symlink("inside.txt", server.root() + "/link");
  std::filesystem::create_symlink("/etc/passwd", server.root() + "/outside");
  std::filesystem::create_directory_symlink("/etc", server.root() + "/folder");
  EXPECT_EQ(client.get("/link").body, "inside");
  EXPECT_EQ(client.get("/outside").status, 403);
  EXPECT_EQ(client.get("/folder/passwd").status, 403);
}

TEST_F(HttpDocument, WhatIsNeitherFileNorFolderIsRefused) {
  ASSERT_EQ(::mkfifo((server.root() + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(client.get("/fifo").status, 403);
}

TEST_F(HttpDocument, NamesAreDecodedOnce) {
  server.write("with space & é.txt", "name");
  server.write("100%25.txt", "escape");
  EXPECT_EQ(client.get("/with%20space%20%26%20%C3%A9.txt").body, "name");
  EXPECT_EQ(client.get("/100%2525.txt").body, "escape");
  EXPECT_EQ(client.get("/100%25.txt").status, 404);
  EXPECT_EQ(client.get("/./x/..//with%20space%20%26%20%C3%A9.txt?query").body, "name");
}

TEST_F(HttpDocument, AFolderHasItsIndexOrAListing) {
  server.write("folder/b & <c>.txt", "text");
  server.write("folder/sub/file", "text");
  server.write("folder/.hidden", "text");
  const auto moved = client.get("/folder?x=1");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(moved.field("Location"), "/folder/?x=1");
  const auto listing = client.get("/folder/");
  EXPECT_EQ(listing.status, 200);
  EXPECT_THAT(listing.body, HasSubstr("<a href=\"./b%20&%20%3Cc%3E.txt\">b &amp; &lt;c&gt;.txt</a>"));
  EXPECT_THAT(listing.body, HasSubstr("<a href=\"./sub/\">sub/</a>"));
  EXPECT_THAT(listing.body, testing::Not(HasSubstr("hidden")));
  server.write("folder/index.html", "index");
  EXPECT_EQ(client.get("/folder/").body, "index");
  EXPECT_EQ(client.get("/folder/").field("Content-Type"), "text/html; charset=utf-8");
}

TEST(HttpPermissions, WhatTheServerMayNotReadIs403) {
  const auto server = RunningHttp::as_ordinary_user();
  ::chmod(server->write("secret.txt", "text").c_str(), 0600);
  if (::geteuid() != 0) ::chmod((server->root() + "/secret.txt").c_str(), 0);
  HttpClient client{*server};
  EXPECT_EQ(client.get("/secret.txt").status, 403);
  const auto without_listing = client.get("/");
  EXPECT_EQ(without_listing.status, 403);
  EXPECT_THAT(without_listing.body, HasSubstr("is not listed"));
}

TEST(HttpDocuments, AreForgottenWhenThereAreTooMany) {
  RunningHttp server;
  HttpClient client{server};
  const auto before = server.descriptors();
  for (int i = 0; i < 1'200; ++i) {
    set_age(server.write(fmt::format("{}.txt", i), std::to_string(i)), 10);
    EXPECT_EQ(client.get(fmt::format("/{}.txt", i)).body, std::to_string(i));
  }
  EXPECT_LE(server.descriptors(), before + 1'001);
  EXPECT_EQ(client.get("/0.txt").body, "0");
}

}  // namespace
}  // namespace labnet::http_server
