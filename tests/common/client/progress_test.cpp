#include "common/client/progress.hpp"

#include <gtest/gtest.h>

namespace labnet::client {
namespace {

TEST(Progress, TellsWhatIsKnown) {
  using namespace std::chrono_literals;
  EXPECT_EQ(progress_text({14'100'000, 38'000'000}, 10'000'000, 2s), " 37% 14.1 MB of 38.0 MB, 5.0 MB/s");
  EXPECT_EQ(progress_text({999, std::nullopt}, 999, 0s), "999 bytes");
  EXPECT_EQ(progress_text({0, 0}, 0, 1s), "0 bytes of 0 bytes, 0 bytes/s");
  EXPECT_EQ(size_text(1e18), "1000000.0 TB");
}

}  // namespace
}  // namespace labnet::client
