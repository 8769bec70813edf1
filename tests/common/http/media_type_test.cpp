// Media types read, written, and told by names of files.
#include "common/http/media_type.hpp"

#include <gtest/gtest.h>

#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

TEST(HttpMediaType, IsReadAndWritten) {
  const auto html = parse_media_type("Text/HTML ;Charset=\"utf-8\"; a=b");
  ASSERT_TRUE(html);
  EXPECT_EQ(html->essence(), "text/html");
  EXPECT_EQ(html->parameter("charset"), "utf-8");
  EXPECT_EQ(html->parameter("x"), std::nullopt);
  EXPECT_EQ(to_text(*html), "text/html; charset=utf-8; a=b");
  const MediaType odd{"a", "b", {{"c", "d \"e\\"}}};
  EXPECT_EQ(to_text(odd), "a/b; c=\"d \\\"e\\\\\"");
  EXPECT_EQ(parse_media_type(to_text(odd)), odd);
  EXPECT_TRUE(parse_media_type("text/html;")) << "an empty parameter is passed over";
}

TEST(HttpMediaType, IsNothingElse) {
  for (const auto* text :
       {"", "text", "text/", "/html", "text/ html", "te xt/html", "text/html/x", "text/html; charset",
        "text/html; charset=", "text/html; charset=a b", "text/html; charset=\"a", "text/html; =a",
        "text/html; a=\"b\"c", "text/html, text/plain", "text/html; a b=c"}) {
    EXPECT_EQ(parse_media_type(text), std::nullopt) << text;
  }
}

TEST(HttpMediaType, HasAsManyParametersAsItsLimit) {
  std::string text = "a/b";
  for (std::size_t i = 0; i < parameters_max; ++i) text += ";c=d";
  EXPECT_TRUE(parse_media_type(text));
  EXPECT_FALSE(parse_media_type(text + ";c=d"));
}

TEST(HttpMediaTypeOf, IsToldByTheEndOfTheName) {
  EXPECT_EQ(media_type_of("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type_of("/a.b/1.PNG"), "image/png");
  EXPECT_EQ(media_type_of("a.tar.gz"), "application/gzip");
  EXPECT_EQ(media_type_of("7.7z"), "application/x-7z-compressed");
  EXPECT_EQ(media_type_of("x.zst"), "application/zstd");
  for (const auto* name : {"", "README", "a.html/README", "a.unknown", "a.", "html"}) {
    EXPECT_EQ(media_type_of(name), "application/octet-stream") << name;
  }
}

TEST(HttpMediaType, OfFormsIsOneOfTwo) {
  for (const auto* text : {"application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x"})
    EXPECT_TRUE(is_form(*parse_media_type(text))) << text;
  for (const auto* text : {"text/plain", "multipart/mixed; boundary=x"})
    EXPECT_FALSE(is_form(*parse_media_type(text))) << text;
}

}  // namespace
}  // namespace labnet::http
