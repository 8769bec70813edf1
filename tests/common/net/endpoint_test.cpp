#include "common/net/endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labnet::net {
namespace {

using testing::HasSubstr;

TEST(Endpoint, IsReadAndPrintedAlike) {
  for (const auto* text : {"udp://127.0.0.1:5300", "tcp://[::1]:53", "https://192.0.2.1:0", "127.0.0.1:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, GivesItsParts) {
  const auto endpoint = *parse_endpoint("UDP://[2001:db8::7]:5300");
  EXPECT_EQ(endpoint.scheme, "udp");
  EXPECT_EQ(endpoint.address, asio::ip::make_address("2001:db8::7"));
  EXPECT_EQ(endpoint.port, 5300);
}

TEST(Endpoint, AnIpv4AddressThatIsMappedIsItself) {
  EXPECT_EQ(unmapped(asio::ip::make_address("::ffff:192.0.2.1")), asio::ip::make_address("192.0.2.1"));
  for (const auto* other : {"192.0.2.1", "::1", "::192.0.2.1", "2001:db8::ffff:192.0.2.1"}) {
    EXPECT_EQ(unmapped(asio::ip::make_address(other)), asio::ip::make_address(other));
  }
}

TEST(Endpoint, TakesTheDefaultPortWhereNoneStands) {
  EXPECT_EQ(parse_endpoint("192.0.2.1", 53)->port, 53);
  EXPECT_EQ(parse_endpoint("tcp://[::1]", 53)->port, 53);
  EXPECT_EQ(parse_endpoint("192.0.2.1:5300", 53)->port, 5300);
}

TEST(Endpoint, SaysWhatIsWrong) {
  const auto says = [](std::string_view text) { return parse_endpoint(text).error().message; };
  EXPECT_THAT(says("127.0.0.1"), HasSubstr("the port is missing"));
  EXPECT_THAT(says("127.0.0.1:65536"), HasSubstr("a port of 0 to 65535"));
  EXPECT_THAT(says("127.0.0.1:"), HasSubstr("a port of 0 to 65535"));
  EXPECT_THAT(says("127.0.0.1:-1"), HasSubstr("a port of 0 to 65535"));
  EXPECT_THAT(says("[::1]53"), HasSubstr("a port of 0 to 65535"));
  EXPECT_THAT(says("::1:53"), HasSubstr("stands in brackets"));
  EXPECT_THAT(says("[::1:53"), HasSubstr("not closed"));
  EXPECT_THAT(says("[127.0.0.1]:53"), HasSubstr("no IPv6 address"));
  EXPECT_THAT(says("example.com:53"), HasSubstr("no IPv4 address"));
  EXPECT_THAT(says("1dp://127.0.0.1:53"), HasSubstr("no scheme"));
  EXPECT_THAT(says(""), HasSubstr("expected one such as udp://127.0.0.1:5300"));
}

}  // namespace
}  // namespace labnet::net
