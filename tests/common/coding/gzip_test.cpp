#include "common/coding/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace labnet::coding {
namespace {

constexpr std::uint64_t no_limit = UINT64_MAX;

struct Decoded {
  std::string text;
  bool finished = false;
  std::optional<GzipFault> fault{};
};

/// Fed in pieces of so many bytes.
Decoded decode(Bytes input, std::size_t piece_bytes, std::uint64_t output_bytes_max = no_limit) {
  GunzipDecoder decoder{output_bytes_max};
  Decoded decoded;
  while (!input.empty()) {
    auto piece = input.first(std::min(piece_bytes, input.size()));
    input = input.subspan(piece.size());
    for (;;) {
      const auto step = decoder.decode(piece);
      if (!step) {
        decoded.fault = step.error();
        return decoded;
      }
      decoded.text += as_text(step->data);
      piece = piece.subspan(step->used);
      if (piece.empty() && step->data.empty()) break;
    }
  }
  decoded.finished = decoder.finished();
  return decoded;
}

/// No two of its pieces are alike, and yet it can be compressed.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

Buffer operator+(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Gzip, ComesBackAsItWas) {
  const auto text = long_text();
  for (const int level : {gzip_level_fastest, gzip_level_default, gzip_level_smallest}) {
    const auto packed = gzip(as_bytes(text), level);
    EXPECT_LT(packed.size(), text.size());
    const auto decoded = decode(packed, packed.size());
    EXPECT_EQ(decoded.text, text);
    EXPECT_TRUE(decoded.finished);
  }
}

TEST(Gzip, OfNothingIsAMember) {
  const auto packed = gzip({});
  EXPECT_FALSE(packed.empty());
  const auto decoded = decode(packed, packed.size());
  EXPECT_EQ(decoded.text, "");
  EXPECT_TRUE(decoded.finished);
}

TEST(Gzip, IsTheSameForTheSameBytes) {
  EXPECT_EQ(gzip(as_bytes("some bytes")), gzip(as_bytes("some bytes")));
}

TEST(Gzip, OfWhatCannotBeCompressedFits) {
  std::string text;
  std::uint32_t state = 1;
  for (int i = 0; i < 300'000; ++i) text += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const auto packed = gzip(as_bytes(text));
  EXPECT_EQ(decode(packed, packed.size()).text, text);
}

TEST(Gunzip, TakesAnyPieces) {
  const auto packed = gzip(as_bytes("one two three two one"));
  for (std::size_t piece = 1; piece <= packed.size(); ++piece) {
    const auto decoded = decode(packed, piece);
    EXPECT_EQ(decoded.text, "one two three two one") << piece;
    EXPECT_TRUE(decoded.finished) << piece;
  }
}

TEST(Gunzip, IsNotFinishedBeforeTheLastByte) {
  const auto packed = gzip(as_bytes("one two three"));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto decoded = decode(Bytes{packed}.first(size), 4);
    EXPECT_FALSE(decoded.finished) << size;
    EXPECT_FALSE(decoded.fault) << size;
  }
}

TEST(Gunzip, TakesSeveralMembersForOneText) {
  const auto packed = gzip(as_bytes("one ")) + gzip(as_bytes("two"));
  for (const std::size_t piece : {std::size_t{1}, packed.size()}) {
    const auto decoded = decode(packed, piece);
    EXPECT_EQ(decoded.text, "one two");
    EXPECT_TRUE(decoded.finished);
  }
}

TEST(Gunzip, RefusesWhatIsNoGzip) {
  EXPECT_EQ(decode(as_bytes("<html>"), 1).fault, GzipFault::malformed);
  EXPECT_EQ(decode(gzip(as_bytes("one")) + Buffer(3, std::byte{'x'}), 64).fault, GzipFault::malformed);
}

TEST(Gunzip, RefusesAWrongChecksum) {
  auto packed = gzip(as_bytes("one two three"));
  packed[packed.size() - 8] ^= std::byte{1};  // CRC32, then the length, in four bytes each
  EXPECT_EQ(decode(packed, packed.size()).fault, GzipFault::malformed);
}

TEST(Gunzip, RefusesABomb) {
  const std::string zeros(10'000'000, '\0');
  const auto packed = gzip(as_bytes(zeros));
  EXPECT_LT(packed.size(), 20'000u);
  const auto decoded = decode(packed, packed.size(), 1'000'000);
  EXPECT_EQ(decoded.fault, GzipFault::too_large);
  EXPECT_LE(decoded.text.size(), 1'000'000u);
}

TEST(Gunzip, GivesAsMuchAsIsAllowed) {
  const std::string zeros(100'000, '\0');
  const auto packed = gzip(as_bytes(zeros));
  EXPECT_EQ(decode(packed, packed.size(), zeros.size()).text, zeros);
  EXPECT_EQ(decode(packed, packed.size(), zeros.size() - 1).fault, GzipFault::too_large);
}

}  // namespace
}  // namespace labnet::coding
