// Lines that strangers cause.
#include "common/log/line_limit.hpp"

#include <gtest/gtest.h>

namespace labnet::log {
namespace {

TEST(LineLimit, OneMoreThanItTakesIsLeftOutAndCounted) {
  const auto begin = LineLimit::TimePoint{} + std::chrono::hours{1};
  LineLimit limit{3, std::chrono::seconds{10}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.lets_write(begin));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(limit.lets_write(begin + std::chrono::milliseconds{9'999}));
  testing::internal::CaptureStderr();
  EXPECT_TRUE(limit.lets_write(begin + std::chrono::seconds{10}));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("more were refused count=4"), std::string::npos);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(limit.lets_write(begin + std::chrono::seconds{11}));
  EXPECT_FALSE(limit.lets_write(begin + std::chrono::seconds{12}));
}

}  // namespace
}  // namespace labnet::log
