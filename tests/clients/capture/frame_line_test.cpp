// The line that is shown for a frame.
#include "clients/capture/frame_line.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::capture {
namespace {

using namespace std::chrono_literals;

std::string line_of(std::string_view digits, std::size_t bytes_max = 1500) {
  const auto bytes = packet::from_hex(digits);
  const auto data = Bytes{bytes}.first(std::min(bytes.size(), bytes_max));
  const packet::Timestamp time{24h * 20'000 + 9h + 41min + 7s + 123'456'789ns};
  return frame_line({time, static_cast<std::uint32_t>(bytes.size()), data}, packet::LinkType::ethernet, 0s);
}

TEST(FrameLine, TellsWhoWhomAndWhat) {
  EXPECT_EQ(line_of(packet::arp_request),
            "09:41:07.123456  14:85:7f:9d:ab:5c -> ff:ff:ff:ff:ff:ff  ARP  42  who has 192.168.1.7? tell 192.168.1.6");
  EXPECT_EQ(line_of(packet::arp_reply),
            "09:41:07.123456  00:0c:29:8d:07:ce -> 14:85:7f:9d:ab:5c  ARP  42  192.168.1.7 is at 00:0c:29:8d:07:ce");
  EXPECT_EQ(line_of(packet::echo_request),
            "09:41:07.123456  192.168.1.6 -> 192.168.1.7  ICMP  74  Echo request, id 6165, seq 1, ttl 128");
  EXPECT_EQ(line_of(packet::port_unreachable),
            "09:41:07.123456  192.168.1.7 -> 192.168.1.6  ICMP  129  Destination port unreachable");
  EXPECT_EQ(line_of(packet::dns_query),
            "09:41:07.123456  192.168.1.6:39339 -> 192.168.1.7:53  UDP  101  59 bytes of data");
  EXPECT_EQ(line_of(packet::tcp_rst), "09:41:07.123456  192.168.1.7:80 -> 192.168.1.6:49200  TCP  54  RST, ACK");
}

TEST(FrameLine, AddsTheOffsetOfTheTimeZone) {
  const auto bytes = packet::from_hex(packet::arp_request);
  const packet::Timestamp time{24h * 20'000 + 1h};
  EXPECT_TRUE(frame_line({time, 42, bytes}, packet::LinkType::ethernet, -5h).starts_with("20:00:00.000000  "));
}

TEST(FrameLine, HasWordsForEveryCut) {
  for (std::size_t n = 0; n < 74; ++n) EXPECT_FALSE(line_of(packet::tcp_syn, n).empty());
  EXPECT_EQ(line_of(packet::tcp_syn, 13), "09:41:07.123456  ? -> ?  cut frame  74");
  EXPECT_EQ(line_of(packet::tcp_syn, 40),
            "09:41:07.123456  192.168.1.6 -> 192.168.1.7  IP protocol 6  74  the frame ends inside the header");
}

TEST(FrameLine, NamesWhatItDoesNotRead) {
  EXPECT_EQ(line_of("333300000001 14857f9dab5c 86dd 60"),
            "09:41:07.123456  14:85:7f:9d:ab:5c -> 33:33:00:00:00:01  IPv6  15");
  EXPECT_EQ(line_of("0180c2000000 14857f9dab5c 0026 42"),
            "09:41:07.123456  14:85:7f:9d:ab:5c -> 01:80:c2:00:00:00  LLC  15");
  EXPECT_EQ(frame_line({}, packet::LinkType::linux_cooked, 0s), "00:00:00.000000  ? -> ?  link type 113  0");
}

}  // namespace
}  // namespace labnet::capture
