#include "common/http/body_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace labnet::http {
namespace {

struct Decoded {
  std::string body;
  std::string rest;  // behind the end
  bool finished = false;
};

/// In pieces of so many bytes.
Decoded decode(Framing framing, std::string_view input, std::size_t piece) {
  BodyDecoder decoder{framing};
  Decoded decoded;
  while (!input.empty() && !decoder.finished()) {
    const auto step = decoder.decode(as_bytes(input.substr(0, piece)));
    if (!step) return {"(malformed)", {}, false};
    decoded.body += as_text(step->data);
    input.remove_prefix(step->used);
  }
  EXPECT_EQ(decoder.body_bytes(), decoded.body.size());
  decoded.rest = input;
  decoded.finished = decoder.finished();
  return decoded;
}

TEST(BodyDecoder, TakesNothingBehindTheEnd) {
  for (std::size_t piece = 1; piece < 30; ++piece) {
    const auto by_length = decode({BodyKind::length, 5}, "hello, world", piece);
    EXPECT_EQ(by_length.body, "hello");
    EXPECT_EQ(by_length.rest, ", world");
    const auto chunked = decode({BodyKind::chunked, 0}, "3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nX: y\r\n\r\nnext", piece);
    EXPECT_EQ(chunked.body, "hello");
    EXPECT_EQ(chunked.rest, "next");
    const auto none = decode({BodyKind::none, 0}, "next", piece);
    EXPECT_EQ(none.body, "");
    EXPECT_EQ(none.rest, "next");
    EXPECT_TRUE(by_length.finished && chunked.finished && none.finished);
  }
}

TEST(BodyDecoder, OneUntilTheCloseHasNoEndOfItsOwn) {
  const auto decoded = decode({BodyKind::until_close, 0}, "all of it", 4);
  EXPECT_EQ(decoded.body, "all of it");
  EXPECT_FALSE(decoded.finished);
}

TEST(BodyDecoder, TellsWhatIsWrongWithChunks) {
  EXPECT_EQ(decode({BodyKind::chunked, 0}, "x\r\n", 100).body, "(malformed)");
}

TEST(BodyDecoder, ALengthOfNoneIsAtItsEnd) {
  EXPECT_TRUE(BodyDecoder(Framing{BodyKind::length, 0}).finished());
}

}  // namespace
}  // namespace labnet::http
