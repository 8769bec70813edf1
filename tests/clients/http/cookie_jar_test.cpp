#include "clients/http/cookie_jar.hpp"

#include <gtest/gtest.h>

#include "clients/http/limits.hpp"
#include "common/http/response_head.hpp"

namespace labnet::http_client {
namespace {

using namespace std::chrono_literals;

constexpr http::Time now{1'700'000'000s};

class CookieJarTest : public testing::Test {
 protected:
  void take(const std::string& url, const std::string& set_cookie, http::Time at = now) {
    const auto head = "HTTP/1.1 200 OK\r\nSet-Cookie: " + set_cookie + "\r\n\r\n";
    http::ResponseHeadReader reader;
    ASSERT_TRUE(reader.read(as_bytes(head)));
    jar_.take(*parse_url(url), reader.head().fields(), at);
  }
  std::string sent_to(const std::string& url, http::Time at = now) const {
    return jar_.value_for(*parse_url(url), at).value_or("-");
  }

  CookieJar jar_;
};

TEST_F(CookieJarTest, SendsBackToTheSameHostAlone) {
  take("http://web.lab/", "a=1");
  EXPECT_EQ(sent_to("http://web.lab/x"), "a=1");
  EXPECT_EQ(sent_to("http://web.lab:8080/"), "a=1");
  EXPECT_EQ(sent_to("http://www.web.lab/"), "-");
  EXPECT_EQ(sent_to("http://lab/"), "-");
}

TEST_F(CookieJarTest, SendsBackBelowTheDomainThatIsNamed) {
  take("http://www.web.lab/", "a=1; Domain=.Web.lab");
  EXPECT_EQ(sent_to("http://web.lab/"), "a=1");
  EXPECT_EQ(sent_to("http://x.web.lab/"), "a=1");
  EXPECT_EQ(sent_to("http://xweb.lab/"), "-");
}

TEST_F(CookieJarTest, PassesOverCookiesForOthers) {
  take("http://web.lab/", "a=1; Domain=other.lab");
  take("http://web.lab/", "b=1; Domain=lab");
  take("http://web.lab/", "c=1; Domain=www.web.lab");
  take("http://web.lab/", "d=1; Secure");
  take("http://127.0.0.1/", "e=1; Domain=0.0.1");
  EXPECT_EQ(jar_.size(), 0u);
}

TEST_F(CookieJarTest, SendsBackBelowThePath) {
  take("http://web.lab/music/list", "a=1");
  take("http://web.lab/", "b=2; Path=/music/rock");
  EXPECT_EQ(sent_to("http://web.lab/music"), "a=1");
  EXPECT_EQ(sent_to("http://web.lab/music/rock?x"), "b=2; a=1");
  EXPECT_EQ(sent_to("http://web.lab/musical"), "-");
}

TEST_F(CookieJarTest, SendsSecureOnesOverTlsAlone) {
  take("https://web.lab/", "a=1; Secure");
  EXPECT_EQ(sent_to("https://web.lab/"), "a=1");
  EXPECT_EQ(sent_to("http://web.lab/"), "-");
}

TEST_F(CookieJarTest, ForgetsWhatHasEnded) {
  take("http://web.lab/", "a=1; Max-Age=10");
  EXPECT_EQ(sent_to("http://web.lab/", now + 9s), "a=1");
  EXPECT_EQ(sent_to("http://web.lab/", now + 10s), "-");
  take("http://web.lab/", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(jar_.size(), 0u);
  take("http://web.lab/", "b=1; Max-Age=99999999999999; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(sent_to("http://web.lab/"), "b=1");
}

TEST_F(CookieJarTest, ReplacesTheSameCookie) {
  take("http://web.lab/", "a=1");
  take("http://web.lab/", "a=2");
  EXPECT_EQ(sent_to("http://web.lab/"), "a=2");
}

TEST_F(CookieJarTest, HasALimit) {
  for (std::size_t i = 0; i < kept_cookies_max + 5; ++i) take("http://web.lab/", "a" + std::to_string(i) + "=1");
  EXPECT_EQ(jar_.size(), kept_cookies_max);
  take("http://other.lab/", "b=" + std::string(cookie_bytes_max, 'x'));
  EXPECT_EQ(sent_to("http://other.lab/"), "-");
}

}  // namespace
}  // namespace labnet::http_client
