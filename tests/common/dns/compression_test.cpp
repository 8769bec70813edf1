// Compression while writing.
#include "common/dns/compression.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

class Compression : public testing::Test {
 protected:
  void write(std::string_view text) { names_.write(writer_, name(text)); }

  Buffer message_;
  ByteWriter writer_{message_};
  NameCompressor names_;
};

TEST_F(Compression, PointsToTheLongestSuffixWithoutCase) {
  writer_.bytes(Buffer(header_bytes));
  write("web.labredes71.com.");
  write("FTP.LabRedes71.com.");
  write("web.labredes71.com.");
  write(".");
  EXPECT_EQ(Buffer(message_.begin() + header_bytes, message_.end()),
            octets("03776562 0a6c616272656465733731 03636f6d 00 03465450 c010 c00c 00"));
}

TEST_F(Compression, IsNotMisledByOctetsInLabelsThatLookLikePointers) {
  writer_.bytes(Buffer(header_bytes));
  const auto odd = std::string{"\\255\\192.\\200\\012.x."};
  write(odd);
  write(odd);
  write("a." + odd);
  EXPECT_EQ(Buffer(message_.end() - 6, message_.end()), octets("c00c 0161 c00c"));
}

TEST_F(Compression, ForgetsWhatWasRewound) {
  writer_.bytes(Buffer(header_bytes));
  const auto before = writer_.size();
  write("web.labredes71.com.");
  writer_.rewind(before);
  names_.rewind(before);
  write("com.");
  write("labredes71.com.");
  EXPECT_EQ(Buffer(message_.begin() + header_bytes, message_.end()), octets("03636f6d 00 0a6c616272656465733731 c00c"));
}

TEST_F(Compression, WritesNamesInFullWhenItCanRememberNoMore) {
  writer_.bytes(Buffer(header_bytes));
  for (std::size_t i = 0; i < compression_entries_max; ++i) write(fmt::format("n{}.", i));
  const auto before = writer_.size();
  write("one.more.");
  write("one.more.");
  EXPECT_EQ(writer_.size() - before, 2 * 10u);
}

TEST_F(Compression, NeverPointsPastWhatFourteenBitsHold) {
  writer_.bytes(Buffer(0x3fff));
  write("first.");
  write("second.");
  const auto before = writer_.size();
  write("first.");
  EXPECT_EQ(writer_.size() - before, 2u);
  write("second.");
  EXPECT_EQ(writer_.size() - before, 2u + 8u);
}

}  // namespace
}  // namespace labnet::dns
