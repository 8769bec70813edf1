// Sentences in several languages.
#include "common/base/language.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(Message, IsSaidInTheLanguageThatIsAskedFor) {
  static constexpr Message lost{"{} of {} lost", "se perdieron {} de {}"};
  EXPECT_EQ(lost.in(Language::english, 1, 4), "1 of 4 lost");
  EXPECT_EQ(lost.in(Language::spanish, 1, 4), "se perdieron 1 de 4");
}

TEST(Message, MayHaveItsPlacesInAnotherOrder) {
  static constexpr Message taken{"{} is taken by {}", "{1} ya tiene {0}"};
  EXPECT_EQ(taken.in(Language::spanish, "a.pcap", "8.1"), "8.1 ya tiene a.pcap");
}

TEST(Language, HasTheNameThatWebPagesGiveIt) {
  EXPECT_EQ(language_kind().parse("en"), Language::english);
  EXPECT_EQ(language_kind().parse("es"), Language::spanish);
  EXPECT_EQ(language_kind().parse("de"), std::nullopt);
  EXPECT_EQ(language_kind().expected, "one of en, es");
}

}  // namespace
}  // namespace labnet
