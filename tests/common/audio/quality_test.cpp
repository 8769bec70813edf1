// Tests of the E-model.
#include "common/audio/quality.hpp"

#include <gtest/gtest.h>

namespace labnet::audio {
namespace {

TEST(Mos, IsThatOfTheRecommendation) {
  // G.107, table B.1; it gives two digits, and for 80 one more than the formula.
  EXPECT_NEAR(mos_of(90), 4.34, 0.005);
  EXPECT_NEAR(mos_of(80), 4.03, 0.01);
  EXPECT_NEAR(mos_of(70), 3.60, 0.005);
  EXPECT_NEAR(mos_of(60), 3.10, 0.005);
  EXPECT_NEAR(mos_of(50), 2.58, 0.005);
  EXPECT_EQ(mos_of(-1), 1);
  EXPECT_EQ(mos_of(0), 1);
  EXPECT_EQ(mos_of(100), 4.5);
  EXPECT_GE(mos_of(3), 1);
}

TEST(Quality, IsUnknownUntilItIsMeasured) {
  EXPECT_FALSE(quality_of({}));
  EXPECT_FALSE(quality_of({.delay_ms = 20}));
}

TEST(Quality, IsTheBestWithoutLossAndDelay) {
  const auto quality = quality_of({.loss_ratio = 0, .delay_ms = 0});
  ASSERT_TRUE(quality);
  EXPECT_DOUBLE_EQ(quality->r, 93.2);
  EXPECT_NEAR(quality->mos, 4.41, 0.005);
  EXPECT_TRUE(quality->has_delay);
  EXPECT_FALSE(quality_of({.loss_ratio = 0})->has_delay);
}

TEST(Quality, FallsWithLoss) {
  EXPECT_NEAR(quality_of({.loss_ratio = 0.01, .is_concealed = false})->r, 93.2 - 95 / 5.3, 1e-9);
  EXPECT_NEAR(quality_of({.loss_ratio = 0.01})->r, 93.2 - 95 / 26.1, 1e-9);
  EXPECT_NEAR(quality_of({.loss_ratio = 0.1, .burst_ratio = 2})->r, 93.2 - 950 / 30.1, 1e-9);
  EXPECT_EQ(quality_of({.loss_ratio = 1, .is_concealed = false})->mos,
            quality_of({.loss_ratio = 2, .is_concealed = false})->mos);
  EXPECT_LT(quality_of({.loss_ratio = 1, .is_concealed = false})->mos, 1.1);
}

TEST(Quality, FallsWithDelay) {
  EXPECT_NEAR(quality_of({.loss_ratio = 0, .delay_ms = 100})->r, 93.2 - 2.4, 1e-9);
  EXPECT_NEAR(quality_of({.loss_ratio = 0, .delay_ms = 277.3})->r, 93.2 - 0.024 * 277.3 - 11, 1e-9);
  EXPECT_EQ(quality_of({.loss_ratio = 0, .delay_ms = 10000})->mos, 1);
}

TEST(Satisfaction, HasTheWordsOfTheRecommendation) {
  EXPECT_EQ(satisfaction_at(93.2), "very satisfied");
  EXPECT_EQ(satisfaction_at(90), "very satisfied");
  EXPECT_EQ(satisfaction_at(89.9), "satisfied");
  EXPECT_EQ(satisfaction_at(49.9), "not recommended");
  EXPECT_EQ(satisfaction_at(-1), "not recommended");
}

}  // namespace
}  // namespace labnet::audio
