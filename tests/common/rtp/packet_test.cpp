// Tests of RTP packets.
#include "common/rtp/packet.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace labnet::rtp {
namespace {

Buffer octets(std::initializer_list<int> values) {
  Buffer buffer;
  for (const auto value : values) buffer.push_back(static_cast<std::byte>(value));
  return buffer;
}

/// One with everything: two CSRCs, an extension of one word, three octets of payload, padding of two.
Buffer full_packet() {
  return octets({0xb2, 0x88, 0x12, 0x34, 0,    0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 0,   0,   0, 1, 0,
                 0,    0,    2,    0xbe, 0xde, 0, 1, 9,   8,    7,    6,    'a',  'b', 'c', 0, 2});
}

TEST(Packet, HasAllItsParts) {
  const auto bytes = full_packet();
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  const Header header{.payload_type = 8, .marker = true, .sequence = 0x1234, .timestamp = 160, .ssrc = 0xdeadbeef};
  EXPECT_EQ(packet->header, header);
  EXPECT_EQ(packet->csrcs.size(), 8u);
  EXPECT_EQ(packet->extension_profile, 0xbede);
  EXPECT_EQ(packet->extension.size(), 4u);
  EXPECT_EQ(packet->extension[0], std::byte{9});
  EXPECT_EQ(as_text(packet->payload), "abc");
}

TEST(Packet, IsReadFromExactlyTheBytesOfOneDatagram) {
  auto bytes =
      octets({0x92, 0x88, 0x12, 0x34, 0, 0, 0, 160, 1, 2, 3, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 9, 8, 7, 6});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto packet = parse_packet(Bytes{bytes}.first(n));
    ASSERT_FALSE(packet) << n << " bytes";
    EXPECT_EQ(packet.error(), n < 20 ? PacketFault::truncated : PacketFault::bad_extension) << n << " bytes";
    EXPECT_EQ(fault_of(Bytes{bytes}.first(n)), packet.error());
  }
  ASSERT_TRUE(parse_packet(bytes));
  EXPECT_FALSE(fault_of(bytes));
  bytes.push_back(std::byte{'x'});
  EXPECT_EQ(as_text(parse_packet(bytes)->payload), "x");
}

TEST(Packet, MayHaveNoPayload) {
  const auto packet = parse_packet(octets({0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}));
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->payload.empty());
  EXPECT_FALSE(packet->extension_profile);
}

TEST(Packet, IsOfVersionTwo) {
  for (const int first : {0x00, 0x40, 0xc0}) {
    EXPECT_EQ(fault_of(octets({first, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3})), PacketFault::bad_version);
  }
}

TEST(Packet, HasNoMorePaddingThanThereIs) {
  for (const int padding : {0, 3, 255}) {
    const auto bytes = octets({0xa0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 7, padding});
    EXPECT_EQ(fault_of(bytes), PacketFault::bad_padding) << padding;
  }
  const auto all = octets({0xa0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 7, 2});
  EXPECT_TRUE(parse_packet(all)->payload.empty());
  // Without a payload the last octet is one of the header's.
  EXPECT_EQ(fault_of(octets({0xa0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1})), PacketFault::bad_padding);
}

TEST(Header, IsReadAsItWasWritten) {
  const Header header{.payload_type = 127, .marker = true, .sequence = 65535, .timestamp = 0xfedcba98, .ssrc = 1};
  Buffer buffer;
  ByteWriter out{buffer};
  write(header, out);
  EXPECT_EQ(buffer.size(), header_bytes);
  EXPECT_EQ(parse_packet(buffer)->header, header);
  EXPECT_EQ(header_of(buffer), header);
}

TEST(Header, IsChangedInPlaceAndLeavesTheRest) {
  auto bytes = full_packet();
  const Header header{.payload_type = 101, .sequence = 7, .timestamp = 8, .ssrc = 9};
  set_header(bytes, header);
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header, header);
  EXPECT_EQ(packet->csrcs.size(), 8u);
  EXPECT_EQ(as_text(packet->payload), "abc");
}

TEST(Datagram, IsToldByItsFirstOctets) {
  EXPECT_EQ(kind_of(octets({0x80, 8})), DatagramKind::rtp);
  EXPECT_EQ(kind_of(octets({0x80, 0x80 | 8})), DatagramKind::rtp);
  EXPECT_EQ(kind_of(octets({0x80, 191})), DatagramKind::rtp);
  EXPECT_EQ(kind_of(octets({0x81, 192})), DatagramKind::rtcp);
  EXPECT_EQ(kind_of(octets({0x81, 200})), DatagramKind::rtcp);
  EXPECT_EQ(kind_of(octets({0x81, 223})), DatagramKind::rtcp);
  EXPECT_EQ(kind_of(octets({0x80, 224})), DatagramKind::rtp);
  EXPECT_EQ(kind_of(octets({0, 1})), DatagramKind::stun);
  EXPECT_EQ(kind_of(octets({22, 254})), DatagramKind::dtls);
  EXPECT_EQ(kind_of(octets({'\r', '\n'})), DatagramKind::other);
  EXPECT_EQ(kind_of(octets({0x80})), DatagramKind::other);
}

}  // namespace
}  // namespace labnet::rtp
