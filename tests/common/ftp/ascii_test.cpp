// Line ends between a file and the wire, with the data cut at every place.
#include "common/ftp/ascii.hpp"

#include <gtest/gtest.h>

#include <string>

namespace labnet::ftp {
namespace {

/// In pieces of so many bytes each.
std::string encoded(std::string_view file, std::size_t piece_bytes = 1000) {
  AsciiEncoder encoder;
  Buffer wire;
  for (std::size_t at = 0; at < file.size(); at += piece_bytes) {
    encoder.encode(as_bytes(file.substr(at, piece_bytes)), wire);
  }
  return std::string{as_text(wire)};
}

std::string decoded(std::string_view wire, std::size_t piece_bytes = 1000) {
  AsciiDecoder decoder;
  Buffer file;
  for (std::size_t at = 0; at < wire.size(); at += piece_bytes) {
    decoder.decode(as_bytes(wire.substr(at, piece_bytes)), file);
  }
  decoder.finish(file);
  return std::string{as_text(file)};
}

TEST(FtpAsciiEncoder, EndsLinesWithCrLf) {
  EXPECT_EQ(encoded("one\ntwo\n\nfour"), "one\r\ntwo\r\n\r\nfour");
  EXPECT_EQ(encoded("\n"), "\r\n");
  EXPECT_EQ(encoded(""), "");
}

TEST(FtpAsciiEncoder, LeavesWindowsLineEndsAlone) {
  EXPECT_EQ(encoded("one\r\ntwo\r\n"), "one\r\ntwo\r\n");
}

TEST(FtpAsciiEncoder, LeavesACrWithoutLfAlone) {
  EXPECT_EQ(encoded("a\rb\r\r\nc\r"), "a\rb\r\r\nc\r");
}

TEST(FtpAsciiEncoder, TakesEveryOtherOctetAsItIs) {
  const std::string octets{"\0\xff\x80\x1a", 4};
  EXPECT_EQ(encoded(octets), octets);
}

TEST(FtpAsciiEncoder, IsAtMostTwiceAsLong) {
  EXPECT_EQ(encoded(std::string(1000, '\n')).size(), 2000u);
}

TEST(FtpAsciiDecoder, EndsLinesWithLf) {
  EXPECT_EQ(decoded("one\r\ntwo\r\n\r\nfour"), "one\ntwo\n\nfour");
  EXPECT_EQ(decoded(""), "");
}

TEST(FtpAsciiDecoder, LeavesABareLfAndABareCrAlone) {
  EXPECT_EQ(decoded("one\ntwo\rthree"), "one\ntwo\rthree");
  EXPECT_EQ(decoded("\r\r\n\r"), "\r\n\r");
}

TEST(FtpAsciiDecoder, KeepsACrAtTheEndUntilItIsFinished) {
  AsciiDecoder decoder;
  Buffer file;
  decoder.decode(as_bytes("a\r"), file);
  EXPECT_EQ(as_text(file), "a");
  decoder.finish(file);
  EXPECT_EQ(as_text(file), "a\r");
  decoder.finish(file);
  EXPECT_EQ(as_text(file), "a\r") << "it is told once";
  decoder.decode(as_bytes("\n"), file);
  EXPECT_EQ(as_text(file), "a\r\n") << "the next data has nothing to do with it";
}

TEST(FtpAscii, PiecesOfAnySizeMakeNoDifference) {
  const std::string text{"\na\r\n\r\r\n\n\rb\0\n\xff\r", 14};
  for (std::size_t bytes = 1; bytes <= text.size(); ++bytes) {
    EXPECT_EQ(encoded(text, bytes), encoded(text)) << bytes << " bytes at a time";
    EXPECT_EQ(decoded(text, bytes), decoded(text)) << bytes << " bytes at a time";
  }
}

TEST(FtpAscii, EveryCutInTwoMakesNoDifference) {
  const std::string_view text = "one\r\n\rtwo\n\r\r\nthree\r";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    AsciiEncoder encoder;
    AsciiDecoder decoder;
    Buffer wire;
    Buffer file;
    for (const auto piece : {text.substr(0, cut), std::string_view{}, text.substr(cut)}) {
      encoder.encode(as_bytes(piece), wire);
      decoder.decode(as_bytes(piece), file);
    }
    decoder.finish(file);
    EXPECT_EQ(as_text(wire), encoded(text)) << "cut at " << cut;
    EXPECT_EQ(as_text(file), decoded(text)) << "cut at " << cut;
  }
}

TEST(FtpAscii, AUnixFileComesBackAsItWas) {
  const std::string_view file = "\n\none\ntwo\n\n\tthree";
  EXPECT_EQ(decoded(encoded(file)), file);
}

}  // namespace
}  // namespace labnet::ftp
