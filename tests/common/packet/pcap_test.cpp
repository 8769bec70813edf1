// Classic capture files: both byte orders, both resolutions, every cut.
#include "common/packet/pcap.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

using namespace std::chrono_literals;

// The first bytes of a file of tcpdump's.
constexpr std::string_view tcpdump_header = "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000";
constexpr std::string_view big_endian_nanoseconds = "a1b23c4d 0002 0004 00000000 00000000 00000060 00000001";

TEST(PcapHeader, IsWrittenAsTcpdumpWritesIt) {
  Buffer file;
  append_pcap_header({}, file);
  EXPECT_EQ(file, from_hex(tcpdump_header));
}

TEST(PcapHeader, IsReadInBothOrdersAndResolutions) {
  const auto microseconds = *parse_pcap_header(from_hex(tcpdump_header));
  ASSERT_TRUE(microseconds);
  EXPECT_FALSE(microseconds->nanoseconds);
  EXPECT_EQ(microseconds->order, ByteOrder::little);
  EXPECT_EQ(microseconds->snap_bytes, 262'144u);
  EXPECT_EQ(microseconds->link_type, LinkType::ethernet);
  const auto nanoseconds = *parse_pcap_header(from_hex(big_endian_nanoseconds));
  ASSERT_TRUE(nanoseconds);
  EXPECT_TRUE(nanoseconds->nanoseconds);
  EXPECT_EQ(nanoseconds->order, ByteOrder::big);
  EXPECT_EQ(nanoseconds->snap_bytes, 96u);
}

TEST(PcapHeader, WaitsUntilItIsComplete) {
  const auto bytes = from_hex(tcpdump_header);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto header = parse_pcap_header(Bytes{bytes}.first(n));
    ASSERT_TRUE(header) << n;
    EXPECT_FALSE(*header) << n;
  }
}

TEST(PcapHeader, OfSomethingElseIsAFault) {
  EXPECT_EQ(parse_pcap_header(as_bytes("GIF8")).error(), FileFault::not_a_capture);
  auto bytes = from_hex(tcpdump_header);
  bytes[4] = std::byte{3};
  EXPECT_EQ(parse_pcap_header(bytes).error(), FileFault::unsupported_version);
}

TEST(PcapFrame, IsReadBackAsItWasWritten) {
  const auto data = from_hex(echo_request);
  for (const bool nanoseconds : {false, true}) {
    const PcapHeader header{.nanoseconds = nanoseconds};
    Buffer file;
    append_pcap_frame(header, {some_time, 1500, data}, file);
    file.push_back(std::byte{0x55});  // of the next frame
    const auto parsed = *parse_pcap_frame(header, file);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->frame.time, nanoseconds ? some_time : some_time - 123ns);
    EXPECT_EQ(parsed->frame.wire_bytes, 1500u);
    EXPECT_EQ(as_text(parsed->frame.data), as_text(data));
    EXPECT_EQ(parsed->size_bytes, file.size() - 1);
  }
}

TEST(PcapFrame, IsReadInBigEndianOrder) {
  const PcapHeader header{.nanoseconds = true, .order = ByteOrder::big};
  const auto parsed = *parse_pcap_frame(header, from_hex("00000001 00000002 00000003 00000004 aabbcc"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->frame.time, Timestamp{1s + 2ns});
  EXPECT_EQ(parsed->frame.data.size(), 3u);
  EXPECT_EQ(parsed->frame.wire_bytes, 4u);
}

TEST(PcapFrame, WaitsUntilItIsComplete) {
  Buffer file;
  append_pcap_frame({}, {some_time, 74, from_hex(echo_request)}, file);
  for (std::size_t n = 0; n < file.size(); ++n) {
    const auto parsed = parse_pcap_frame({}, Bytes{file}.first(n));
    ASSERT_TRUE(parsed) << n;
    EXPECT_FALSE(*parsed) << n;
  }
}

TEST(PcapFrame, MayBeAsLongAsTheLimitAndNotOneByteMore) {
  EXPECT_FALSE(*parse_pcap_frame({}, from_hex("00000000 00000000 00000400 00000400")));  // 262,144: not all here yet
  EXPECT_EQ(parse_pcap_frame({}, from_hex("00000000 00000000 01000400 01000400")).error(), FileFault::frame_too_large);
}

TEST(PcapFrame, IsCutToTheSnapshotLength) {
  const PcapHeader header{.snap_bytes = 60};
  Buffer file;
  append_pcap_frame(header, {some_time, 74, from_hex(echo_request)}, file);
  const auto parsed = *parse_pcap_frame(header, file);
  EXPECT_EQ(parsed->frame.data.size(), 60u);
  EXPECT_EQ(parsed->frame.wire_bytes, 74u);
}

TEST(PcapFrame, OfATimeThatDoesNotFitGetsTheNearest) {
  Buffer file;
  append_pcap_frame({}, {Timestamp{-1ns}, 0, {}}, file);
  EXPECT_EQ((*parse_pcap_frame({}, file))->frame.time, Timestamp{});
  file.clear();
  append_pcap_frame({}, {Timestamp::max(), 0, {}}, file);
  EXPECT_EQ((*parse_pcap_frame({}, file))->frame.time, Timestamp{4'294'967'295s + 999'999us});
}

}  // namespace
}  // namespace labnet::packet
