#include "common/base/utf8.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(Utf8, KnowsWholeCharacters) {
  EXPECT_EQ(utf8_character_bytes("a"), 1u);
  EXPECT_EQ(utf8_character_bytes("ñandú"), 2u);
  EXPECT_EQ(utf8_character_bytes("€"), 3u);
  EXPECT_EQ(utf8_character_bytes("\xf4\x8f\xbf\xbf"), 4u);
}

TEST(Utf8, RejectsCutLongAndForbiddenForms) {
  for (const auto* text : {"", "\xc3", "\xe2\x82", "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"})
    EXPECT_EQ(utf8_character_bytes(text), 0u) << printable(text);
}

TEST(Printable, EscapesWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\n\tc\x7f"), "a\\x1b[2Jb\\r\\n\\tc\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b2J")
      << "a control sequence introducer of C1";
  EXPECT_EQ(printable("caf\xe9 café"), "caf\\xe9 café");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\x00");
}

TEST(Printable, EscapesWhatTurnsTheOrderOfWhatIsShown) {
  for (const auto* text : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"})
    EXPECT_TRUE(printable(text).starts_with("\\xe2\\x8")) << printable(text);
  EXPECT_EQ(printable("a\u202eb"), "a\\xe2\\x80\\xaeb");
  EXPECT_EQ(printable("\u2029\u202f\u2065\u206a"), "\u2029\u202f\u2065\u206a") << "their neighbours";
  EXPECT_EQ(printable("שלום"), "שלום");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("ñandú", 5), "ñand...");
  EXPECT_EQ(printable("ñandú", 6), "ñand...");
  EXPECT_EQ(printable("ñandú", 7), "ñandú");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("Adivinar el país"), 16u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u) << "e and a combining acute accent";
  EXPECT_EQ(display_width("日本"), 4u);
  EXPECT_EQ(display_width("\xff"), 1u);
  EXPECT_EQ(display_width(""), 0u);
}

}  // namespace
}  // namespace labnet
