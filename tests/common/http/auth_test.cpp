// Credentials and challenges, Basic, Digest and cookies.
#include "common/http/auth.hpp"

#include <gtest/gtest.h>

#include "common/http/cookie.hpp"
#include "common/http/digest.hpp"
#include "common/http/limits.hpp"
#include "tests/common/http/heads.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

TEST(HttpChallenges, AreTakenApartAtSchemesAndNotAtCommas) {
  const auto all = parse_challenges(
      "Newauth realm=\"apps, all\", type=1, title=\"Login \\\"here\\\"\", Basic realm=\"simple\", X, "
      "Negotiate abc+/==, Digest nonce = \"n\"");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 5u);
  EXPECT_EQ(all->at(0),
            (Authentication{"Newauth", "", {{"realm", "apps, all"}, {"type", "1"}, {"title", "Login \"here\""}}}));
  EXPECT_EQ(all->at(1), (Authentication{"Basic", "", {{"realm", "simple"}}}));
  EXPECT_EQ(all->at(2), (Authentication{"X", "", {}}));
  EXPECT_EQ(all->at(3), (Authentication{"Negotiate", "abc+/==", {}}));
  EXPECT_EQ(all->at(4).parameter("nonce"), "n");
  EXPECT_TRUE(all->at(1).is("bASIC"));
}

TEST(HttpChallenges, AreNothingElse) {
  for (const auto* value :
       {"", ",", "a=b", "Basic realm=\"a", "Basic a b", "Basic abc=, d=e", "Basic a=b, a=c", "Basic =", "B@sic a=b"}) {
    EXPECT_EQ(parse_challenges(value), std::nullopt) << value;
  }
  std::string many = "Digest a0=b";
  for (std::size_t i = 1; i < parameters_max; ++i) many += ", a" + std::to_string(i) + "=b";
  EXPECT_TRUE(parse_challenges(many));
  EXPECT_FALSE(parse_challenges(many + ", x=y"));
}

TEST(HttpBasic, IsReadAndWritten) {
  const BasicCredentials credentials{"Aladdin", "open: sesame"};
  EXPECT_EQ(to_text(BasicCredentials{"Aladdin", "open sesame"}), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_basic(*to_text(credentials)), credentials);
  EXPECT_EQ(parse_basic("basic Og=="), (BasicCredentials{"", ""}));
  EXPECT_EQ(basic_challenge("a \"lab\""), "Basic realm=\"a \\\"lab\\\"\", charset=\"UTF-8\"");
  for (const auto* value :
       {"Basic", "Basic ", "Basic QQ==", "Basic Q", "Bearer Og==", "Basic Og", "Basic AGE6Yg==", "Basic O g=="}) {
    EXPECT_EQ(parse_basic(value), std::nullopt) << value;
  }
  EXPECT_EQ(to_text(BasicCredentials{"a:b", ""}), std::nullopt);
  EXPECT_EQ(to_text(BasicCredentials{"a", "b\r\n"}), std::nullopt);
}

TEST(HttpDigest, CredentialsComeBackAsTheyWereWritten) {
  const digest::Credentials credentials{.user = "a \"b\\, c",
                                        .realm = "the lab",
                                        .nonce = "n=\"1\"",
                                        .uri = "/dir/index.html",
                                        .response = "8ca523f5e9506fed4657c9700eebdbec",
                                        .cnonce = "c",
                                        .nonce_count = 0xabcdef01,
                                        .opaque = "o"};
  const auto text = to_text(credentials);
  EXPECT_EQ(parse_digest(text), credentials);
  for (const auto name :
       {"username="sv, "realm="sv, "nonce="sv, "uri="sv, "response="sv, "cnonce="sv, "nc="sv, "qop="sv}) {
    auto without = text;
    without.insert(without.find(" " + std::string{name}) + 1, "x-");
    EXPECT_EQ(parse_digest(without), std::nullopt) << name;
  }
  EXPECT_EQ(parse_digest("Basic QQ=="), std::nullopt);
}

TEST(HttpDigest, ChallengesComeBackAsTheyWereWritten) {
  const digest::Challenge challenge{
      .realm = "the lab", .nonce = "n=\"1\"", .opaque = "o", .algorithm = digest::Algorithm::sha256, .stale = true};
  const auto all = parse_challenges(to_text(challenge));
  ASSERT_TRUE(all);
  EXPECT_EQ(digest_challenge_of(all->front()), challenge);
  const auto is_one = [](std::string_view value) {
    return digest_challenge_of(parse_challenges(value)->front()).has_value();
  };
  EXPECT_TRUE(is_one("Digest realm=a, nonce=b, qop=\"auth-int, auth\""));
  EXPECT_FALSE(is_one("Digest realm=a, nonce=b, qop=\"auth-int\""));
  EXPECT_FALSE(is_one("Digest realm=a, nonce=b"));
  EXPECT_FALSE(is_one("Digest realm=a, nonce=b, qop=auth, algorithm=MD5-sess"));
  EXPECT_FALSE(is_one("Digest realm=a, qop=auth"));
  EXPECT_FALSE(is_one("Basic realm=a, nonce=b, qop=auth"));
}

TEST(HttpCookie, IsFoundByItsName) {
  const auto parsed = request("Cookie: a=1; session=\"x;y=z\r\nCookie: b=2; a=3;c;d=\r\n");
  EXPECT_EQ(cookie(parsed.fields(), "a"), "1");
  EXPECT_EQ(cookie(parsed.fields(), "b"), "2");
  EXPECT_EQ(cookie(parsed.fields(), "y"), "z") << "quotation marks hide nothing";
  EXPECT_EQ(cookie(parsed.fields(), "A"), std::nullopt);
  EXPECT_EQ(cookie(parsed.fields(), "c"), std::nullopt);
  EXPECT_EQ(cookie(parsed.fields(), "d"), "");
}

TEST(HttpCookie, IsLookedForAsFarAsTheLimit) {
  const auto lines_with_last_at = [](std::size_t place) {
    std::string lines = "Cookie: ";
    for (std::size_t i = 1; i < place; ++i) lines += "a=b;";
    return lines + "last=1\r\n";
  };
  const auto within = request(lines_with_last_at(cookies_max)), behind = request(lines_with_last_at(cookies_max + 1));
  EXPECT_EQ(cookie(within.fields(), "last"), "1");
  EXPECT_EQ(cookie(behind.fields(), "last"), std::nullopt);
}

TEST(HttpSetCookie, TakesDatesAsServersWriteThem) {
  const Time time{std::chrono::seconds{1445412480}};
  for (const auto text :
       {"Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21-Oct-2015 07:28:00 GMT", "Wed, 21-Oct-15 07:28:00 GMT",
        "Wednesday, 21-October-15 7:28:0", "Wed Oct 21 07:28:00 2015", "07:28:00 2015 21 OCT"}) {
    EXPECT_EQ(parse_cookie_date(text), time) << text;
  }
  EXPECT_EQ(parse_cookie_date("Thu, 01-Jan-1970 00:00:00 GMT"), Time{});
  EXPECT_EQ(parse_cookie_date("Thu, 01-Jan-70 00:00:00 GMT"), Time{});
  for (const auto text : {"", "0", "-1", "Wed, 21 Oct 2015", "21 Oct 2015 24:00:00", "31 Feb 2015 07:28:00",
                          "21 Okt 2015 07:28:00", "21 Oct 1600 07:28:00", "07:28 21 Oct 2015", "21 Oct 07:28:00"}) {
    EXPECT_EQ(parse_cookie_date(text), std::nullopt) << text;
  }
}

TEST(HttpSetCookie, ComesBackAsItWasWritten) {
  const SetCookie session{.name = "session",
                          .value = "0123abc=",
                          .path = "/",
                          .domain = "web.lab",
                          .max_age = 3600s,
                          .secure = true,
                          .http_only = true,
                          .same_site = SameSite::lax};
  EXPECT_EQ(to_text(session), "session=0123abc=; Path=/; Domain=web.lab; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");
  EXPECT_EQ(parse_set_cookie(*to_text(session)), session);
  EXPECT_EQ(parse_set_cookie("a=b; x; max-age=y; expires=tomorrow"), (SetCookie{.name = "a", .value = "b"}));
  EXPECT_EQ(parse_set_cookie("a=b; expires=Sun, 06 Nov 1994 08:49:37 GMT"),
            (SetCookie{.name = "a", .value = "b", .expires = Time{std::chrono::seconds{784111777}}}));
  EXPECT_EQ(parse_set_cookie("=b"), std::nullopt);
  EXPECT_EQ(parse_set_cookie("a"), std::nullopt);
  EXPECT_EQ(to_text(SetCookie{.name = "a b", .value = "c"}), std::nullopt);
  EXPECT_EQ(to_text(SetCookie{.name = "a", .value = "c;d"}), std::nullopt);
  EXPECT_EQ(to_text(SetCookie{.name = "a", .value = "c", .path = "/\r\nX: y"}), std::nullopt);
}

}  // namespace
}  // namespace labnet::http
