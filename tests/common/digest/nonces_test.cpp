// Which nonces a server takes back.
#include "common/digest/nonces.hpp"

#include <gtest/gtest.h>

namespace labnet::digest {
namespace {

using namespace std::literals;
using Verdict = Nonces::Verdict;

constexpr Time at_first{1'000'000s};

Nonces nonces(unsigned char key = 1) {
  return Nonces{Buffer(32, std::byte{key})};
}

TEST(DigestNonces, AreGoodForEachCountOnce) {
  auto all = nonces();
  const auto nonce = all.issue(at_first, 7);
  EXPECT_EQ(all.use(nonce, 1, at_first), Verdict::good);
  EXPECT_EQ(all.use(nonce, 1, at_first), Verdict::repeated);
  EXPECT_EQ(all.use(nonce, 3, at_first), Verdict::good);
  EXPECT_EQ(all.use(nonce, 2, at_first), Verdict::good);  // datagrams overtake each other
  EXPECT_EQ(all.use(nonce, 0, at_first), Verdict::wrong);
}

TEST(DigestNonces, AreNoneOfSomebodyElse) {
  auto all = nonces();
  EXPECT_EQ(all.use(nonces(2).issue(at_first, 7), 1, at_first), Verdict::wrong);
  EXPECT_EQ(all.use("", 1, at_first), Verdict::wrong);
  EXPECT_EQ(all.use(all.issue(at_first, 7) + "0", 1, at_first), Verdict::wrong);
  EXPECT_EQ(all.use("00000000000f4240", 1, at_first), Verdict::wrong);
  auto changed = all.issue(at_first, 7);
  changed[15] = changed[15] == '0' ? '1' : '0';  // made a second later
  EXPECT_EQ(all.use(changed, 1, at_first), Verdict::wrong);
}

TEST(DigestNonces, GrowOld) {
  auto all = nonces();
  const auto nonce = all.issue(at_first, 7);
  EXPECT_EQ(all.use(nonce, 1, at_first + Nonces::lifetime), Verdict::good);
  EXPECT_EQ(all.use(nonce, 2, at_first + Nonces::lifetime + 1s), Verdict::stale);
  EXPECT_EQ(all.look_at(nonce, at_first + Nonces::lifetime), Verdict::good);
  EXPECT_EQ(all.look_at(nonce, at_first + Nonces::lifetime + 1s), Verdict::stale);
}

TEST(DigestNonces, AreStaleAfterSoManyCounts) {
  auto all = nonces();
  const auto nonce = all.issue(at_first, 7);
  EXPECT_EQ(all.use(nonce, Nonces::counts_per_nonce_max, at_first), Verdict::good);
  EXPECT_EQ(all.use(nonce, Nonces::counts_per_nonce_max + 1, at_first), Verdict::stale);
}

TEST(DigestNonces, TheOldestIsForgottenFirstAndIsNeverGoodAgain) {
  auto all = nonces();
  const auto oldest = all.issue(at_first, 0);
  EXPECT_EQ(all.use(oldest, 1, at_first), Verdict::good);
  for (std::size_t i = 1; i <= Nonces::used_max; ++i) {
    ASSERT_EQ(all.use(all.issue(at_first + 1s, i), 1, at_first + 1s), Verdict::good);
  }
  EXPECT_EQ(all.use(oldest, 1, at_first + 1s), Verdict::stale);
}

}  // namespace
}  // namespace labnet::digest
