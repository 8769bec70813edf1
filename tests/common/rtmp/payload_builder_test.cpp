// Payloads as they come: what is allocated for them.
#include "common/rtmp/payload_builder.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/limits.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;

TEST(RtmpPayloadBuilder, AllocatesWhatIsNeededAtOnceForAShortOne) {
  PayloadBuilder payload{300};
  EXPECT_EQ(payload.allocated_bytes(), 0u) << "a length alone";
  payload.append(buffer_of(Bytes{counted(300)}.first(1)));
  EXPECT_EQ(payload.allocated_bytes(), 300u);
  payload.append(buffer_of(Bytes{counted(300)}.subspan(1)));
  EXPECT_TRUE(payload.is_whole());
  EXPECT_EQ(buffer_of(payload.take().bytes()), counted(300));
  EXPECT_EQ(payload.allocated_bytes(), 0u);
}

TEST(RtmpPayloadBuilder, GrowsALongOneAsItComes) {
  const auto octets = counted(3 * first_reservation_bytes);
  PayloadBuilder payload{static_cast<std::uint32_t>(octets.size())};
  auto append = [&, at = std::size_t{0}](std::size_t count) mutable {
    const auto announced = payload.allocated_bytes_with(count);
    payload.append(Bytes{octets}.subspan(at, count));
    at += count;
    EXPECT_EQ(payload.allocated_bytes(), announced);
  };
  append(first_reservation_bytes);
  EXPECT_EQ(payload.allocated_bytes(), first_reservation_bytes);
  append(1);
  EXPECT_EQ(payload.allocated_bytes(), 2 * first_reservation_bytes);
  append(first_reservation_bytes);
  EXPECT_EQ(payload.allocated_bytes(), 3 * first_reservation_bytes) << "and no more than there will be";
  append(payload.left());
  EXPECT_EQ(buffer_of(payload.take().bytes()), octets);
}

TEST(RtmpPayloadBuilder, IsWholeWithNothingIfThatIsItsLength) {
  PayloadBuilder payload{0};
  payload.append({});
  EXPECT_TRUE(payload.is_whole());
  EXPECT_TRUE(payload.take().empty());
}

TEST(RtmpPayloadBuilder, ForgetsWhatWasThere) {
  PayloadBuilder payload{3};
  payload.append(counted(2));
  payload.begin(5);
  EXPECT_EQ(payload.left(), 5u);
  EXPECT_EQ(payload.allocated_bytes(), 0u);
}

}  // namespace
}  // namespace labnet::rtmp
