#include "common/base/text_check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace labnet {
namespace {

using namespace std::string_literals;

/// Whole, and in two pieces, cut anywhere.
bool is_text(const std::string& text) {
  TextCheck whole;
  const auto is_one = whole.take(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    TextCheck check;
    const auto is_one_in_pieces = check.take(text.substr(0, cut)) && check.take(text.substr(cut));
    EXPECT_EQ(is_one_in_pieces, is_one) << text << ", cut at " << cut;
  }
  TextCheck byte_by_byte;
  bool is_one_in_bytes = true;
  for (const char c : text) is_one_in_bytes = is_one_in_bytes && byte_by_byte.take({&c, 1});
  EXPECT_EQ(is_one_in_bytes, is_one) << text << ", byte by byte";
  return is_one;
}

TEST(TextCheck, LetsTextsPass) {
  for (const auto& text : {""s, "one\r\ntwo\tthree\n"s, "ñ € \U0001f600 end"s, "\u00a0"s, "page\f"s}) {
    EXPECT_TRUE(is_text(text)) << text;
    TextCheck check;
    check.take(text);
    EXPECT_TRUE(check.is_whole()) << text;
  }
}

TEST(TextCheck, RefusesWhatIsNone) {
  const std::vector<std::string> none{"a\0b"s,
                                      "\x89PNG\r\n",
                                      "\xff\xd8\xff\xe0",
                                      "text \x1b[2J",
                                      "bell\a",
                                      "\x7f",
                                      "\xc2\x9b"
                                      "2J",
                                      "caf\xe9 here",
                                      "\xed\xa0\x80",
                                      "\xf5\x80\x80\x80",
                                      "\x80text",
                                      "\xc0\xaf"};
  for (const auto& text : none) EXPECT_FALSE(is_text(text)) << text;
}

TEST(TextCheck, WaitsForTheRestOfACharacter) {
  TextCheck check;
  EXPECT_TRUE(check.take("\xe2\x82"));
  EXPECT_FALSE(check.is_whole());
  EXPECT_TRUE(check.take("\xac"));
  EXPECT_TRUE(check.is_whole());
}

}  // namespace
}  // namespace labnet
