// Whole frames, layer by layer.
#include "common/packet/frame.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::packet {
namespace {

TEST(Frame, OfAnEchoHasThreeLayers) {
  const auto bytes = from_hex(echo_request);
  const auto frame = parse_frame(bytes);
  EXPECT_TRUE(frame.ethernet && frame.ipv4 && frame.icmp);
  EXPECT_FALSE(frame.arp || frame.udp || frame.tcp || frame.fault);
  EXPECT_EQ(frame.payload.size(), 32u);
}

TEST(Frame, OfArpHasNothingAboveIt) {
  const auto bytes = from_hex(arp_request);
  const auto frame = parse_frame(bytes);
  ASSERT_TRUE(frame.arp);
  EXPECT_EQ(frame.arp->operation, Arp::request);
  EXPECT_TRUE(frame.payload.empty());
}

TEST(Frame, VerifiesEveryChecksum) {
  for (const auto digits : all_frames) {
    const auto bytes = from_hex(digits);
    const auto frame = parse_frame(bytes);
    EXPECT_FALSE(frame.fault);
    if (frame.ipv4) {
      EXPECT_EQ(frame.ipv4->checksum, Checksum::right);
    }
    if (frame.icmp) {
      EXPECT_EQ(frame.icmp->checksum, Checksum::right);
    }
    if (frame.udp) {
      EXPECT_EQ(frame.udp->checksum, Checksum::right);
    }
    if (frame.tcp) {
      EXPECT_EQ(frame.tcp->checksum, Checksum::right);
    }
  }
}

TEST(Frame, NoticesAnyBitThatFlippedBehindTheEthernetHeader) {
  for (const auto digits : {echo_request, dns_query, tcp_syn}) {
    const auto original = from_hex(digits);
    for (std::size_t i = 14; i < original.size(); ++i) {
      auto bytes = original;
      bytes[i] ^= std::byte{0x04};
      const auto frame = parse_frame(bytes);
      const auto ip_right = frame.ipv4 && frame.ipv4->checksum == Checksum::right;
      const auto above = frame.icmp  ? frame.icmp->checksum
                         : frame.udp ? frame.udp->checksum
                         : frame.tcp ? frame.tcp->checksum
                                     : Checksum::wrong;
      EXPECT_FALSE(ip_right && above == Checksum::right) << "byte " << i;
    }
  }
}

TEST(Frame, CutAnywhereKeepsTheLayersThatAreWhole) {
  const auto bytes = from_hex(tcp_syn);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto frame = parse_frame(Bytes{bytes}.first(n));
    EXPECT_EQ(frame.ethernet.has_value(), n >= 14) << n;
    EXPECT_EQ(frame.ipv4.has_value(), n >= 34) << n;
    EXPECT_FALSE(frame.tcp) << n;
    EXPECT_EQ(frame.fault, HeaderFault::truncated) << n;
  }
}

TEST(Frame, WhosePayloadWasCutHasAnUnknownChecksum) {
  const auto query = from_hex(dns_query);
  EXPECT_EQ(parse_frame(Bytes{query}.first(60)).udp->checksum, Checksum::unknown);
  const auto echo = from_hex(echo_request);
  EXPECT_EQ(parse_frame(Bytes{echo}.first(60)).icmp->checksum, Checksum::unknown);
}

TEST(Frame, OfALaterFragmentHasNoTransportLayer) {
  auto bytes = from_hex(dns_query);
  bytes[21] = std::byte{185};  // offset 1480
  const auto frame = parse_frame(bytes);
  ASSERT_TRUE(frame.ipv4);
  EXPECT_FALSE(frame.udp || frame.fault);
  EXPECT_EQ(frame.payload.size(), 67u);
}

TEST(Frame, OfAFirstFragmentHasItWithAnUnknownChecksum) {
  auto bytes = from_hex(dns_query);
  bytes[20] = std::byte{0x20};  // more fragments
  EXPECT_EQ(parse_frame(bytes).udp->checksum, Checksum::unknown);
}

TEST(Frame, OfAnotherProtocolKeepsItsBytesAsPayload) {
  auto bytes = from_hex(echo_request);
  bytes[12] = std::byte{0x86};
  bytes[13] = std::byte{0xdd};
  const auto frame = parse_frame(bytes);
  EXPECT_FALSE(frame.ipv4 || frame.fault);
  EXPECT_EQ(frame.payload.size(), 60u);
}

TEST(Frame, OfAnIcmpErrorCarriesTheDatagramThatCausedIt) {
  const auto bytes = from_hex(port_unreachable);
  const auto frame = parse_frame(bytes);
  ASSERT_TRUE(frame.icmp);
  EXPECT_TRUE(frame.icmp->is_error());
  const auto quoted = parse_ipv4_datagram(frame.payload);
  ASSERT_TRUE(quoted);
  EXPECT_EQ(parse_udp(quoted->payload)->destination_port, 53);
}

}  // namespace
}  // namespace labnet::packet
