// Vectors: those of the authors, for FNV-1a with 64 bits.
#include "common/base/fnv1a.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(Fnv1a, GivesWhatItsAuthorsGive) {
  EXPECT_EQ(Fnv1a{}.value(), 0xcbf29ce484222325u);
  EXPECT_EQ(Fnv1a{}.add("a").value(), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(Fnv1a{}.add("foobar").value(), 0x85944171f73967e8u);
}

TEST(Fnv1a, TakesItsTextInAnyPieces) {
  EXPECT_EQ(Fnv1a{}.add("foo").add("bar").value(), Fnv1a{}.add("foobar").value());
  EXPECT_NE(Fnv1a{}.add("foo").add(std::uint8_t{0xff}).add("bar").value(), Fnv1a{}.add("foobar").value());
}

}  // namespace
}  // namespace labnet
