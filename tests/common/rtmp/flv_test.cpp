// FLV files read in every cut, written, and cut by crashes.
#include "common/rtmp/flv.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/command.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;
using test::octets;
using test::vector_file;
using test::operator+;

struct ReadFile {
  std::vector<MessageType> types;
  std::vector<std::uint32_t> timestamps;
  std::vector<std::uint64_t> offsets;
  std::vector<Buffer> payloads;
  std::optional<FlvFault> fault;
  bool is_cut = false;
  std::uint64_t whole_bytes = 0;

  bool operator==(const ReadFile&) const = default;
};
ReadFile read_file_in(const test::Cuts& cuts, Bytes file, FlvReader reader) {
  ReadFile read;
  for (const auto size : cuts) {
    auto input = file.first(size);
    file = file.subspan(size);
    while (!input.empty() && !read.fault) {
      const auto step = reader.read(input);
      if (!step) {
        read.fault = step.error();
        break;
      }
      input = input.subspan(step->used);
      if (!step->tag) continue;
      read.types.push_back(step->tag->type);
      read.timestamps.push_back(step->tag->timestamp);
      read.offsets.push_back(step->tag->offset);
      read.payloads.push_back(buffer_of(step->tag->payload.bytes()));
    }
    if (read.fault) return read;
  }
  read.is_cut = reader.is_cut();
  read.whole_bytes = reader.whole_bytes();
  return read;
}
ReadFile read_file(const Buffer& file, std::uint32_t tag_bytes_max = received_message_bytes_max) {
  const FlvReader reader{tag_bytes_max};
  const auto read = read_file_in({file.size()}, file, reader);
  EXPECT_EQ(read_file_in(test::pieces_of(file.size(), 1), file, reader), read) << "octet by octet";
  test::Draws draws;
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(read_file_in(test::random_pieces(file.size(), draws), file, reader), read) << "in random cuts";
  return read;
}

const Buffer file_header = octets("464c5601 05 00000009 00000000");

TEST(RtmpFlv, IsWrittenAsItIsRead) {
  EXPECT_EQ(buffer_of(flv_header(true, true)), file_header);
  EXPECT_EQ(buffer_of(flv_header(true, false)), octets("464c5601 04 00000009 00000000"));
  EXPECT_EQ(buffer_of(flv_header(false, true)), octets("464c5601 01 00000009 00000000"));
  Buffer file = file_header;
  write_flv_tag(MessageType::audio, 5, octets("aabb"), file);
  EXPECT_EQ(file, file_header + octets("08 000002 000005 00 000000 aabb 0000000d"));
  write_flv_tag(MessageType::video, 0xfffffffe, counted(70000), file);
  write_flv_tag(MessageType::data_amf0, 0x1000000, {}, file);
  const auto read = read_file(file);
  EXPECT_EQ(read.fault, std::nullopt);
  EXPECT_EQ(read.types, (std::vector{MessageType::audio, MessageType::video, MessageType::data_amf0}));
  EXPECT_EQ(read.timestamps, (std::vector<std::uint32_t>{5, 0xfffffffe, 0x1000000}));
  EXPECT_EQ(read.offsets, (std::vector<std::uint64_t>{13, 30, 30 + 70015}));
  EXPECT_EQ(read.payloads, (std::vector{octets("aabb"), counted(70000), Buffer{}}));
  EXPECT_FALSE(read.is_cut);
  EXPECT_EQ(read.whole_bytes, file.size());
}

TEST(RtmpFlv, OfAllItsPiecesIsTheSameAsATag) {
  const auto payload = counted(10);
  Buffer tag;
  write_flv_tag(MessageType::video, 0x12345678, payload, tag);
  EXPECT_EQ(tag,
            buffer_of(flv_tag_header(MessageType::video, 0x12345678, 10)) + payload + buffer_of(flv_tag_trailer(10)));
}

TEST(RtmpFlv, OfFfmpegIsRead) {
  const auto read = read_file(vector_file("clip.flv"));
  EXPECT_EQ(read.fault, std::nullopt);
  EXPECT_FALSE(read.is_cut);
  ASSERT_GT(read.types.size(), 20u);
  EXPECT_EQ(read.types.front(), MessageType::data_amf0);
  const auto metadata = parse_data(read.types.front(), read.payloads.front());
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->name, "onMetaData");
  EXPECT_EQ(metadata_of(*metadata->values.at(0).object()).width, 96);
  const auto late = read_file(vector_file("late.flv"));
  EXPECT_EQ(late.timestamps.at(2), 16777300u) << "above 0xffffff";
}

TEST(RtmpFlv, IsReadUpToWhereACrashHasCutIt) {
  Buffer file = file_header;
  write_flv_tag(MessageType::audio, 5, octets("aabb"), file);
  const auto one_tag = file.size();
  write_flv_tag(MessageType::audio, 6, octets("ccdd"), file);
  for (std::size_t size = 0; size <= file.size(); ++size) {
    const auto read = read_file(buffer_of(Bytes{file}.first(size)));
    EXPECT_EQ(read.fault, std::nullopt) << size;
    const auto whole = size == file.size() ? file.size() : size >= one_tag ? one_tag : size >= 13 ? 13 : 0;
    EXPECT_EQ(read.whole_bytes, whole) << size;
    const auto is_in_trailer = [size](std::size_t end) { return size + 4 >= end && size <= end; };
    EXPECT_EQ(read.is_cut, !(size == 13 || is_in_trailer(one_tag) || is_in_trailer(file.size()))) << size;
    EXPECT_EQ(read.types.size(), (size + 4 >= one_tag ? 1u : 0u) + (size + 4 >= file.size() ? 1u : 0u)) << size;
  }
}

TEST(RtmpFlv, DoesNotBelieveTheLengthsBehindTags) {
  const auto file =
      file_header + octets("08 000001 000005 00 000000 aa ffffffff 08 000001 000006 00 000000 bb 00000000");
  EXPECT_EQ(read_file(file).payloads, (std::vector{octets("aa"), octets("bb")}));
}

TEST(RtmpFlv, MayHaveALongerHeader) {
  const auto file = octets("464c5601 05 0000000c aaaaaa 00000000") + octets("08 000001 000005 00 000000 aa 0000000c");
  EXPECT_EQ(read_file(file).payloads, std::vector<Buffer>{octets("aa")});
  const auto longest = octets("464c5601 05 00001000") + Buffer(flv_header_bytes_max - 9 + 4);
  EXPECT_EQ(read_file(longest).fault, std::nullopt);
  EXPECT_EQ(read_file(octets("464c5601 05 00001001")).fault, (FlvFault{FlvFault::Kind::bad_header, 0}));
  EXPECT_EQ(read_file(octets("464c5601 05 00000008")).fault, (FlvFault{FlvFault::Kind::bad_header, 0}));
}

TEST(RtmpFlv, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(read_file(octets("464c5801 05 00000009")).fault, (FlvFault{FlvFault::Kind::not_flv, 0}));
  EXPECT_EQ(read_file(octets("464c5602 05 00000009")).fault, (FlvFault{FlvFault::Kind::unknown_version, 0}));
  const auto encrypted = file_header + octets("08 000001 000005 00 000000 aa 0000000c 29 000001 000005 00 000000 aa");
  EXPECT_EQ(read_file(encrypted).fault, (FlvFault{FlvFault::Kind::encrypted, 29}));
  EXPECT_EQ(describe(*read_file(encrypted).fault), "octet 29: a tag is encrypted");
  EXPECT_EQ(describe(FlvFault{FlvFault::Kind::not_flv, 0}), "octet 0: it does not begin with FLV");
}

TEST(RtmpFlv, RefusesATagAboveTheLimit) {
  EXPECT_EQ(read_file(file_header + octets("08 000005 000000 00 000000 aaaaaaaaaa"), 5).payloads.size(), 1u);
  EXPECT_EQ(read_file(file_header + octets("08 000006 000000 00 000000"), 5).fault,
            (FlvFault{FlvFault::Kind::tag_too_long, 13}));
  EXPECT_EQ(read_file(file_header + octets("08 800000 000000 00 000000")).fault, std::nullopt);
  EXPECT_EQ(read_file(file_header + octets("08 800001 000000 00 000000")).fault,
            (FlvFault{FlvFault::Kind::tag_too_long, 13}));
}

TEST(RtmpFlv, SaysWhatItsHeaderSays) {
  FlvReader reader;
  EXPECT_FALSE(reader.says_audio());
  ASSERT_TRUE(reader.read(octets("464c5601 01 00000009 00000000")));
  EXPECT_FALSE(reader.says_audio());
  EXPECT_TRUE(reader.says_video());
}

TEST(RtmpFlv, IsReadFromATagOn) {
  const auto file = vector_file("clip.flv");
  const auto whole = read_file(file);
  const auto from = whole.offsets.at(5);
  const auto rest = Bytes{file}.subspan(from);
  const auto read = read_file_in({rest.size()}, rest, FlvReader::at_tag(from));
  EXPECT_EQ(read.fault, std::nullopt);
  EXPECT_EQ(read.offsets, (std::vector<std::uint64_t>{whole.offsets.begin() + 5, whole.offsets.end()}));
  EXPECT_EQ(read.payloads, (std::vector<Buffer>{whole.payloads.begin() + 5, whole.payloads.end()}));
  EXPECT_EQ(read.whole_bytes, file.size());
  EXPECT_EQ(read_file_in({0}, {}, FlvReader::at_tag(from)).whole_bytes, from);
}

TEST(RtmpFlv, IsPassedFromTagToTagByHeadersAlone) {
  Buffer file;
  const auto header = flv_header(true, true);
  file.assign(header.begin(), header.end());
  write_flv_tag(MessageType::video, 0x12345678, Buffer(300), file);
  write_flv_tag(MessageType::audio, 7, {}, file);
  auto at = *first_flv_tag(Bytes{file}.first(shortest_flv_header_bytes));
  EXPECT_EQ(at, flv_header_bytes);
  const auto first = parse_flv_tag_header(Bytes{file}.subspan(at, flv_tag_header_bytes));
  EXPECT_EQ(first.type, MessageType::video);
  EXPECT_EQ(first.timestamp, 0x12345678u);
  EXPECT_EQ(first.payload_bytes, 300u);
  EXPECT_FALSE(first.is_encrypted);
  at += first.tag_bytes();
  file[at] |= std::byte{0x20};
  const auto second = parse_flv_tag_header(Bytes{file}.subspan(at, flv_tag_header_bytes));
  EXPECT_EQ(second.type, MessageType::audio);
  EXPECT_TRUE(second.is_encrypted);
  EXPECT_EQ(at + second.tag_bytes(), file.size());
}

TEST(RtmpFlv, HasMetadataAsAnEcmaArray) {
  const auto payload = flv_metadata(AmfObject{}.with("duration", 1.5));
  const auto data = parse_data(MessageType::data_amf0, payload);
  ASSERT_TRUE(data);
  EXPECT_EQ(*data, (Data{"onMetaData", {AmfObject{AmfObject::Kind::ecma_array}.with("duration", 1.5)}}));
}

}  // namespace
}  // namespace labnet::rtmp
