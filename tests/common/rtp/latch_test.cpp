// Tests of whom a port listens to.
#include "common/rtp/latch.hpp"

#include <gtest/gtest.h>

#include "tests/common/rtp/times.hpp"

namespace labnet::rtp {
namespace {

using Latch = SourceLatch<int>;  // a number stands for an address
constexpr int sdp = 1, elsewhere = 2, stranger = 3;
constexpr std::uint32_t voice = 100, other_voice = 200;

class Latching : public testing::Test {
 protected:
  LatchVerdict receive(int from, long now_ms, std::uint32_t ssrc = voice, bool is_agreed = true) {
    return latch.receive(from, ssrc, is_agreed, at_ms(now_ms));
  }
  void lock(int from, long now_ms) {
    for (int i = 0; i < 10; ++i) receive(from, now_ms + 20L * i);
    ASSERT_TRUE(latch.is_locked());
  }

  Latch latch;
};

TEST_F(Latching, AcceptsNothingBeforeACallExpectsIt) {
  EXPECT_EQ(receive(sdp, 0), LatchVerdict::closed);
  latch.expect(sdp);
  EXPECT_EQ(receive(sdp, 0), LatchVerdict::relay);
  latch.close();
  EXPECT_EQ(receive(sdp, 20), LatchVerdict::closed);
}

TEST_F(Latching, SendsToTheAddressInTheSdpUntilItKnowsBetter) {
  EXPECT_FALSE(latch.peer());
  latch.expect(sdp);
  EXPECT_EQ(latch.peer(), sdp);
  receive(elsewhere, 0);
  EXPECT_EQ(latch.peer(), elsewhere);
  EXPECT_TRUE(latch.is_elsewhere());
}

TEST_F(Latching, LocksAtOnceToTheAddressInTheSdp) {
  latch.expect(sdp);
  receive(sdp, 0);
  EXPECT_TRUE(latch.is_locked());
  EXPECT_FALSE(latch.is_elsewhere());
  EXPECT_EQ(receive(stranger, 10), LatchVerdict::stranger);
  EXPECT_EQ(receive(stranger, 100000), LatchVerdict::stranger) << "however long the source is silent";
  EXPECT_EQ(latch.strangers(), 2u);
  EXPECT_EQ(latch.peer(), sdp);
}

TEST_F(Latching, PrefersTheAddressInTheSdpWhileItLearns) {
  latch.expect(sdp);
  EXPECT_EQ(receive(stranger, 0), LatchVerdict::relay);
  EXPECT_EQ(receive(sdp, 20, other_voice), LatchVerdict::relay);
  EXPECT_EQ(latch.peer(), sdp);
  EXPECT_EQ(receive(stranger, 40), LatchVerdict::stranger);
}

TEST_F(Latching, LocksAfterSoManyPackets) {
  latch.expect(sdp);
  for (int i = 0; i < 9; ++i) receive(elsewhere, 20L * i);
  EXPECT_FALSE(latch.is_locked());
  receive(elsewhere, 180);
  EXPECT_TRUE(latch.is_locked());
  EXPECT_EQ(receive(sdp, 200), LatchVerdict::stranger) << "too late even for the SDP's";
}

TEST_F(Latching, LocksAfterSoLong) {
  latch.expect(sdp);
  receive(elsewhere, 0);
  EXPECT_EQ(receive(stranger, 2000), LatchVerdict::stranger);
  EXPECT_TRUE(latch.is_locked());
  EXPECT_EQ(receive(elsewhere, 2010), LatchVerdict::relay);
}

TEST_F(Latching, FollowsASourceThatMovesWhileItLearns) {
  latch.expect(sdp);
  receive(elsewhere, 0);
  EXPECT_EQ(receive(stranger, 199), LatchVerdict::stranger) << "the other one still sends";
  EXPECT_EQ(receive(stranger, 200), LatchVerdict::relay);
  EXPECT_EQ(latch.peer(), stranger);
}

TEST_F(Latching, OpensThePathByAPayloadTypeThatIsNotRelayed) {
  latch.expect(sdp);
  EXPECT_EQ(receive(elsewhere, 0, other_voice, false), LatchVerdict::opens_path);
  EXPECT_EQ(latch.peer(), elsewhere);
  EXPECT_EQ(receive(elsewhere, 5), LatchVerdict::relay) << "its SSRC binds nobody";
  EXPECT_EQ(receive(stranger, 10, voice, false), LatchVerdict::stranger);
}

TEST_F(Latching, KeepsToAnSsrcWhileItSends) {
  latch.expect(sdp);
  lock(sdp, 0);
  EXPECT_EQ(receive(sdp, 239, other_voice), LatchVerdict::foreign_ssrc);
  EXPECT_EQ(latch.foreign_ssrcs(), 1u);
  EXPECT_EQ(receive(sdp, 240, other_voice), LatchVerdict::relay) << "60 ms after the last of the other";
  EXPECT_EQ(receive(sdp, 250, voice), LatchVerdict::foreign_ssrc);
}

TEST_F(Latching, LearnsAnewByAReInvite) {
  latch.expect(sdp);
  lock(elsewhere, 0);
  latch.expect(sdp);
  EXPECT_FALSE(latch.is_locked());
  EXPECT_EQ(latch.peer(), elsewhere) << "until a packet comes it holds";
  EXPECT_EQ(receive(stranger, 500), LatchVerdict::relay);
  EXPECT_EQ(latch.peer(), stranger);
}

TEST_F(Latching, IsNotTakenFromASourceThatSendsByAReInvite) {
  latch.expect(sdp);
  lock(elsewhere, 0);
  latch.expect(sdp);
  EXPECT_EQ(receive(stranger, 379), LatchVerdict::stranger) << "199 ms after the last of the source";
  EXPECT_EQ(receive(elsewhere, 380), LatchVerdict::relay);
  EXPECT_EQ(latch.peer(), elsewhere);
}

TEST_F(Latching, SendsToANewAddressOfAReInviteAtOnce) {
  latch.expect(sdp);
  lock(elsewhere, 0);
  latch.expect(stranger);
  EXPECT_EQ(latch.peer(), stranger);
  latch.expect(std::nullopt);
  EXPECT_FALSE(latch.peer());
}

TEST_F(Latching, HoldsWhatWasLearntWhileOnHold) {
  latch.expect(sdp);
  lock(elsewhere, 0);
  latch.expect(std::nullopt);
  EXPECT_EQ(latch.peer(), elsewhere);
  latch.expect(sdp);
  EXPECT_EQ(latch.peer(), elsewhere) << "the address in the SDP is what it was before";
}

TEST(StrictLatch, KnowsTheSdpOnly) {
  Latch latch{{.mode = LatchMode::sdp_only}};
  latch.expect(sdp);
  EXPECT_EQ(latch.receive(elsewhere, voice, true, at_ms(0)), LatchVerdict::stranger);
  EXPECT_EQ(latch.receive(sdp, voice, true, at_ms(0)), LatchVerdict::relay);
}

TEST(BleedingLatch, FollowsWhoeverSends) {
  Latch latch{{.mode = LatchMode::never_locked}};
  latch.expect(sdp);
  EXPECT_EQ(latch.receive(sdp, voice, true, at_ms(0)), LatchVerdict::relay);
  EXPECT_EQ(latch.receive(stranger, other_voice, true, at_ms(1)), LatchVerdict::relay);
  EXPECT_EQ(latch.peer(), stranger);
  EXPECT_EQ(latch.strangers(), 0u);
}

}  // namespace
}  // namespace labnet::rtp
