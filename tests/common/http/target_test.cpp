// Targets, hosts, paths and forms.
#include "common/http/target.hpp"

#include <gtest/gtest.h>

#include "common/http/limits.hpp"
#include "tests/common/http/heads.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

TEST(HttpTarget, HasFourForms) {
  EXPECT_EQ(*parse_target("GET", "/a/b?c=d?e"),
            (Target{.form = TargetForm::origin, .path = "/a/b", .query = "c=d?e", .has_query = true}));
  EXPECT_EQ(*parse_target("GET", "/?"), (Target{.path = "/", .has_query = true}));
  EXPECT_EQ(*parse_target("GET", "http://web.lab:8080/a?b"), (Target{.form = TargetForm::absolute,
                                                                     .scheme = "http",
                                                                     .authority = "web.lab:8080",
                                                                     .path = "/a",
                                                                     .query = "b",
                                                                     .has_query = true}));
  EXPECT_EQ(parse_target("GET", "http://web.lab")->path, "/");
  EXPECT_EQ(parse_target("GET", "http://web.lab?a")->query, "a");
  EXPECT_EQ(*parse_target("CONNECT", "web.lab:443"),
            (Target{.form = TargetForm::authority, .authority = "web.lab:443"}));
  EXPECT_EQ(*parse_target("OPTIONS", "*"), (Target{.form = TargetForm::asterisk}));
  EXPECT_EQ(parse_target("GET", "//a/b")->path, "//a/b") << "no authority stands in the origin form";
}

TEST(HttpTarget, HasNoOtherForms) {
  for (const auto& [method, target] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"GET", ""},
                                                                            {"GET", "*"},
                                                                            {"GET", "a"},
                                                                            {"GET", "web.lab:80"},
                                                                            {"GET", "http:/a"},
                                                                            {"GET", "http:///a"},
                                                                            {"GET", "://a/"},
                                                                            {"GET", "1http://a/"},
                                                                            {"GET", "http://user@a/"},
                                                                            {"GET", "http://u:p@a/"},
                                                                            {"GET", "http://a:x/"},
                                                                            {"GET", "http://a:65536/"},
                                                                            {"GET", "http://a b/"},
                                                                            {"GET", "/a#b"},
                                                                            {"GET", "/a b"},
                                                                            {"GET", "/\x80"},
                                                                            {"GET", "http://[::1/"},
                                                                            {"GET", "http://[x]/"},
                                                                            {"GET", "http://[::1]a/"},
                                                                            {"CONNECT", "/"},
                                                                            {"CONNECT", "web.lab"},
                                                                            {"CONNECT", "web.lab:"},
                                                                            {"CONNECT", ":443"},
                                                                            {"CONNECT", "http://a/"},
                                                                            {"CONNECT", "u@a:1"},
                                                                            {"OPTIONS", "**"}}) {
    EXPECT_TRUE(parse_target(method, target).has_error()) << method << ' ' << target;
  }
}

TEST(HttpAuthority, IsAHostAndMaybeAPort) {
  EXPECT_EQ(parse_authority("web.lab"), (Authority{"web.lab", std::nullopt}));
  EXPECT_EQ(parse_authority("web.lab:8080"), (Authority{"web.lab", 8080}));
  EXPECT_EQ(parse_authority("web.lab:"), (Authority{"web.lab", std::nullopt}));
  EXPECT_EQ(parse_authority("192.168.1.7:80"), (Authority{"192.168.1.7", 80}));
  EXPECT_EQ(parse_authority("[2001:db8::1]:80"), (Authority{"[2001:db8::1]", 80}));
  EXPECT_EQ(parse_authority(""), (Authority{}));
  for (const auto text :
       {"a@b"sv, "a:b@c"sv, "a/b"sv, "a?b"sv, "a#b"sv, "a b"sv, "a,b c"sv, "a:80:80"sv, "a:+80"sv, "a: 80"sv, "[::1"sv,
        "::1"sv, "[a]"sv, "a:99999"sv, "a\\b"sv, "a\"b"sv, "a\x80"sv, "[]"sv, "http://a"sv}) {
    EXPECT_EQ(parse_authority(text), std::nullopt) << text;
  }
}

std::optional<TargetFault> host_fault(std::string_view lines, std::string_view first_line = "GET / HTTP/1.1") {
  const auto parsed = request(lines, first_line);
  EXPECT_TRUE(parsed.whole()) << lines;
  const auto destination = destination_of(parsed.head());
  return destination ? std::nullopt : std::optional{destination.error()};
}

TEST(HttpHost, IsThereOnceAndNothingButAHost) {
  EXPECT_EQ(host_fault("Host: a:80\r\n"), std::nullopt);
  EXPECT_EQ(host_fault("Host:\r\n"), std::nullopt);
  EXPECT_EQ(host_fault(""), TargetFault::no_host);
  EXPECT_EQ(host_fault("", "GET / HTTP/1.0"), std::nullopt);
  EXPECT_EQ(host_fault("Host: a\r\nhost: a\r\n"), TargetFault::several_hosts);
  EXPECT_EQ(host_fault("Host: a\r\nHost: b\r\n", "GET / HTTP/1.0"), TargetFault::several_hosts);
  for (const auto host : {"a@b", "a/b", "a, b", "a b", "a:b", "http://a", "[::1"}) {
    EXPECT_EQ(host_fault("Host: "s + host + "\r\n"), TargetFault::malformed_host) << host;
  }
  EXPECT_EQ(host_fault("", "GET http://a/ HTTP/1.1"), TargetFault::no_host);
  EXPECT_EQ(host_fault("Host: a/b\r\n", "GET http://a/ HTTP/1.1"), TargetFault::malformed_host);
  EXPECT_EQ(host_fault("Host: a\r\n", "GET a HTTP/1.1"), TargetFault::malformed);
}

TEST(HttpHost, CountsLessThanTheTargetsOwn) {
  const auto parsed = request("Host: other.lab\r\n", "GET http://web.lab:81/a HTTP/1.1");
  const auto destination = destination_of(parsed.head());
  ASSERT_TRUE(destination);
  EXPECT_EQ(destination->authority, (Authority{"web.lab", 81}));
  const auto origin = request("Host: other.lab\r\n");
  EXPECT_EQ(destination_of(origin.head())->authority.host, "other.lab");
}

TEST(HttpPath, IsDecodedOnceAndThenResolved) {
  const std::vector<std::pair<std::string, std::string>> paths{
      {"/", "/"},
      {"/a", "/a"},
      {"/a/", "/a/"},
      {"/a/b", "/a/b"},
      {"//a///b//", "/a/b/"},
      {"/./a/./b/.", "/a/b/"},
      {"/a/..", "/"},
      {"/a/../", "/"},
      {"/a/b/../c", "/a/c"},
      {"/a/b/..", "/a/"},
      {"/a/b/../..", "/"},
      {"/%61", "/a"},
      {"/pa%C3%ads", "/pa\xc3\xads"},
      {"/%2525", "/%25"},
      {"/a%2Fb", "/a/b"},
      {"/a/%2e%2e/b", "/b"},
      {"/a/%2e%2e%2fb", "/b"},
      {"/a/.%2e/b", "/b"},
      {"/%252e%252e/b", "/%2e%2e/b"},
      {"/...", "/..."},
      {"/a+b", "/a+b"},
      {"/.a", "/.a"},
      {"/a..", "/a.."},
      {"/a\\..\\b", "/a\\..\\b"},
      {"/%5c", "/\\"},
  };
  for (const auto& [path, expected] : paths) EXPECT_EQ(*decode_path(path), expected) << path;
}

TEST(HttpPath, IsRefused) {
  const std::vector<std::pair<std::string, PathFault>> paths{
      {"/%", PathFault::malformed_escape},
      {"/%2", PathFault::malformed_escape},
      {"/%2g", PathFault::malformed_escape},
      {"/%+1", PathFault::malformed_escape},
      {"/%-1", PathFault::malformed_escape},
      {"/%%41", PathFault::malformed_escape},
      {"/% 1", PathFault::malformed_escape},
      {"/%0x", PathFault::malformed_escape},
      {"/a%00b", PathFault::nul},
      {"/..", PathFault::above_root},
      {"/../a", PathFault::above_root},
      {"/a/../../b", PathFault::above_root},
      {"/%2e%2e/a", PathFault::above_root},
      {"/%2e%2e%2fa", PathFault::above_root},
      {"//..", PathFault::above_root},
      {"/./..", PathFault::above_root},
  };
  for (const auto& [path, fault] : paths) {
    ASSERT_TRUE(decode_path(path).has_error()) << path;
    EXPECT_EQ(decode_path(path).error(), fault) << path;
  }
}

TEST(HttpPath, ComesBackAsItWas) {
  std::string path = "/";
  for (int octet = 1; octet < 256; ++octet) path += static_cast<char>(octet);
  EXPECT_EQ(*decode_path(encode_path(path)), path);
  EXPECT_EQ(encode_path("/Adivinar el pa\xc3\xads?.pptx"), "/Adivinar%20el%20pa%C3%ADs%3F.pptx");
}

TEST(HttpForm, IsReadAndWritten) {
  const FormPairs pairs{{"name", "Samur T\xc3\xa9"}, {"a&b", "c=d+e"}, {"", ""}, {"name", "again"}};
  EXPECT_EQ(to_form(pairs), "name=Samur%20T%C3%A9&a%26b=c%3Dd%2Be&=&name=again");
  EXPECT_EQ(parse_form(to_form(pairs)), pairs);
  EXPECT_EQ(parse_form("a=b+c&&d&e="), (FormPairs{{"a", "b c"}, {"d", ""}, {"e", ""}}));
  EXPECT_EQ(parse_form(""), FormPairs{});
  EXPECT_EQ(parse_form("a=%zz"), std::nullopt);
}

TEST(HttpForm, HasAsManyPairsAsItsLimit) {
  std::string text;
  for (std::size_t i = 0; i < form_pairs_max; ++i) text += "a&";
  EXPECT_EQ(parse_form(text)->size(), form_pairs_max);
  EXPECT_EQ(parse_form(text + "a"), std::nullopt);
}

}  // namespace
}  // namespace labnet::http
