// Octets for the tests of RTMP: written in hexadecimal digits, read from the vectors, and fed in every cut.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/rtmp/chunk_reader.hpp"

namespace labnet::rtmp::test {

/// "03 00 01": blanks are for people.
inline Buffer octets(std::string_view digits) {
  Buffer bytes;
  std::string pair;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    pair += digit;
    if (pair.size() < 2) continue;
    bytes.push_back(static_cast<std::byte>(parse_integer<std::uint8_t>(pair, hexadecimal_base).value()));
    pair.clear();
  }
  return bytes;
}

inline Buffer filled(std::size_t size, std::uint8_t with = 0x55) {
  return Buffer(size, static_cast<std::byte>(with));
}
/// Different octets, so that a wrong order shows.
inline Buffer counted(std::size_t size) {
  Buffer bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
  return bytes;
}

inline Buffer operator+(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Buffer buffer_of(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

inline Buffer vector_file(const std::string& name) {
  std::ifstream file{std::string{LABNET_RTMP_VECTORS} + '/' + name, std::ios::binary};
  EXPECT_TRUE(file) << name;
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return buffer_of(as_bytes(text));
}

/// The same on every run.
class Draws {
 public:
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % end;
  }

 private:
  std::uint64_t state_ = 1;
};

/// How long each piece is in which an input comes.
using Cuts = std::vector<std::size_t>;
inline Cuts pieces_of(std::size_t total, std::size_t each) {
  Cuts cuts;
  for (; total > each; total -= each) cuts.push_back(each);
  if (total > 0) cuts.push_back(total);
  return cuts;
}
inline Cuts random_pieces(std::size_t total, Draws& draws, std::size_t most = 40) {
  Cuts cuts;
  while (total > 0) {
    cuts.push_back(std::min(total, 1 + draws.below(most)));
    total -= cuts.back();
  }
  return cuts;
}

/// What a reader makes of a stream.
struct Read {
  std::vector<MessageHeader> headers;
  std::vector<Buffer> payloads;
  std::optional<ChunkFault> fault;

  bool operator==(const Read&) const = default;
};
inline Read read_in(const Cuts& cuts, Bytes stream, ChunkReader& reader) {
  Read read;
  for (const auto size : cuts) {
    auto input = stream.first(size);
    stream = stream.subspan(size);
    while (!input.empty()) {
      const auto step = reader.read(input);
      if (!step) {
        read.fault = step.error();
        return read;
      }
      input = input.subspan(step->used);
      if (!step->message) {
        EXPECT_TRUE(input.empty()) << "without a message everything is used";
        continue;
      }
      read.headers.push_back(step->message->header);
      read.payloads.push_back(buffer_of(step->message->bytes()));
    }
  }
  return read;
}
/// In one piece, octet by octet and in random cuts: all must be the same.
inline Read read_all(const Buffer& stream, ChunkLimits limits = {}) {
  ChunkReader at_once{limits};
  const auto read = read_in({stream.size()}, stream, at_once);
  ChunkReader singly{limits};
  EXPECT_EQ(read_in(pieces_of(stream.size(), 1), stream, singly), read) << "octet by octet";
  Draws draws;
  for (int i = 0; i < 20; ++i) {
    ChunkReader cut{limits};
    EXPECT_EQ(read_in(random_pieces(stream.size(), draws), stream, cut), read) << "in random cuts";
  }
  return read;
}

}  // namespace labnet::rtmp::test
