// The arguments of TYPE, MODE, STRU and REST.
#include "common/ftp/parameters.hpp"

#include <gtest/gtest.h>

namespace labnet::ftp {
namespace {

using namespace std::literals;

TEST(FtpType, IsAsciiOrImage) {
  for (const auto* argument : {"A", "a", "A N", "a n"})
    EXPECT_EQ(*parse_type(argument), Representation::ascii) << argument;
  for (const auto* argument : {"I", "i", "L 8", "l 8", "L 08"}) {
    EXPECT_EQ(*parse_type(argument), Representation::image) << argument;
  }
}

TEST(FtpType, KnowsWhatTheRfcHasBesides) {
  for (const auto* argument : {"E", "e N", "E T", "A T", "A c", "L 7", "L 9", "L 36", "L 255"}) {
    EXPECT_EQ(parse_type(argument).error(), ParameterFault::not_supported) << argument;
  }
}

TEST(FtpType, RejectsEverythingElse) {
  for (const auto argument :
       {""sv,    " "sv, "X"sv,  "AN"sv,  "A X"sv,   "A  N"sv, "A N N"sv, "A "sv,  " A"sv,  "I N"sv,
        "I 8"sv, "L"sv, "L "sv, "L 0"sv, "L 256"sv, "L -8"sv, "L x"sv,   "E X"sv, "A\0"sv, "8"sv}) {
    EXPECT_EQ(parse_type(argument).error(), ParameterFault::syntax) << argument;
  }
}

TEST(FtpMode, IsAStreamOnly) {
  EXPECT_TRUE(parse_mode("S"));
  EXPECT_TRUE(parse_mode("s"));
  EXPECT_EQ(parse_mode("B").error(), ParameterFault::not_supported);
  EXPECT_EQ(parse_mode("c").error(), ParameterFault::not_supported);
  for (const auto* argument : {"", "F", "SS", "S ", "Z"}) {
    EXPECT_EQ(parse_mode(argument).error(), ParameterFault::syntax) << argument;
  }
}

TEST(FtpStructure, IsAFileOnly) {
  EXPECT_TRUE(parse_structure("F"));
  EXPECT_TRUE(parse_structure("f"));
  EXPECT_EQ(parse_structure("R").error(), ParameterFault::not_supported);
  EXPECT_EQ(parse_structure("p").error(), ParameterFault::not_supported);
  for (const auto* argument : {"", "S", "FF", "F ", "1"}) {
    EXPECT_EQ(parse_structure(argument).error(), ParameterFault::syntax) << argument;
  }
}

TEST(FtpOffset, IsWhatAFileCanHave) {
  EXPECT_EQ(parse_offset("0"), 0u);
  EXPECT_EQ(parse_offset("38000000"), 38000000u);
  EXPECT_EQ(parse_offset("9223372036854775807"), std::uint64_t{9223372036854775807u});
  EXPECT_EQ(parse_offset("9223372036854775808"), std::nullopt) << "one more than the system's offsets hold";
  for (const auto argument :
       {""sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "abc"sv, "1.5"sv, "0x10"sv, "99999999999999999999"sv, "1\0"sv}) {
    EXPECT_EQ(parse_offset(argument), std::nullopt) << argument;
  }
}

}  // namespace
}  // namespace labnet::ftp
