// How much of something may be under way, in all and for one address.
#include "common/net/quota.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace labnet::net {
namespace {

asio::ip::address address(const char* text) {
  return asio::ip::make_address(text);
}

TEST(Quota, OnePastTheLimitOfAllIsRefusedUntilOneGoes) {
  const auto quota = Quota::make({.all_max = 2, .per_address_max = 2});
  std::vector<Quota::Place> places;
  places.push_back(*quota->enter(address("192.0.2.1")));
  places.push_back(*quota->enter(address("192.0.2.2")));
  const auto refused = quota->enter(address("192.0.2.3"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Full::in_all);
  EXPECT_EQ(quota->count(), 2u);
  places.pop_back();
  EXPECT_EQ(quota->count(), 1u);
  EXPECT_TRUE(quota->enter(address("192.0.2.3")));
}

TEST(Quota, OnePastTheLimitOfAnAddressLeavesRoomForOthers) {
  const auto quota = Quota::make({.all_max = 10, .per_address_max = 1});
  const auto place = quota->enter(address("192.0.2.1"));
  ASSERT_TRUE(place);
  const auto refused = quota->enter(address("::ffff:192.0.2.1"));  // the same host
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Full::for_address);
  EXPECT_TRUE(quota->enter(address("192.0.2.2")));
}

TEST(Quota, CountsByAnotherKeyThanAnAddress) {
  const auto quota = Quota::make({.all_max = 10, .per_address_max = 1});
  const auto place = quota->enter(Quota::Key{7});
  EXPECT_TRUE(place);
  EXPECT_FALSE(quota->enter(Quota::Key{7}));
  EXPECT_TRUE(quota->enter(Quota::Key{8}));
}

TEST(Quota, AnIpv6AddressCountsByItsFirstHalf) {
  const auto quota = Quota::make({.all_max = 10, .per_address_max = 1});
  const auto place = quota->enter(address("2001:db8::1"));
  ASSERT_TRUE(place);
  EXPECT_FALSE(quota->enter(address("2001:db8::ffff:2")));
  EXPECT_TRUE(quota->enter(address("2001:db8:0:1::1")));
}

}  // namespace
}  // namespace labnet::net
