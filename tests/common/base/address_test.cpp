#include "common/base/address.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

TEST(MacAddress, PrintsWhatItParsed) {
  const auto address = parse_mac("00:0C:29:8d:07:ce");
  ASSERT_TRUE(address);
  EXPECT_EQ(to_string(*address), "00:0c:29:8d:07:ce");
}

TEST(MacAddress, RejectsWhatIsNotSixPairsOfHexadecimalDigits) {
  for (const auto* text : {"", "00:0c:29:8d:07", "00:0c:29:8d:07:ce:01", "0:0c:29:8d:07:ce", "00:0c:29:8d:07:cg",
                           "00-0c-29-8d-07-ce", "+0:0c:29:8d:07:ce"})
    EXPECT_FALSE(parse_mac(text)) << text;
}

TEST(Ipv4Address, IsInHostByteOrder) {
  EXPECT_EQ(parse_ipv4("192.168.1.7")->value, 0xc0a80107u);
  EXPECT_EQ(to_string(Ipv4Address{0xc0a80107}), "192.168.1.7");
}

TEST(Ipv4Address, RejectsShortFormsOctalAndOverflow) {
  for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.4 ", "a.b.c.d"})
    EXPECT_FALSE(parse_ipv4(text)) << text;
}

TEST(Ipv6Address, PrintsTheShortestForm) {
  EXPECT_EQ(to_string(*parse_ipv6("2001:0db8:0:0:0:0:0:1")), "2001:db8::1");
  EXPECT_FALSE(parse_ipv6("2001:db8::1::2"));
  EXPECT_FALSE(parse_ipv6("fe80::1%eth0"));
  EXPECT_FALSE(parse_ipv6(std::string_view{"::1\0x", 5}));
}

TEST(IpAddress, IsOfEitherFamily) {
  EXPECT_EQ(parse_ip("192.168.1.7"), IpAddress{Ipv4Address{0xc0a80107}});
  EXPECT_TRUE(std::holds_alternative<Ipv6Address>(*parse_ip("2001:db8::1")));
  for (const auto* const text : {"192.168.1.7", "2001:db8::1"}) EXPECT_EQ(to_string(*parse_ip(text)), text);
  for (const auto* const text : {"", "[::1]", "1.2.3", "lab", "fe80::1%lo"}) EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(Ipv4Subnet, KnowsItsHosts) {
  const auto subnet = parse_ipv4_subnet("172.20.10.0/28");
  ASSERT_TRUE(subnet);
  EXPECT_TRUE(subnet->is_host(*parse_ipv4("172.20.10.14")));
  EXPECT_FALSE(subnet->is_host(*parse_ipv4("172.20.10.15"))) << "the broadcast address";
  EXPECT_FALSE(subnet->is_host(*parse_ipv4("172.20.10.0"))) << "the network address";
  EXPECT_FALSE(subnet->contains(*parse_ipv4("172.20.10.16")));
}

TEST(Ipv4Subnet, RejectsHostBitsAndImpossiblePrefixes) {
  for (const auto* text : {"192.168.1.5/24", "192.168.1.0", "192.168.1.0/33", "192.168.1.0/-1", "192.168.1.0/"})
    EXPECT_FALSE(parse_ipv4_subnet(text)) << text;
  EXPECT_TRUE(parse_ipv4_subnet("0.0.0.0/0"));
}

TEST(Ipv4Subnet, SeesOverlapsBothWays) {
  const auto wide = *parse_ipv4_subnet("192.168.0.0/16");
  const auto narrow = *parse_ipv4_subnet("192.168.1.0/24");
  EXPECT_TRUE(wide.overlaps(narrow));
  EXPECT_TRUE(narrow.overlaps(wide));
  EXPECT_FALSE(narrow.overlaps(*parse_ipv4_subnet("192.168.2.0/24")));
}

}  // namespace
}  // namespace labnet
