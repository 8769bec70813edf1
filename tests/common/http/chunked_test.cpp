// The chunked coding: every cut, every refusal, every limit, and back again.
#include "common/http/chunked.hpp"

#include <gtest/gtest.h>

#include "common/http/limits.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;

struct DecodedChunks {
  std::string body;
  std::string rest;  // behind the end
  bool finished = false;
  std::optional<ChunkFault> fault;
};

/// In pieces of that size.
DecodedChunks decode(std::string_view coded, std::size_t piece_bytes = SIZE_MAX) {
  ChunkedDecoder decoder;
  DecodedChunks decoded;
  while (!coded.empty() && !decoder.finished()) {
    const auto step = decoder.decode(as_bytes(coded.substr(0, piece_bytes)));
    if (!step) {
      decoded.fault = step.error();
      return decoded;
    }
    decoded.body += as_text(step->data);
    decoded.finished = step->finished;
    coded.remove_prefix(step->used);
  }
  decoded.rest = coded;
  EXPECT_EQ(decoded.body.size(), decoder.body_bytes());
  return decoded;
}

constexpr auto sample =
    "5\r\nhello\r\n"
    "00B;name;a = \"q\\\"; x\" ;b=c\r\n, wide worl\r\n"
    "1\r\nd\r\n"
    "0;last=1\r\nDigest: x\r\nA:\r\n\r\nGET /"sv;

TEST(HttpChunkedDecoder, GivesTheBodyAndLeavesWhatFollows) {
  const auto decoded = decode(sample);
  EXPECT_EQ(decoded.fault, std::nullopt);
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.body, "hello, wide world");
  EXPECT_EQ(decoded.rest, "GET /");
}

TEST(HttpChunkedDecoder, CutAnywhereIsTheSameAsAtOnce) {
  for (std::size_t piece = 1; piece <= sample.size(); ++piece) {
    const auto decoded = decode(sample, piece);
    EXPECT_EQ(decoded.body, "hello, wide world") << piece;
    EXPECT_EQ(decoded.rest, "GET /") << piece;
    EXPECT_TRUE(decoded.finished) << piece;
  }
}

TEST(HttpChunkedDecoder, IsNotFinishedBeforeTheLastLine) {
  const auto whole = sample.substr(0, sample.size() - 5);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode(whole.substr(0, size)).finished) << size;
}

TEST(HttpChunkedDecoder, Refuses) {
  const std::vector<std::pair<std::string, ChunkFault>> refusals{
      {"\r\n", ChunkFault::no_length},
      {"x\r\n", ChunkFault::no_length},
      {" 5\r\nhello", ChunkFault::no_length},
      {"+5\r\nhello", ChunkFault::no_length},
      {"-1\r\n", ChunkFault::no_length},
      {"0x5\r\nhello", ChunkFault::no_length},
      {"5_\r\nhello", ChunkFault::no_length},
      {";a\r\n", ChunkFault::no_length},
      {"5\0\r\nhello"s, ChunkFault::no_length},
      {"5\nhello\r\n", ChunkFault::line_end},
      {"5\rXhello", ChunkFault::line_end},
      {"5\r\rhello", ChunkFault::line_end},
      {"5\r\nhelloX", ChunkFault::line_end},
      {"5\r\nhello\n0", ChunkFault::line_end},
      {"5\r\nhello\r0", ChunkFault::line_end},
      {"5;a\nhello\r\n", ChunkFault::line_end},
      {"5;a=\"b\nc\"\r\nhello\r\n", ChunkFault::line_end},
      {"5;a=\"b\rc\"\r\nhello\r\n", ChunkFault::malformed_extension},
      {"5;a\rX", ChunkFault::line_end},
      {"5;\r\n", ChunkFault::malformed_extension},
      {"5 \r\n", ChunkFault::malformed_extension},
      {"5 x\r\n", ChunkFault::malformed_extension},
      {"5;a=\r\n", ChunkFault::malformed_extension},
      {"5;a \r\n", ChunkFault::malformed_extension},
      {"5;a=\"b\r\n", ChunkFault::malformed_extension},
      {"5;a=\"b\"c\r\n", ChunkFault::malformed_extension},
      {"5;a=\"b\" \r\n", ChunkFault::malformed_extension},
      {"5;a=b c\r\n", ChunkFault::malformed_extension},
      {"5;a,b\r\n", ChunkFault::malformed_extension},
      {"5;a=\"\x01\"\r\n", ChunkFault::malformed_extension},
      {"5;a=\"\\\x7f\"\r\n", ChunkFault::malformed_extension},
      {"5;;a\r\n", ChunkFault::malformed_extension},
      {"10000000000000000\r\n", ChunkFault::length_too_large},
      {"fffffffffffffffff\r\n", ChunkFault::length_too_large},
      {"1\r\na\r\nffffffffffffffff\r\n", ChunkFault::length_too_large},
      {"0\r\n A: b\r\n", ChunkFault::malformed_trailer},
      {"0\r\nA : b\r\n", ChunkFault::malformed_trailer},
      {"0\r\n: b\r\n", ChunkFault::malformed_trailer},
      {"0\r\nA\r\n", ChunkFault::malformed_trailer},
      {"0\r\nA: b\n", ChunkFault::malformed_trailer},
      {"0\r\nA: b\rc", ChunkFault::malformed_trailer},
      {"0\r\nA: b\r\n c\r\n", ChunkFault::malformed_trailer},
      {"0\r\nA: \0\r\n"s, ChunkFault::malformed_trailer},
      {"0\r\n\n", ChunkFault::malformed_trailer},
      {"0\r\n\rX", ChunkFault::malformed_trailer},
  };
  for (const auto& [coded, fault] : refusals) {
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
      const auto decoded = decode(coded, piece);
      ASSERT_TRUE(decoded.fault) << coded;
      EXPECT_EQ(*decoded.fault, fault) << coded << describe(*decoded.fault);
    }
  }
}

TEST(HttpChunkedDecoder, TakesLeadingZerosAndTheLargestLength) {
  EXPECT_EQ(decode("000000000000000000000005\r\nhello\r\n0000\r\n\r\n").body, "hello");
  EXPECT_EQ(decode("ffffffffffffffff\r\n").fault, std::nullopt);
}

TEST(HttpChunkedDecoder, LineIsAsLongAsItsLimit) {
  const auto line_of = [](std::size_t bytes) { return "1;" + std::string(bytes - 4, 'a') + "\r\nx\r\n"; };
  const auto zeros_of = [](std::size_t bytes) { return std::string(bytes - 3, '0') + "1\r\nx\r\n"; };
  EXPECT_EQ(decode(line_of(chunk_line_bytes_max)).body, "x");
  EXPECT_EQ(decode(line_of(chunk_line_bytes_max + 1)).fault, ChunkFault::extensions_too_long);
  EXPECT_EQ(decode(zeros_of(chunk_line_bytes_max)).body, "x");
  EXPECT_EQ(decode(zeros_of(chunk_line_bytes_max + 1)).fault, ChunkFault::extensions_too_long);
}

TEST(HttpChunkedDecoder, ExtensionsOfAllChunksHaveALimit) {
  const std::string extension = ";" + std::string(127, 'a');
  const auto chunks = chunk_extensions_bytes_max / extension.size();
  std::string coded;
  for (std::size_t i = 0; i < chunks; ++i) coded += "1" + extension + "\r\nx\r\n";
  EXPECT_EQ(decode(coded).body.size(), chunks);
  EXPECT_EQ(decode(coded + "1\r\nx\r\n").body.size(), chunks + 1);
  EXPECT_EQ(decode(coded + "1;a\r\n").fault, ChunkFault::extensions_too_long);
}

TEST(HttpChunkedDecoder, TrailersAreAsLongAsTheirLimit) {
  const auto trailers_of = [](std::size_t bytes) { return "0\r\nA:" + std::string(bytes - 6, 'a') + "\r\n\r\n"; };
  EXPECT_TRUE(decode(trailers_of(trailer_bytes_max)).finished);
  EXPECT_EQ(decode(trailers_of(trailer_bytes_max + 1)).fault, ChunkFault::trailers_too_long);
  EXPECT_EQ(status_of(ChunkFault::trailers_too_long), 431);
}

TEST(HttpChunk, IsReadBack) {
  EXPECT_EQ(chunk("hello"), "5\r\nhello\r\n");
  EXPECT_EQ(chunk(""), "") << "the last chunk would end the body";
  EXPECT_EQ(ChunkLine{UINT64_MAX}.text(), "ffffffffffffffff\r\n");
  std::string coded, body;
  for (const std::size_t size : {1, 9, 15, 16, 255, 4096}) {
    const std::string data(size, 'x');
    coded += chunk(data);
    body += data;
  }
  const auto decoded = decode(coded + std::string{last_chunk}, 7);
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.body, body);
}

}  // namespace
}  // namespace labnet::http
