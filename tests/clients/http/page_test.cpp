#include "clients/http/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labnet::http_client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> references(const std::vector<Asset>& assets) {
  std::vector<std::string> all;
  for (const auto& asset : assets) all.push_back(std::string{name_of(asset.kind)} + " " + asset.reference);
  return all;
}
std::vector<std::string> found_in(std::string_view html) {
  return references(find_assets(html).assets);
}
std::vector<std::string> found_in_css(std::string_view css) {
  return references(find_css_assets(css));
}

TEST(HttpPage, NeedsWhatItsElementsName) {
  EXPECT_THAT(found_in(R"(<!DOCTYPE html><html><head>
      <link rel="stylesheet" href="a.css"><LINK REL='Shortcut Icon' HREF=i.png>
      <script src="a.js"></script></head>
      <body><img src=1.png alt="x>y"><IMG
        SRC = '2.png'/><input type=image src=go.png><input type=text src=no.png>
      <a href="other.html">text < more</a><audio src=a.mp3></audio></body>)"),
              ElementsAre("style a.css", "image i.png", "script a.js", "image 1.png", "image 2.png", "image go.png",
                          "media a.mp3"));
}

TEST(HttpPage, TellsWhetherItNamesAnIcon) {
  EXPECT_TRUE(find_assets("<link rel=icon href=a.png>").names_icon);
  EXPECT_FALSE(find_assets("<link rel=stylesheet href=a.css>").names_icon);
  EXPECT_THAT(found_in("<link rel=icon href=a.png><link rel=icon href=b.png>"), ElementsAre("image a.png"));
}

TEST(HttpPage, NeedsNoAlternateStyles) {
  EXPECT_THAT(found_in("<link rel='alternate stylesheet' href=a.css><link rel=canonical href=/>"), IsEmpty());
}

TEST(HttpPage, PlaysTheFirstSource) {
  EXPECT_THAT(found_in("<video poster=p.png><source src=a.mp4><source src=b.webm></video><source src=c.mp4>"),
              ElementsAre("image p.png", "media a.mp4"));
  EXPECT_THAT(found_in("<video src=a.mp4><source src=b.mp4></video>"), ElementsAre("media a.mp4"));
}

TEST(HttpPage, TakesTheCandidateForAUsualScreen) {
  EXPECT_THAT(found_in("<img src=0.png srcset='2.png 2x, 1.png 1x'>"), ElementsAre("image 1.png"));
  EXPECT_THAT(found_in("<img srcset='a.png, b.png 2x'>"), ElementsAre("image a.png"));
  EXPECT_THAT(found_in("<img srcset=' a.png 300w ,b.png 600w'>"), ElementsAre("image a.png"));
  EXPECT_THAT(found_in("<img src=0.png srcset=''>"), ElementsAre("image 0.png"));
}

TEST(HttpPage, HasNothingInCommentsAndScripts) {
  EXPECT_THAT(found_in("<!-- <img src=1.png> --><script>'<img src=2.png>'</SCRIPT><title><img src=3.png></title>"
                       "<textarea><img src=4.png></textarea><img src=5.png>"),
              ElementsAre("image 5.png"));
}

TEST(HttpPage, HasCssInIt) {
  EXPECT_THAT(found_in("<style>body { background: url(bg.png) }</style><p style='background:url(&quot;p.png&quot;)'>"),
              ElementsAre("image bg.png", "image p.png"));
}

TEST(HttpPage, ResolvesEntities) {
  EXPECT_THAT(found_in("<img src='a.png?x=1&amp;y=2&#38;z=&#x33;&nbsp;&&bogus;'>"),
              ElementsAre("image a.png?x=1&y=2&z=3&nbsp;&&bogus;"));
  EXPECT_THAT(found_in("<img src=pa&#237;s.png>"), ElementsAre("image país.png"));
}

TEST(HttpPage, TellsWhatItsReferencesAreRelativeTo) {
  EXPECT_EQ(find_assets("<base href='/sub/'><base href='/other/'>").base, "/sub/");
  EXPECT_EQ(find_assets("<base target=x>").base, std::nullopt);
}

TEST(HttpPage, CutAnywhereIsReadToItsEnd) {
  const std::string page =
      "<link rel=icon href=\"i.png\"><!-- x --><style>a{b:url('c.png')}</style><img src='1.png' "
      "x=\"y\"><script>a</script>";
  for (std::size_t size = 0; size <= page.size(); ++size) {
    const auto all = found_in(page.substr(0, size));
    EXPECT_LE(all.size(), 3u) << size;
  }
  EXPECT_THAT(found_in(page), ElementsAre("image i.png", "image c.png", "image 1.png"));
}

TEST(HttpCss, NamesImagesFontsAndStyles) {
  constexpr std::string_view css = R"css(@import "a.css"; @import url('b.css'); @IMPORT url(c.css) print;
      /* url(no.png) */ a { background: url( "1.png" ) , URL(2.png) } b::before { content: "url(no.png)" }
      @font-face { src: url(f.woff2?v=1) format('woff2') } c { fill: url(#local); d: url() })css";
  EXPECT_THAT(found_in_css(css), ElementsAre("style a.css", "style b.css", "style c.css", "image 1.png", "image 2.png",
                                             "font f.woff2?v=1"));
}

TEST(HttpCss, CutAnywhereIsReadToItsEnd) {
  const std::string css = "@import 'a.css'; /* x */ b { c: url(\"d.png\") }";
  for (std::size_t size = 0; size <= css.size(); ++size)
    EXPECT_LE(found_in_css(css.substr(0, size)).size(), 2u) << size;
}

}  // namespace
}  // namespace labnet::http_client
