// Lines that are broken where they must be.
#include "common/program/help_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labnet::program {
namespace {

using testing::ElementsAre;

TEST(HelpText, IsBrokenAtBlanks) {
  EXPECT_THAT(wrap("one two three", 13), ElementsAre("one two three"));
  EXPECT_THAT(wrap("one two three", 12), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 1), ElementsAre("one", "two", "three"));
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
}

TEST(HelpText, IsAsWideAsItLooks) {
  EXPECT_THAT(wrap("año año", 7), ElementsAre("año año"));
}

TEST(HelpText, StandsBesideItsNameAndGoesOnBelowItself) {
  const std::vector<Explained> rows{{"-n N", "how many"},
                                    {"--name NAME", std::string(40, 'a') + " " + std::string(30, 'b')}};
  EXPECT_EQ(name_columns(rows), 11u);
  EXPECT_EQ(side_by_side(rows, 11),
            "  -n N         how many\n"
            "  --name NAME  " +
                std::string(40, 'a') + "\n               " + std::string(30, 'b') + "\n");
}

TEST(HelpText, BeginsBelowANameThatIsWide) {
  const std::vector<Explained> rows{{std::string(31, 'n'), "text"}, {"-q", "quiet"}};
  EXPECT_EQ(name_columns(rows), 2u);
  EXPECT_EQ(side_by_side(rows, 2), "  " + std::string(31, 'n') + "\n      text\n  -q  quiet\n");
}

}  // namespace
}  // namespace labnet::program
