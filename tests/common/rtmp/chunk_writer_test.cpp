// Messages taken apart, and read again.
#include "common/rtmp/chunk_writer.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/control.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;
using test::octets;
using test::read_all;
using test::operator+;

constexpr MessageHeader audio_header{
    .type = MessageType::audio, .timestamp = 16, .stream_id = 1, .chunk_stream_id = chunk_stream::audio};

MessageHeader at(std::uint32_t timestamp) {
  auto header = audio_header;
  header.timestamp = timestamp;
  return header;
}

/// As a peer reads it that has been told the chunk size.
test::Read read_with_chunk_size(std::uint32_t chunk_bytes, const Buffer& stream) {
  ChunkWriter writer;
  Buffer announced;
  writer.write(to_message(SetChunkSize{chunk_bytes}), announced);
  auto read = read_all(announced + stream);
  read.headers.erase(read.headers.begin());
  read.payloads.erase(read.payloads.begin());
  return read;
}

TEST(RtmpImage, BeginsWithAFullHeader) {
  EXPECT_EQ(buffer_of(wire_image(audio_header, octets("aabb"), 128).bytes()),
            octets("04 000010 000002 08 01000000 aabb"));
  EXPECT_EQ(buffer_of(wire_image(audio_header, {}, 128).bytes()), octets("04 000010 000000 08 01000000"));
}

TEST(RtmpImage, ContinuesWithFmt3) {
  EXPECT_EQ(buffer_of(wire_image(audio_header, octets("aabbccddee"), 2).bytes()),
            octets("04 000010 000005 08 01000000 aabb c4 ccdd c4 ee"));
  EXPECT_EQ(buffer_of(wire_image(audio_header, octets("aabb"), 2).bytes()), octets("04 000010 000002 08 01000000 aabb"))
      << "no chunk without payload behind it";
}

TEST(RtmpImage, RepeatsAnExtendedTimestamp) {
  EXPECT_EQ(buffer_of(wire_image(at(0xffffff), octets("aabb"), 1).bytes()),
            octets("04 ffffff 000002 08 01000000 00ffffff aa c4 00ffffff bb"));
  EXPECT_EQ(buffer_of(wire_image(at(0xfffffe), octets("aabb"), 1).bytes()),
            octets("04 fffffe 000002 08 01000000 aa c4 bb"));
}

TEST(RtmpImage, WritesEachFormOfAChunkStreamId) {
  struct Row {
    std::uint32_t id;
    std::string_view first, next;
  };
  for (const auto& row : {Row{2, "02", "c2"}, Row{63, "3f", "ff"}, Row{64, "0000", "c000"}, Row{319, "00ff", "c0ff"},
                          Row{320, "010001", "c10001"}, Row{chunk_stream_id_max, "01ffff", "c1ffff"}}) {
    auto header = audio_header;
    header.chunk_stream_id = row.id;
    const auto image = wire_image(header, octets("aabb"), 1);
    EXPECT_EQ(buffer_of(image.bytes()),
              octets(row.first) + octets("000010 000002 08 01000000 aa") + octets(row.next) + octets("bb"));
    EXPECT_EQ(read_with_chunk_size(1, buffer_of(image.bytes())).headers[0].chunk_stream_id, row.id);
  }
}

TEST(RtmpImage, IsReadAsItWasWrittenAtEverySizeAndTime) {
  test::Draws draws;
  for (const std::uint32_t chunk_bytes : {1, 2, 127, 128, 129, 4096, 65536}) {
    for (const std::size_t size : {0, 1, 127, 128, 129, 256, 1000}) {
      for (const std::uint32_t timestamp : {0U, 0xfffffeU, 0xffffffU, 0x1000000U, 0xffffffffU}) {
        const auto payload = counted(size);
        const auto image = wire_image(at(timestamp), payload, chunk_bytes);
        EXPECT_EQ(image.size(), wire_image_bytes(at(timestamp), size, chunk_bytes));
        ChunkWriter writer;
        Buffer stream;
        writer.write(to_message(SetChunkSize{chunk_bytes}), stream);
        stream = stream + buffer_of(image.bytes());
        ChunkReader reader;
        const auto read = test::read_in(test::random_pieces(stream.size(), draws), stream, reader);
        ASSERT_EQ(read.headers.size(), 2u);
        EXPECT_EQ(read.headers[1], at(timestamp));
        EXPECT_EQ(read.payloads[1], payload);
      }
    }
  }
}

TEST(RtmpImage, IsRightWhateverWentBefore) {
  // The reader has had another message on the chunk stream, late and long.
  const auto before = buffer_of(wire_image(at(0xf0000000), counted(500), 128).bytes());
  const auto image = buffer_of(wire_image(at(20), counted(300), 128).bytes());
  const auto read = read_all(before + image + image);
  ASSERT_EQ(read.headers.size(), 3u);
  EXPECT_EQ(read.headers[1], at(20));
  EXPECT_EQ(read.headers[2], at(20));
  EXPECT_EQ(read.payloads[2], counted(300));
}

TEST(RtmpChunkWriter, ShortensHeadersWhereTheySayTheSame) {
  ChunkWriter writer;
  Buffer out;
  const auto written = [&](const MessageHeader& header, std::string_view payload) {
    out.clear();
    writer.write(header, octets(payload), out);
    return out;
  };
  EXPECT_EQ(written(at(100), "aa"), octets("04 000064 000001 08 01000000 aa"));
  EXPECT_EQ(written(at(120), "aabb"), octets("44 000014 000002 08 aabb")) << "another length";
  EXPECT_EQ(written(at(150), "ccdd"), octets("84 00001e ccdd")) << "another delta";
  EXPECT_EQ(written(at(180), "eeff"), octets("c4 eeff"));
  EXPECT_EQ(written(at(180), "eeff"), octets("84 000000 eeff"));
  EXPECT_EQ(written(at(179), "eeff"), octets("04 0000b3 000002 08 01000000 eeff")) << "time goes back";
  auto other = at(200);
  other.stream_id = 2;
  EXPECT_EQ(written(other, "eeff"), octets("04 0000c8 000002 08 02000000 eeff")) << "another message stream";
}

TEST(RtmpChunkWriter, LeavesNoDoubtAboutTheDeltaBehindAFullHeader) {
  ChunkWriter writer;
  Buffer out;
  writer.write(at(20), octets("aa"), out);
  out.clear();
  writer.write(at(40), octets("bb"), out);
  EXPECT_EQ(out, octets("84 000014 bb")) << "and no fmt 3";
}

TEST(RtmpChunkWriter, ObeysItsOwnSetChunkSize) {
  ChunkWriter writer;
  Buffer out;
  EXPECT_EQ(writer.chunk_bytes(), chunk_bytes_default);
  writer.write(to_message(SetChunkSize{4096}), out);
  EXPECT_EQ(out, octets("02 000000 000004 01 00000000 00001000"));
  EXPECT_EQ(writer.chunk_bytes(), 4096u);
  writer.write(audio_header, counted(4096), out);
  writer.write(audio_header, counted(4097), out);
  const auto read = read_all(out);
  ASSERT_EQ(read.payloads.size(), 3u);
  EXPECT_EQ(read.payloads[1], counted(4096));
  EXPECT_EQ(read.payloads[2], counted(4097));
}

TEST(RtmpChunkWriter, IsReadAsItWasWritten) {
  test::Draws draws;
  for (int round = 0; round < 30; ++round) {
    ChunkWriter writer;
    Buffer out;
    test::Read expected;
    std::uint32_t now = static_cast<std::uint32_t>(draws.below(2)) * 0xffff00;
    for (int i = 0; i < 40; ++i) {
      now += static_cast<std::uint32_t>(draws.below(3) == 0 ? draws.below(0x1800000) : draws.below(3) * 20);
      if (draws.below(10) == 0) now -= 5;
      MessageHeader header{.type = draws.below(2) == 0 ? MessageType::audio : MessageType::video, .timestamp = now};
      header.stream_id = static_cast<std::uint32_t>(draws.below(8) == 0 ? 2 : 1);
      header.chunk_stream_id = static_cast<std::uint32_t>(4 + draws.below(2) * 300);
      auto payload = counted(draws.below(3) * 150);
      if (draws.below(12) == 0) {
        const auto message = to_message(SetChunkSize{static_cast<std::uint32_t>(1 + draws.below(300))}, now);
        header = message.header;
        payload = buffer_of(message.bytes());
      }
      writer.write(header, payload, out);
      expected.headers.push_back(header);
      expected.payloads.push_back(payload);
    }
    ChunkReader reader;
    EXPECT_EQ(test::read_in(test::random_pieces(out.size(), draws), out, reader), expected);
    EXPECT_EQ(reader.chunk_bytes(), writer.chunk_bytes());
  }
}

TEST(RtmpSharedBytes, ArePartsOfOneMemory) {
  const auto whole = SharedBytes::copy_of(octets("0102030405"));
  const auto part = whole.part(1, 3);
  EXPECT_EQ(buffer_of(part.bytes()), octets("020304"));
  EXPECT_EQ(part.bytes().data(), whole.bytes().data() + 1);
  EXPECT_TRUE(SharedBytes{}.empty());
  EXPECT_TRUE(whole.part(5, 0).empty());
}

}  // namespace
}  // namespace labnet::rtmp
