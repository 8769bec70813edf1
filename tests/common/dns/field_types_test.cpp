// Times with units.
#include "common/dns/field_types.hpp"

#include <gtest/gtest.h>

namespace labnet::dns {
namespace {

TEST(Period, AddsUpItsUnits) {
  EXPECT_EQ(parse_period("3600")->seconds, 3600u);
  EXPECT_EQ(parse_period("1D")->seconds, 86400u);
  EXPECT_EQ(parse_period("1w2d3h4m5s")->seconds, 604800u + 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
  EXPECT_EQ(parse_period("1h30")->seconds, 3630u);
}

TEST(Period, EndsAtTheLongestTtl) {
  EXPECT_EQ(parse_period("2147483647")->seconds, 2147483647u);
  EXPECT_EQ(parse_period("2147483648"), std::nullopt);
  EXPECT_EQ(parse_period("4294967295w"), std::nullopt);
}

TEST(Period, RejectsWhatIsNoTime) {
  for (const auto* text : {"", "h", "1x", "-1", "1 h", "1hh"}) EXPECT_EQ(parse_period(text), std::nullopt) << text;
}

}  // namespace
}  // namespace labnet::dns
