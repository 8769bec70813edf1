// The two ends of a long text.
#include "clients/scenario/kept_text.hpp"

#include <gtest/gtest.h>

namespace labnet::scenario {
namespace {

std::string with_mark(const KeptText& text) {
  return text.text([](std::uint64_t bytes) { return "[" + std::to_string(bytes) + "]"; });
}

TEST(KeptText, KeepsAllUpToItsLimit) {
  KeptText text{10};
  text.add("01234");
  text.add("56789");
  EXPECT_EQ(with_mark(text), "0123456789");
  EXPECT_EQ(text.left_out_bytes(), 0u);
}

TEST(KeptText, LeavesOutTheMiddleAndSaysHowMuch) {
  KeptText text{10};
  text.add("0123456789a");
  EXPECT_EQ(with_mark(text), "01234\n[1]\n6789a");
}

TEST(KeptText, DoesNotDependOnThePieces) {
  const std::string whole = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
    KeptText text{8};
    for (std::size_t at = 0; at < whole.size(); at += piece) text.add(std::string_view{whole}.substr(at, piece));
    EXPECT_EQ(with_mark(text), "abcd\n[18]\nwxyz") << piece;
    EXPECT_EQ(text.text(), "abcdwxyz");
  }
}

}  // namespace
}  // namespace labnet::scenario
