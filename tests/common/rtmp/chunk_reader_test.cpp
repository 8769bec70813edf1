// Chunks put together: each form of header, in every cut, and what is not taken.
#include "common/rtmp/chunk_reader.hpp"

#include <gtest/gtest.h>

#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;
using test::filled;
using test::octets;
using test::read_all;
using test::operator+;

/// fmt 0 on chunk stream 3, message stream 1, audio
Buffer full_header(std::string_view timestamp, std::string_view length, std::string_view first = "03") {
  return octets(first) + octets(timestamp) + octets(length) + octets("08 01000000");
}

TEST(RtmpChunkReader, ReadsAMessageOfOneChunk) {
  const auto read = read_all(full_header("000010", "000003") + octets("aabbcc"));
  ASSERT_EQ(read.headers.size(), 1u);
  EXPECT_EQ(read.headers[0],
            (MessageHeader{.type = MessageType::audio, .timestamp = 16, .stream_id = 1, .chunk_stream_id = 3}));
  EXPECT_EQ(read.payloads[0], octets("aabbcc"));
}

TEST(RtmpChunkReader, ReadsAMessageOfSeveralChunks) {
  const auto payload = counted(300);
  const auto part = [&payload](std::size_t from, std::size_t count) {
    return buffer_of(Bytes{payload}.subspan(from, count));
  };
  const auto stream =
      full_header("000000", "00012c") + part(0, 128) + octets("c3") + part(128, 128) + octets("c3") + part(256, 44);
  EXPECT_EQ(read_all(stream).payloads, std::vector<Buffer>{payload});
}

TEST(RtmpChunkReader, ReadsAnEmptyMessage) {
  const auto read = read_all(full_header("000000", "000000") + octets("c3") + full_header("000000", "000000", "04"));
  EXPECT_EQ(read.payloads, (std::vector<Buffer>(3)));
}

TEST(RtmpChunkReader, ReadsEachFormOfAChunkStreamId) {
  struct Row {
    std::string_view octets;
    std::uint32_t id;
  };
  for (const auto& row : {Row{"02", 2}, Row{"3f", 63}, Row{"00 00", 64}, Row{"00 ff", 319}, Row{"01 00 00", 64},
                          Row{"01 00 01", 320}, Row{"01 ff ff", chunk_stream_id_max}}) {
    const auto read = read_all(full_header("000000", "000001", row.octets) + octets("aa"));
    ASSERT_EQ(read.headers.size(), 1u);
    EXPECT_EQ(read.headers[0].chunk_stream_id, row.id);
  }
}

TEST(RtmpChunkReader, TakesFromTheMessageBeforeWhatAHeaderDoesNotSay) {
  const auto read = read_all(full_header("0003e8", "000001") + octets("a0") +  // fmt 0 at 1000
                             octets("43 000014 000002 09 b0b1") +              // fmt 1: 20 later, two octets of video
                             octets("83 00001e c0c1") +                        // fmt 2: 30 later
                             octets("c3 d0d1"));                               // fmt 3: 30 later
  ASSERT_EQ(read.headers.size(), 4u);
  EXPECT_EQ(read.headers[0].timestamp, 1000u);
  EXPECT_EQ(read.headers[1].timestamp, 1020u);
  EXPECT_EQ(read.headers[1].type, MessageType::video);
  EXPECT_EQ(read.headers[1].stream_id, 1u);
  EXPECT_EQ(read.headers[2].timestamp, 1050u);
  EXPECT_EQ(read.headers[3].timestamp, 1080u);
  EXPECT_EQ(read.headers[3].type, MessageType::video);
  EXPECT_EQ(read.payloads[3], octets("d0d1"));
}

TEST(RtmpChunkReader, TakesTheTimestampOfAFullHeaderForTheDelta) {
  // Section 5.3.1.2.4: a fmt 3 behind a fmt 0.
  const auto read = read_all(full_header("00001a", "000001") + octets("aa") + octets("c3 bb") + octets("c3 cc"));
  ASSERT_EQ(read.headers.size(), 3u);
  EXPECT_EQ(read.headers[1].timestamp, 52u);
  EXPECT_EQ(read.headers[2].timestamp, 78u);
}

TEST(RtmpChunkReader, ReadsChunkStreamsThatInterleave) {
  const auto a = counted(200), b = filled(150);
  const auto stream = full_header("000001", "0000c8", "03") + buffer_of(Bytes{a}.first(128)) +
                      full_header("000002", "000096", "04") + buffer_of(Bytes{b}.first(128)) + octets("c3") +
                      buffer_of(Bytes{a}.subspan(128)) + octets("c4") + buffer_of(Bytes{b}.subspan(128));
  EXPECT_EQ(read_all(stream).payloads, (std::vector{a, b}));
}

// Timestamps

TEST(RtmpChunkReader, ReadsExtendedTimestamps) {
  EXPECT_EQ(read_all(full_header("fffffe", "000001") + octets("aa")).headers[0].timestamp, 0xfffffeu);
  EXPECT_EQ(read_all(full_header("ffffff", "000001") + octets("00ffffff aa")).headers[0].timestamp, 0xffffffu);
  EXPECT_EQ(read_all(full_header("ffffff", "000001") + octets("01000000 aa")).headers[0].timestamp, 0x1000000u);
  EXPECT_EQ(read_all(full_header("ffffff", "000001") + octets("ffffffff aa")).headers[0].timestamp, 0xffffffffu);
  const auto read = read_all(full_header("000005", "000001") + octets("aa") + octets("83 ffffff 02000000 bb"));
  EXPECT_EQ(read.headers[1].timestamp, 0x2000005u) << "a delta, too";
}

TEST(RtmpChunkReader, BeginsTimeAnewAtItsEnd) {
  const auto read = read_all(full_header("ffffff", "000001") + octets("fffffff0 aa") + octets("83 000020 bb"));
  EXPECT_EQ(read.headers[1].timestamp, 0x10u);
}

/// A message of 300 octets at 0x01020304.
Buffer late_message(std::string_view repeated, const Buffer& payload) {
  return full_header("ffffff", "00012c") + octets("01020304") + buffer_of(Bytes{payload}.first(128)) + octets("c3") +
         octets(repeated) + buffer_of(Bytes{payload}.subspan(128, 128)) + octets("c3") + octets(repeated) +
         buffer_of(Bytes{payload}.subspan(256));
}

TEST(RtmpChunkReader, ReadsAnExtendedTimestampThatIsRepeatedInFmt3) {
  const auto payload = counted(300);
  const auto after = octets("c3 01020304") + buffer_of(Bytes{payload}.first(128));
  const auto read = read_all(late_message("01020304", payload) + after);
  EXPECT_EQ(read.payloads, std::vector<Buffer>{payload});
  EXPECT_EQ(read.headers[0].timestamp, 0x01020304u);
}

TEST(RtmpChunkReader, ReadsAnExtendedTimestampThatIsLeftOutInFmt3) {
  const auto payload = counted(300);
  EXPECT_EQ(read_all(late_message("", payload)).payloads, std::vector<Buffer>{payload});
}

TEST(RtmpChunkReader, WaitsForNoMoreThanItNeedsToTellWhetherTheTimestampIsRepeated) {
  // One octet of payload is left, and the timestamp would begin otherwise: the message is whole with it.
  auto payload = counted(129);
  payload.back() = std::byte{0x02};
  const auto stream = full_header("ffffff", "000081") + octets("01020304") + buffer_of(Bytes{payload}.first(128)) +
                      octets("c3") + octets("02");
  EXPECT_EQ(read_all(stream).payloads, std::vector<Buffer>{payload});
}

TEST(RtmpChunkReader, TellsAPayloadThatBeginsAsTheTimestampDoes) {
  // What follows the first octets that are the same is the next chunk: even these belong to headers and payloads.
  auto payload = counted(129);
  payload.back() = std::byte{0x01};
  const auto next = octets("02 030505 000001 08 01000000 aa");
  const auto stream = full_header("ffffff", "000081") + octets("01020304") + buffer_of(Bytes{payload}.first(128)) +
                      octets("c3") + octets("01") + next;
  const auto read = read_all(stream);
  EXPECT_EQ(read.payloads, (std::vector{payload, octets("aa")}));
  EXPECT_EQ(read.headers[1].timestamp, 0x030505u);
}

TEST(RtmpChunkReader, GivesMessagesThatWereTakenForATimestamp) {
  // Chunk stream 2 repeats empty messages by one octet: three of them look like the timestamp 0xc2c2c2xx.
  const auto stream = full_header("000000", "000000", "02") + full_header("ffffff", "000001", "03") +
                      octets("c2c2c201 aa") + octets("c3") + octets("c2") + octets("c2 c2 c2 c2");
  const auto read = read_all(stream);
  EXPECT_EQ(read.payloads, (std::vector{Buffer{}, octets("aa"), octets("c2"), Buffer{}, Buffer{}, Buffer{}, Buffer{}}));
}

TEST(RtmpChunkReader, ReadsANewMessageInFmt3WithAnExtendedDelta) {
  for (const std::string_view repeated : {"02000000", ""}) {
    const auto read =
        read_all(full_header("000001", "000005") + octets("a1a2a3a4a5") + octets("83 ffffff 02000000 b1b2b3b4b5") +
                 octets("c3") + octets(repeated) + octets("c1c2c3c4c5"));
    ASSERT_EQ(read.headers.size(), 3u);
    EXPECT_EQ(read.headers[2].timestamp, 0x4000001u);
    EXPECT_EQ(read.payloads[2], octets("c1c2c3c4c5"));
  }
}

// Control

Buffer set_chunk_size(std::string_view bytes) {
  return octets("02 000000 000004 01 00000000") + octets(bytes);
}

TEST(RtmpChunkReader, ObeysSetChunkSizeBetweenTheChunksOfAMessage) {
  const auto payload = counted(400);
  const auto stream = full_header("000000", "000190") + buffer_of(Bytes{payload}.first(128)) +
                      set_chunk_size("00000010") + octets("c3") + buffer_of(Bytes{payload}.subspan(128, 16)) +
                      octets("42 000000 000004 01") + octets("00001000") + octets("c3") +
                      buffer_of(Bytes{payload}.subspan(144));
  const auto read = read_all(stream);
  ASSERT_EQ(read.payloads.size(), 3u) << "and gives Set Chunk Size as well";
  EXPECT_EQ(read.payloads[2], payload);
}

TEST(RtmpChunkReader, TakesEveryChunkSizeFromOneToItsLimit) {
  const auto one = set_chunk_size("00000001") + full_header("000000", "000003") + octets("aa c3 bb c3 cc");
  EXPECT_EQ(read_all(one).payloads.back(), octets("aabbcc"));
  EXPECT_EQ(read_all(set_chunk_size("7fffffff")).fault, std::nullopt);
  EXPECT_EQ(read_all(set_chunk_size("80000000")).fault, ChunkFault::bad_chunk_size);
  EXPECT_EQ(read_all(set_chunk_size("00000000")).fault, ChunkFault::bad_chunk_size);
  EXPECT_EQ(read_all(octets("02 000000 000003 01 00000000 000010")).fault, ChunkFault::bad_chunk_size);
}

TEST(RtmpChunkReader, ForgetsAMessageThatIsAborted) {
  const auto half = full_header("000000", "0000c8") + filled(128);
  const auto abort = octets("02 000000 000004 02 00000000 00000003");
  const auto stream = half + abort + full_header("000007", "000001") + octets("aa");
  const auto read = read_all(stream);
  ASSERT_EQ(read.payloads.size(), 2u) << "the Abort and what follows";
  EXPECT_EQ(read.headers[1].timestamp, 7u);

  ChunkReader reader;
  const auto whole = half + abort;
  test::read_in({whole.size()}, whole, reader);
  EXPECT_EQ(reader.partial_bytes(), 0u) << "its memory too";
}

TEST(RtmpChunkReader, TakesAnAbortOfNothing) {
  EXPECT_EQ(read_all(octets("02 000000 000004 02 00000000 00000009")).fault, std::nullopt);
  EXPECT_EQ(read_all(octets("02 000000 000002 02 00000000 0000")).fault, std::nullopt);
}

// Faults

TEST(RtmpChunkReader, RefusesHeadersThatReferToNothing) {
  EXPECT_EQ(read_all(octets("c3 aa")).fault, ChunkFault::continues_nothing);
  EXPECT_EQ(read_all(octets("43 000000 000001 08 aa")).fault, ChunkFault::compares_with_nothing);
  EXPECT_EQ(read_all(octets("83 000000 aa")).fault, ChunkFault::compares_with_nothing);
  EXPECT_EQ(read_all(octets("82 000000 aa")).fault, ChunkFault::compares_with_nothing);
  EXPECT_EQ(read_all(full_header("000000", "000001") + octets("aa c4")).fault, ChunkFault::continues_nothing);
}

TEST(RtmpChunkReader, ReadsThePingResponseOfLibrtmp) {
  const auto read = read_all(octets("42 000000 000006 04 0007 00000d0f"));
  ASSERT_EQ(read.headers.size(), 1u);
  EXPECT_EQ(read.headers[0].type, MessageType::user_control);
  EXPECT_EQ(read.headers[0].timestamp, 0u);
}

TEST(RtmpChunkReader, RefusesAMessageWithinAMessage) {
  const auto half = full_header("000000", "0000c8") + filled(128);
  EXPECT_EQ(read_all(half + full_header("000000", "000001") + octets("aa")).fault, ChunkFault::message_not_finished);
  EXPECT_EQ(read_all(half + octets("43 000000 000001 08 aa")).fault, ChunkFault::message_not_finished);
  EXPECT_EQ(read_all(half + octets("83 000000 aa")).fault, ChunkFault::message_not_finished);
}

TEST(RtmpChunkReader, RefusesAMessageAboveTheLimit) {
  const ChunkLimits limits{.message_bytes = 5};
  EXPECT_EQ(read_all(full_header("000000", "000005") + filled(5), limits).payloads.size(), 1u);
  EXPECT_EQ(read_all(full_header("000000", "000006"), limits).fault, ChunkFault::message_too_long);

  EXPECT_EQ(received_message_bytes_max, 0x800000u);
  EXPECT_EQ(read_all(full_header("000000", "800000")).fault, std::nullopt);
  EXPECT_EQ(read_all(full_header("000000", "800001")).fault, ChunkFault::message_too_long);
}

TEST(RtmpChunkReader, RefusesAChunkStreamTooMany) {
  Buffer stream;
  for (std::size_t i = 0; i < chunk_streams_max; ++i) {
    const auto id = octets("00") + Buffer{static_cast<std::byte>(i)};
    stream = stream + id + octets("000000 000001 08 01000000 aa");
  }
  EXPECT_EQ(read_all(stream).payloads.size(), chunk_streams_max);
  const auto read = read_all(stream + full_header("000000", "000001") + octets("aa"));
  EXPECT_EQ(read.fault, ChunkFault::too_many_chunk_streams);
}

TEST(RtmpChunkReader, AllocatesNoMoreThanHasComeAndAReservation) {
  ChunkReader reader{{.message_bytes = message_bytes_max}};
  const auto header = full_header("000000", "ffffff");
  test::read_in({header.size()}, header, reader);
  EXPECT_EQ(reader.partial_bytes(), 0u) << "a length alone";
  const auto first = filled(1);
  test::read_in({1}, first, reader);
  EXPECT_EQ(reader.partial_bytes(), first_reservation_bytes) << "16 MB are said, and one octet has come";
}

TEST(RtmpChunkReader, RefusesPartialMessagesThatTakeTooMuch) {
  // Each takes 1000 octets, of which one has come.
  const auto begin = [](std::string_view id) { return full_header("000000", "0003e8", id) + filled(128); };
  const ChunkLimits limits{.partial_bytes = 2000};
  EXPECT_EQ(read_all(begin("03") + begin("04"), limits).fault, std::nullopt);
  EXPECT_EQ(read_all(begin("03") + begin("04"), {.partial_bytes = 1999}).fault, ChunkFault::partial_messages_too_long);
  EXPECT_EQ(read_all(begin("03") + begin("04") + begin("05"), limits).fault, ChunkFault::partial_messages_too_long);

  // The usual limit: two messages of 6 MiB may wait for their last octet, and a third may not.
  ChunkReader reader;
  const auto size = set_chunk_size("005fffff");
  test::read_in({size.size()}, size, reader);
  for (const std::string_view id : {"03", "04", "05"}) {
    const auto most = full_header("000000", "600000", id) + filled(0x600000 - 1);
    const auto fault = test::read_in({most.size()}, most, reader).fault;
    EXPECT_EQ(fault, id == "05" ? std::optional{ChunkFault::partial_messages_too_long} : std::nullopt);
    EXPECT_LE(reader.partial_bytes(), partial_bytes_max);
  }
}

TEST(RtmpChunkReader, KeepsAMessageThatGrowsWhole) {
  const auto payload = counted(300000);
  const auto stream = set_chunk_size("00100000") + full_header("000000", "0493e0") + payload;
  ChunkReader reader;
  const auto read = test::read_in(test::pieces_of(stream.size(), 1000), stream, reader);
  ASSERT_EQ(read.payloads.size(), 2u);
  EXPECT_EQ(read.payloads[1], payload);
}

TEST(RtmpChunkReader, SaysEachFaultInWords) {
  for (int i = 0; i <= static_cast<int>(ChunkFault::bad_chunk_size); ++i)
    EXPECT_FALSE(describe(static_cast<ChunkFault>(i)).empty());
}

}  // namespace
}  // namespace labnet::rtmp
