#include "clients/http/cookie_jar.hpp"

#include <gtest/gtest.h>

#include "clients/http/cookie_file.hpp"
#include "clients/http/limits.hpp"
#include "common/http/response_head.hpp"
#include "tests/support/child.hpp"

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

TEST_F(CookieJarTest, PassesOverCookiesForAPublicSuffix) {
  for (const std::string suffix : {"com", "co.uk", "com.ve", "github.io", "lab", "xn--fiqs8s"}) {
    take("http://www.bank." + suffix + "/", "a=1; Domain=" + suffix);
    EXPECT_EQ(jar_.size(), 0u) << suffix;
    take("http://www.bank." + suffix + "/", "a=1; Domain=bank." + suffix);
    EXPECT_EQ(sent_to("http://login.bank." + suffix + "/"), "a=1") << suffix;
    jar_ = {};
  }
}

TEST_F(CookieJarTest, KeepsThatOfAPublicSuffixForThatHostAlone) {
  take("http://github.io/", "a=1; Domain=github.io");
  EXPECT_EQ(sent_to("http://github.io/"), "a=1");
  EXPECT_EQ(sent_to("http://pages.github.io/"), "-");
  take("http://localhost/", "b=1; Domain=localhost");
  EXPECT_EQ(sent_to("http://localhost/"), "b=1");
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

// in a file

TEST_F(CookieJarTest, ComesBackFromItsFile) {
  take("http://web.lab/music/list", "a=1");
  take("https://www.web.lab/", "b=2; Domain=web.lab; Path=/; Secure");
  take("http://web.lab/", "c=3; Path=/; Max-Age=100");
  const auto text = jar_.file_text();
  EXPECT_EQ(text,
            "# Netscape HTTP Cookie File\nweb.lab\tFALSE\t/music\tFALSE\t0\ta\t1\n"
            ".web.lab\tTRUE\t/\tTRUE\t0\tb\t2\nweb.lab\tFALSE\t/\tFALSE\t1700000100\tc\t3\n");
  jar_ = {};
  ASSERT_TRUE(jar_.add_file(text, now));
  EXPECT_EQ(jar_.file_text(), text);
  EXPECT_EQ(sent_to("http://web.lab/music/x"), "a=1; c=3");
  EXPECT_EQ(sent_to("https://x.web.lab/"), "b=2");
  jar_ = {};
  ASSERT_TRUE(jar_.add_file(text, now + 100s));
  EXPECT_EQ(jar_.size(), 2u);
}

TEST_F(CookieJarTest, PassesOverLinesOfAFileThatAreNoCookie) {
  const std::string good = "web.lab\tFALSE\t/\tFALSE\t0\ta\t1";
  const auto with = [&](const std::string& line) {
    jar_ = {};
    EXPECT_TRUE(jar_.add_file("# Netscape HTTP Cookie File\n" + line + "\n", now));
    return jar_.size();
  };
  EXPECT_EQ(with(good), 1u);
  EXPECT_EQ(with(good + "\r"), 1u);
  EXPECT_EQ(with("#HttpOnly_" + good), 1u);
  for (const std::string& line :
       {std::string{".co.uk\tTRUE\t/\tFALSE\t0\ta\t1"}, "#" + good, good + "\tx", good.substr(0, good.size() - 2),
        std::string{"\tFALSE\t/\tFALSE\t0\ta\t1"}, std::string{"web.lab\tFALSE\tx\tFALSE\t0\ta\t1"},
        std::string{"web.lab\tFALSE\t/\tFALSE\tsoon\ta\t1"}, std::string{"web.lab\tFALSE\t/\tFALSE\t-1\ta\t1"},
        std::string{"web.lab\tFALSE\t/\tFALSE\t0\t\t1"}, good + "\x01", std::string{}}) {
    EXPECT_EQ(with(line), 0u) << line;
  }
  EXPECT_EQ(with(good + std::string(cookie_bytes_max - 2, 'x')), 1u);
  EXPECT_EQ(with(good + std::string(cookie_bytes_max - 1, 'x')), 0u);
  EXPECT_FALSE(jar_.add_file(good + "\n", now));
}

TEST_F(CookieJarTest, OfTooManyInAFileTheLastOnesStay) {
  std::string text = "# Netscape HTTP Cookie File\n";
  for (std::size_t i = 0; i <= kept_cookies_max; ++i) {
    text += "web.lab\tFALSE\t/\tFALSE\t0\ta" + std::to_string(i) + "\t1\n";
  }
  ASSERT_TRUE(jar_.add_file(text, now));
  EXPECT_EQ(jar_.size(), kept_cookies_max);
}

TEST(CookieFile, HasALimit) {
  const test::TemporaryFolder folder;
  std::string text = "# Netscape HTTP Cookie File\n";
  text.resize(cookie_file_bytes_max, '#');
  EXPECT_TRUE(read_cookies(folder.write("jar", text), now));
  const auto refused = read_cookies(folder.write("jar", text + "#"), now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, folder.path() + "/jar is too large for a file of cookies");
  EXPECT_TRUE(read_cookies(folder.write("jar", ""), now));
  EXPECT_TRUE(read_cookies(folder.path() + "/none", now));
}

}  // namespace
}  // namespace labnet::http_client
