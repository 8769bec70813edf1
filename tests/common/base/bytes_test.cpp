#include "common/base/bytes.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(ByteReader, ReadsNetworkByteOrder) {
  ByteReader reader{as_bytes(std::string_view{"\x01\x02\x03\x04\x05\x06\x07", 7})};
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607u);
  EXPECT_TRUE(reader.at_end());
}

TEST(ByteReader, ReadPastTheEndGivesNothingAndMovesNothing) {
  ByteReader reader{as_bytes("abc")};
  EXPECT_FALSE(reader.u32());
  EXPECT_FALSE(reader.take(4));
  EXPECT_FALSE(reader.seek(4));
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_EQ(as_text(*reader.take(3)), "abc");
  EXPECT_EQ(reader.take(0)->size(), 0u);
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  Buffer buffer;
  ByteWriter writer{buffer};
  writer.u8(1);
  writer.u16(0x0203);
  writer.u64(0x0405060708090a0b);
  writer.text("hi");
  ByteReader reader{buffer};
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u64(), 0x0405060708090a0bu);
  EXPECT_EQ(as_text(*reader.take(2)), "hi");
}

TEST(ByteWriter, LeavesOutWholeWhatDoesNotFit) {
  Buffer buffer;
  ByteWriter writer{buffer, 3};
  writer.u16(7);
  writer.u16(8);
  EXPECT_TRUE(writer.overflowed());
  EXPECT_EQ(writer.size(), 2u);
  writer.u8(9);
  EXPECT_EQ(writer.size(), 2u) << "nothing is written after an overflow";
  writer.rewind(2);
  writer.u8(9);
  EXPECT_FALSE(writer.overflowed());
  EXPECT_EQ(writer.size(), 3u);
}

TEST(ByteWriter, CountsFromItsOwnStart) {
  Buffer buffer(5);
  ByteWriter writer{buffer};
  writer.u16(0);
  writer.patch_u16(0, 0xabcd);
  EXPECT_EQ(buffer.size(), 7u);
  EXPECT_EQ(buffer[5], std::byte{0xab});
  EXPECT_EQ(buffer[6], std::byte{0xcd});
}

}  // namespace
}  // namespace labnet
