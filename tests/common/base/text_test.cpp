#include "common/base/text.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(Text, ComparesAsciiWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("Web.LABredes71.com", "web.labredes71.COM"));
  EXPECT_FALSE(equals_ignoring_case("web", "webs"));
}

TEST(Text, TrimsSpacesAndTabs) {
  EXPECT_EQ(trim(" \tname value\t"), "name value");
  EXPECT_EQ(trim(" \t "), "");
}

TEST(Text, SplitsIntoAllPieces) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Text, AnIntegerIsTheWholeTextAndFits) {
  EXPECT_EQ(parse_integer<std::uint8_t>("255"), 255);
  for (const auto* text : {"256", "-1", "", " 1", "1 ", "0x1", "+1"})
    EXPECT_FALSE(parse_integer<std::uint8_t>(text)) << text;
}

TEST(Text, FindsTheClosestWord) {
  EXPECT_EQ(closest("adress", {"mac", "address", "ttl"}), "address");
  EXPECT_EQ(closest("gateway", {"mac", "address", "ttl"}), "");
}

TEST(Text, WritesOctetsAsHexadecimalDigits) {
  EXPECT_EQ(hexadecimal(as_bytes("\n\xff\x1b")), "0aff1b");
  EXPECT_EQ(hexadecimal({}), "");
}

TEST(Text, QuotesMarksAndBackslashesAndLetsNoControlCharacterThrough) {
  EXPECT_EQ(quoted("the lab"), "\"the lab\"");
  EXPECT_EQ(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quoted("a\r\nb\tc\x7f"), "\"a??b\tc?\"");
}

}  // namespace
}  // namespace labnet
