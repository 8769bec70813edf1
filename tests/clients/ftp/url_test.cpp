#include "clients/ftp/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/ftp/limits.hpp"

namespace labnet::ftp_client {
namespace {

using ftp::Representation;
using testing::HasSubstr;
using testing::Not;

Url url_of(std::string_view text) {
  const auto url = parse_url(text);
  EXPECT_TRUE(url) << text << ": " << url.error().message;
  return url ? *url : Url{};
}

std::string fault_of(std::string_view text) {
  const auto url = parse_url(text);
  return url ? "it is one" : url.error().message;
}

TEST(Url, HasAllItsParts) {
  const auto url = url_of("ftp://samurt123:password@ftp.labredes71.com/music/1.mp3");
  EXPECT_FALSE(url.is_ftps);
  EXPECT_EQ(url.user, "samurt123");
  EXPECT_EQ(url.password, "password");
  EXPECT_EQ(url.host, "ftp.labredes71.com");
  EXPECT_EQ(url.port, 21);
  EXPECT_EQ(url.path, "music/1.mp3");
  EXPECT_FALSE(url.representation);
}

TEST(Url, NeedsNoMoreThanAHost) {
  const auto url = url_of("FTP://host");
  EXPECT_EQ(url.user, "");
  EXPECT_FALSE(url.password);
  EXPECT_EQ(url.path, "");
  EXPECT_EQ(url_of("ftp://host:/").port, 21);
}

TEST(Url, OfFtpsHasAnotherPort) {
  EXPECT_TRUE(url_of("ftps://host/").is_ftps);
  EXPECT_EQ(url_of("ftps://host/").port, 990);
  EXPECT_EQ(url_of("ftps://host:9990/").port, 9990);
}

TEST(Url, IsDecoded) {
  EXPECT_EQ(url_of("ftp://host/Adivinar%20el%20pa%C3%ADs.pptx").path, "Adivinar el país.pptx");
  EXPECT_EQ(url_of("ftp://host/Adivinar el país.pptx").path, "Adivinar el país.pptx");
  EXPECT_EQ(url_of("ftp://host/100%25?#;x").path, "100%?#;x");
  const auto url = url_of("ftp://a%40b:p%3a%2Fs@host/");
  EXPECT_EQ(url.user, "a@b");
  EXPECT_EQ(url.password, "p:/s");
  EXPECT_EQ(url_of("ftp://a@b:c@d@host/").user, "a@b");
  EXPECT_EQ(url_of("ftp://a:@host/").password, "");
}

TEST(Url, LeadsFromTheRootWithTwoSlashesOrAnEncodedOne) {
  EXPECT_EQ(url_of("ftp://host/srv/x").path, "srv/x");
  EXPECT_EQ(url_of("ftp://host//srv/x").path, "/srv/x");
  EXPECT_EQ(url_of("ftp://host/%2Fsrv/x").path, "/srv/x");
  EXPECT_EQ(url_of("ftp://host/%2fsrv%2fx").path, "/srv/x");
  EXPECT_EQ(url_of("ftp://host//").path, "/");
}

TEST(Url, SaysHowAFileTravels) {
  EXPECT_EQ(url_of("ftp://host/x;type=a").representation, Representation::ascii);
  EXPECT_EQ(url_of("ftp://host/x;TYPE=I").representation, Representation::image);
  EXPECT_EQ(url_of("ftp://host/x;type=a").path, "x");
  EXPECT_EQ(url_of("ftp://host/d;type=d").path, "d");
  EXPECT_EQ(url_of("ftp://host/x%3Btype=a").path, "x;type=a");
  EXPECT_THAT(fault_of("ftp://host/x;type=e"), HasSubstr("expected a, i or d"));
}

TEST(Url, MayNameAnAddress) {
  EXPECT_EQ(url_of("ftp://127.0.0.1:2121/").host, "127.0.0.1");
  EXPECT_EQ(url_of("ftp://[::1]:2121/x").host, "::1");
  EXPECT_EQ(url_of("ftp://[::1]:2121/x").port, 2121);
  EXPECT_THAT(fault_of("ftp://[::1/"), HasSubstr("\"]\" is missing"));
  EXPECT_THAT(fault_of("ftp://[::1]x/"), HasSubstr("no port"));
}

TEST(Url, IsRefusedForWhatItIsNot) {
  EXPECT_THAT(fault_of(""), HasSubstr("expected a URL such as"));
  EXPECT_THAT(fault_of("ftp.labredes71.com/1.png"), HasSubstr("begins with ftp:// or ftps://"));
  EXPECT_THAT(fault_of("http://host/"), HasSubstr("begins with ftp:// or ftps://"));
  EXPECT_THAT(fault_of("ftp:///x"), HasSubstr("names no host"));
  EXPECT_THAT(fault_of("ftp://@host/"), HasSubstr("no user before it"));
  EXPECT_THAT(fault_of("ftp://host/%4"), HasSubstr("hexadecimal"));
  EXPECT_THAT(fault_of("ftp://host/%"), HasSubstr("hexadecimal"));
  EXPECT_THAT(fault_of("ftp://host/%zz"), HasSubstr("hexadecimal"));
  EXPECT_THAT(fault_of("ftp://host/%-1"), HasSubstr("hexadecimal"));
}

TEST(Url, CarriesNoSecondCommand) {
  for (const auto* text : {"ftp://host/x%0D%0ADELE%20y", "ftp://host/x%0a", "ftp://host/%00", "ftp://a%0d:b@host/",
                           "ftp://a:b%0a@host/", "ftp://host/x\ny"}) {
    EXPECT_THAT(fault_of(text), HasSubstr("a line end or a NUL")) << text;
  }
}

TEST(Url, HasAPortBetween1And65535) {
  EXPECT_EQ(url_of("ftp://host:65535/").port, 65535);
  for (const auto* port : {"0", "65536", "x", "-1", "21x"}) {
    EXPECT_THAT(fault_of(std::string{"ftp://host:"} + port + "/"), HasSubstr("from 1 to 65535")) << port;
  }
}

TEST(Url, HasALimit) {
  const std::string front = "ftp://host/";
  EXPECT_TRUE(parse_url(front + std::string(url_bytes_max - front.size(), 'x')));
  EXPECT_THAT(fault_of(front + std::string(url_bytes_max - front.size() + 1, 'x')), HasSubstr("more than 8192 bytes"));
}

TEST(Url, IsNotToldWithItsPassword) {
  for (const auto* text :
       {"ftp://u:hidden@host:x/", "ftp://u:hidden%@host/", "ftp://u:hidden@/", "http://u:hidden@h/"}) {
    EXPECT_THAT(fault_of(text), Not(HasSubstr("hidden"))) << text;
  }
}

TEST(Path, IsTakenApartAndPutTogether) {
  EXPECT_EQ(folder_of("music/a/1.mp3"), "music/a");
  EXPECT_EQ(folder_of("/1.mp3"), "/");
  EXPECT_EQ(folder_of("1.mp3"), "");
  EXPECT_EQ(name_of("music/1.mp3"), "1.mp3");
  EXPECT_EQ(name_of("music/"), "");
  EXPECT_EQ(path_in("", "x"), "x");
  EXPECT_EQ(path_in("/", "x"), "/x");
  EXPECT_EQ(path_in("music", "x"), "music/x");
  EXPECT_EQ(path_in("music/", "x"), "music/x");
}

}  // namespace
}  // namespace labnet::ftp_client
