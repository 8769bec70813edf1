// Entries of a zone file.
#include "servers/dns/zone/lexer.hpp"

#include <gtest/gtest.h>

namespace labnet::dns_server {
namespace {

/// "blank a|b" for an entry that starts with a blank and has the tokens a and b; quoted ones in quotes.
std::string next(Lexer& lexer) {
  Entry entry;
  const auto read = lexer.next(entry);
  if (!read) return std::to_string(read.error().line) + ":" + std::to_string(read.error().column);
  std::string text = entry.starts_with_blank ? "blank " : "";
  for (const auto& token : entry.tokens) {
    if (&token != &entry.tokens.front()) text += '|';
    text += token.quoted ? '"' + std::string{token.text} + '"' : std::string{token.text};
  }
  return text;
}

TEST(Lexer, GivesOneEntryPerLineAndNoneForEmptyOnes) {
  Lexer lexer{"a b\tc ; comment\n\n ; only a comment\n  d\r\nlast"};
  EXPECT_EQ(next(lexer), "a|b|c");
  EXPECT_EQ(next(lexer), "blank d");
  EXPECT_EQ(next(lexer), "last");
  EXPECT_EQ(next(lexer), "");
  EXPECT_EQ(next(lexer), "");
}

TEST(Lexer, ParenthesesJoinLines) {
  Lexer lexer{"a ( b ; comment )\n c\n) d\ne"};
  EXPECT_EQ(next(lexer), "a|b|c|d");
  EXPECT_EQ(next(lexer), "e");
}

TEST(Lexer, ParenthesesNeedNoBlanks) {
  Lexer lexer{"a(b)c"};
  EXPECT_EQ(next(lexer), "a|b|c");
}

TEST(Lexer, QuotesHoldBlanksSemicolonsAndEscapedQuotes) {
  Lexer lexer{R"(a "b ; ( c" "" "d\"e"f)"};
  EXPECT_EQ(next(lexer), R"(a|"b ; ( c"|""|"d\"e"|f)");
}

TEST(Lexer, EscapedSpecialsArePartOfAWord) {
  Lexer lexer{R"(a\;b\ c\(d \"e)"};
  EXPECT_EQ(next(lexer), R"(a\;b\ c\(d|\"e)");
}

TEST(Lexer, TellsWhereATokenStands) {
  Lexer lexer{"a (\n  \"b\")"};
  Entry entry;
  ASSERT_TRUE(lexer.next(entry));
  EXPECT_EQ(entry.tokens[1].line, 2u);
  EXPECT_EQ(entry.tokens[1].column, 3u);
}

TEST(Lexer, FaultsSayWhereAndTheNextLineIsReadAgain) {
  Lexer lexer{"a \"b\nc ) d\ne ( ( f\ng ("};
  EXPECT_EQ(next(lexer), "1:3") << "a quote that is not closed";
  EXPECT_EQ(next(lexer), "2:3") << "a parenthesis that was not opened";
  EXPECT_EQ(next(lexer), "3:5") << "one within another";
  EXPECT_EQ(next(lexer), "4:3") << "one that is not closed";
  EXPECT_EQ(next(lexer), "");
}

}  // namespace
}  // namespace labnet::dns_server
