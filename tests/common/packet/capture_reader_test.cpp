// Files of either kind, fed whole, byte by byte and cut short.
#include "common/packet/capture_reader.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

using namespace std::chrono_literals;

CapturedFrame captured(int number, const Buffer& data) {
  return {Timestamp{1'795'486'919s + number * 1ms}, static_cast<std::uint32_t>(data.size()), data};
}

Buffer pcap_file() {
  Buffer file;
  append_pcap_header({}, file);
  int number = 0;
  for (const auto digits : all_frames) append_pcap_frame({}, captured(number++, from_hex(digits)), file);
  return file;
}

Buffer pcapng_file() {
  Buffer file;
  append_block(SectionHeader{.application = "labnet"}, file);
  append_block(Interface{.name = "eth0"}, file);
  append_block(NameResolution{{{Ipv4Address{0xc0a80107}, {"dns"}}}}, file);
  int number = 0;
  for (const auto digits : all_frames) append_block(Packet{0, captured(number++, from_hex(digits)), {}}, file);
  append_block(InterfaceStatistics{.received = 8}, file);
  return file;
}

/// The frames' data, from a file fed in pieces of `piece_bytes`.
std::vector<Buffer> read_in_pieces(CaptureReader& reader, Bytes file, std::size_t piece_bytes) {
  std::vector<Buffer> frames;
  while (!file.empty()) {
    const auto piece = file.first(std::min(piece_bytes, file.size()));
    file = file.subspan(piece.size());
    reader.feed(piece);
    while (const auto frame = *reader.next()) {
      EXPECT_EQ(frame->time, captured(static_cast<int>(frames.size()), {}).time);
      frames.emplace_back(frame->data.begin(), frame->data.end());
    }
  }
  return frames;
}

TEST(CaptureReader, ReadsTheSameFramesHoweverTheBytesArrive) {
  std::vector<Buffer> expected;
  for (const auto digits : all_frames) expected.push_back(from_hex(digits));
  for (const auto& file : {pcap_file(), pcapng_file()}) {
    for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{7}, std::size_t{100}, file.size()}) {
      CaptureReader reader;
      EXPECT_EQ(read_in_pieces(reader, file, piece_bytes), expected) << "in pieces of " << piece_bytes;
      EXPECT_EQ(reader.unread_bytes(), 0u);
      EXPECT_EQ(reader.link_type(), LinkType::ethernet);
    }
  }
}

TEST(CaptureReader, TellsAFileThatWasCutInsideAFrame) {
  const auto file = pcap_file();
  CaptureReader reader;
  EXPECT_EQ(read_in_pieces(reader, Bytes{file}.first(file.size() - 1), 4096).size(), 7u);
  EXPECT_EQ(reader.unread_bytes(), 16u + 54u - 1u);
}

TEST(CaptureReader, StaysAtAFault) {
  CaptureReader reader;
  reader.feed(as_bytes("neither of them"));
  EXPECT_EQ(reader.next().error(), FileFault::not_a_capture);
  reader.feed(pcap_file());
  EXPECT_EQ(reader.next().error(), FileFault::not_a_capture);
}

TEST(CaptureReader, OfAnEmptyFileHasNoFrame) {
  CaptureReader reader;
  EXPECT_FALSE(*reader.next());
  EXPECT_EQ(reader.unread_bytes(), 0u);
}

}  // namespace
}  // namespace labnet::packet
