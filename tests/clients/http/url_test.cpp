#include "clients/http/url.hpp"

#include <gtest/gtest.h>

#include "clients/http/limits.hpp"

namespace labnet::http_client {
namespace {

Url url_of(std::string_view text) {
  const auto url = parse_url(text);
  EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error().message);
  return url ? *url : Url{};
}

TEST(HttpUrl, IsTakenApart) {
  const auto url = url_of("https://ann:se%3Acret@Web.Lab:8443/music/1.mp3?a=b&c#top");
  EXPECT_EQ(url.origin, (Origin{true, "web.lab", 8443}));
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "se:cret");
  EXPECT_EQ(url.target, "/music/1.mp3?a=b&c");
  EXPECT_EQ(to_text(url), "https://web.lab:8443/music/1.mp3?a=b&c");
}

TEST(HttpUrl, HasTheUsualPortOfItsScheme) {
  EXPECT_EQ(url_of("http://web.lab").origin, (Origin{false, "web.lab", 80}));
  EXPECT_EQ(url_of("https://web.lab:/").origin, (Origin{true, "web.lab", 443}));
  EXPECT_EQ(to_text(url_of("https://web.lab:443")), "https://web.lab/");
  EXPECT_EQ(to_text(url_of("http://web.lab:443")), "http://web.lab:443/");
}

TEST(HttpUrl, IsHttpWithoutAScheme) {
  EXPECT_EQ(to_text(url_of("web.lab/1.png")), "http://web.lab/1.png");
  EXPECT_EQ(to_text(url_of("127.0.0.1:8080")), "http://127.0.0.1:8080/");
  EXPECT_EQ(to_text(url_of("web.lab?next=http://other.lab/")), "http://web.lab/?next=http://other.lab/");
}

TEST(HttpUrl, TakesIpv6AddressesInBrackets) {
  const auto url = url_of("http://[::1]:8080/");
  EXPECT_EQ(url.origin.host, "::1");
  EXPECT_EQ(authority_of(url.origin), "[::1]:8080");
}

TEST(HttpUrl, EncodesOnlyWhatARequestCannotCarry) {
  EXPECT_EQ(url_of("http://h/el país?q=a b|c%20d").target, "/el%20pa%C3%ADs?q=a%20b|c%20d");
  EXPECT_EQ(url_of("http://h/a\r\nb").target, "/a%0D%0Ab");
}

TEST(HttpUrl, ResolvesDots) {
  EXPECT_EQ(url_of("http://h/a/./b/../c").target, "/a/c");
  EXPECT_EQ(url_of("http://h/../../etc/passwd").target, "/etc/passwd");
  EXPECT_EQ(url_of("http://h/a/%2E%2e/b/").target, "/b/");
  EXPECT_EQ(url_of("http://h/a/..").target, "/");
  EXPECT_EQ(url_of("http://h/a/.").target, "/a/");
  EXPECT_EQ(url_of("http://h/a//b?x=/../y").target, "/a//b?x=/../y");
  EXPECT_EQ(parse_url("http://h/a/../b", true)->target, "/a/../b");
}

TEST(HttpUrl, IsRefusedWithAReason) {
  for (const auto* text : {"", "ftp://h/", "http://", "http://:80/", "http://h:0/", "http://h:65536/", "http://h:x/",
                           "http://[::1/", "http://[x]/", "http://@h/", "http://a%2@h/", "http://a%0Ab@h/",
                           "http://h%0A/", "http://a%20b/", "http://a%2Fb/", "http://a%2525/", "http://a%3A1/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://h/" + std::string(url_bytes_max, 'a')));
  EXPECT_EQ(parse_url("http://ann:secret@h:x/").error().message.find("secret"), std::string::npos);
}

TEST(HttpUrl, ResolvesReferences) {
  const auto base = url_of("http://a/b/c/d?q");
  const std::vector<std::pair<std::string, std::string>> all{
      // RFC 3986, section 5.4
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d?q"},
      {"g#s", "http://a/b/c/g"},
      {"", "http://a/b/c/d?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"HTTPS://other:8443/x", "https://other:8443/x"},
  };
  for (const auto& [reference, expected] : all) {
    const auto url = resolve(base, reference);
    ASSERT_TRUE(url) << reference;
    EXPECT_EQ(to_text(*url), expected) << reference;
  }
}

TEST(HttpUrl, ResolvesNoOtherSchemes) {
  const auto base = url_of("http://a/");
  for (const auto* reference : {"ftp://b/", "mailto:a@b", "javascript:x", "data:,x", "http:g"}) {
    EXPECT_FALSE(resolve(base, reference)) << reference;
  }
}

TEST(HttpUrl, TellsTheNameOfAFile) {
  EXPECT_EQ(file_name_of(url_of("http://h/music/el%20pa%C3%ADs.mp3?x=1/2")), "el país.mp3");
  for (const auto* text : {"http://h/", "http://h/music/", "http://h/a%2Fb", "http://h/a%00b"}) {
    EXPECT_EQ(file_name_of(url_of(text)), "") << text;
  }
}

}  // namespace
}  // namespace labnet::http_client
