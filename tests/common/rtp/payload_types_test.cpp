// Tests of payload types.
#include "common/rtp/payload_types.hpp"

#include <gtest/gtest.h>

namespace labnet::rtp {
namespace {

TEST(StaticEncoding, IsThatOfRfc3551) {
  EXPECT_EQ(static_encoding(pcmu), (Encoding{"PCMU", 8000, 1}));
  EXPECT_EQ(static_encoding(pcma), (Encoding{"PCMA", 8000, 1}));
  EXPECT_EQ(static_encoding(10), (Encoding{"L16", 44100, 2}));
  EXPECT_EQ(static_encoding(34), (Encoding{"H263", 90000, 1}));
}

TEST(StaticEncoding, IsNoneOfReservedAndDynamicOnes) {
  for (const std::uint8_t type : {1, 2, 19, 24, 35, 72, 95, 96, 127, 255}) EXPECT_FALSE(static_encoding(type));
}

TEST(PayloadTypes, AreMappedIfAgreedOn) {
  PayloadTypeMap map;
  map.allow(pcma);
  map.allow(101, 96);
  EXPECT_EQ(map[pcma], pcma);
  EXPECT_EQ(map[101], 96);
  EXPECT_FALSE(map[96]);
  EXPECT_FALSE(map[0]);
  map.clear();
  EXPECT_FALSE(map[pcma]);
}

}  // namespace
}  // namespace labnet::rtp
