// Searches sixteen octets at a time find what a look at each octet finds.
#include "common/http/characters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/http/list.hpp"

namespace labnet::http {
namespace {

std::size_t first_other(std::string_view text, bool (*is_of_kind)(char)) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_kind) - text.begin());
}

std::size_t found(std::string_view text, const char* (*search)(const char*, const char*)) {
  return static_cast<std::size_t>(search(text.data(), text.data() + text.size()) - text.data());
}

TEST(HttpCharacters, AreFoundAtEveryPlace) {
  constexpr std::size_t size = 40;  // two blocks and some more
  for (std::size_t place = 0; place < size; ++place) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string text(size, 'a');
      text[place] = static_cast<char>(octet);
      EXPECT_EQ(found(text, token_end), first_other(text, is_token_character)) << octet << " at " << place;
      EXPECT_EQ(found(text, value_end), first_other(text, is_value_character)) << octet << " at " << place;
      EXPECT_EQ(found(text, target_end), first_other(text, is_target_character)) << octet << " at " << place;
    }
  }
}

TEST(HttpCharacters, OfATokenAreThoseOfRfc9110) {
  std::string others;
  for (int octet = 0; octet < 128; ++octet) {
    if (!is_token_character(static_cast<char>(octet)) && octet > ' ' && octet != 0x7f)
      others += static_cast<char>(octet);
  }
  EXPECT_EQ(others, "\"(),/:;<=>?@[\\]{}");
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("\x80"));
}

TEST(HttpQuotedString, EndsAtItsLastMark) {
  EXPECT_EQ(quoted_end("\"a\\\"b\"c", 0), 6u);
  EXPECT_EQ(quoted_end("x\"\"", 1), 3u);
  for (const auto* text : {"", "a", "\"", "\"a", "\"a\\\"", "\"\\", "\"\x01\"", "\"\\\n\""}) {
    EXPECT_EQ(quoted_end(text, 0), std::string_view::npos) << text;
  }
}

TEST(HttpList, GivesItsElements) {
  ListReader list{" a, ,\"b,\\\"c\" ,d=\"e,f\";g,"};
  EXPECT_EQ(list.next(), "a");
  EXPECT_EQ(list.next(), "\"b,\\\"c\"");
  EXPECT_EQ(list.next(), "d=\"e,f\";g");
  EXPECT_EQ(list.next(), std::nullopt);
  EXPECT_EQ(list.next(), std::nullopt);
  ListReader empty{","};
  EXPECT_EQ(empty.next_or_empty(), "");
  EXPECT_EQ(empty.next_or_empty(), "");
  EXPECT_EQ(empty.next_or_empty(), std::nullopt);
}

}  // namespace
}  // namespace labnet::http
