#include "common/login/turns.hpp"

#include <gtest/gtest.h>

namespace labnet::login {
namespace {

using namespace std::chrono_literals;

class LoginTurns : public testing::Test {
 protected:
  Turns turns{1s};
  const net::asio::ip::address address = net::asio::ip::make_address("192.0.2.1");
  const net::Clock::time_point now = net::Clock::now();
};

TEST_F(LoginTurns, ComeAtOnceAsLongAsNobodyWasWrong) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(turns.take(address, now), now);
}

TEST_F(LoginTurns, ComeOneByOneBehindEachThatWasWrong) {
  turns.note_wrong(address, now);
  turns.note_wrong(address, now);
  EXPECT_EQ(turns.take(address, now), now + 2s);
  EXPECT_EQ(turns.take(address, now + 1s), now + 3s);
  EXPECT_EQ(turns.take(net::asio::ip::make_address("192.0.2.2"), now), now);
  EXPECT_EQ(turns.take(address, now + 4s), now + 4s);
}

TEST_F(LoginTurns, AreNotGivenToMoreThanMayWait) {
  for (std::size_t i = 0; i < waiting_max; ++i) turns.note_wrong(address, now);
  EXPECT_EQ(turns.take(address, now), std::nullopt);
  EXPECT_EQ(turns.take(address, now + 1s), now + waiting_max * 1s);
}

TEST_F(LoginTurns, OfAHostOfIpv6AreThoseOfItsNetwork) {
  turns.note_wrong(net::asio::ip::make_address("2001:db8::1"), now);
  EXPECT_EQ(turns.take(net::asio::ip::make_address("2001:db8::2"), now), now + 1s);
  EXPECT_EQ(turns.take(net::asio::ip::make_address("2001:db8:0:1::1"), now), now);
}

TEST_F(LoginTurns, AreForgottenInTimeHoweverManyAddressesThereAre) {
  for (std::uint32_t i = 0; i < 2 * addresses_max; ++i) {
    turns.note_wrong(net::asio::ip::address_v4{i}, now + std::chrono::seconds{i});
  }
  EXPECT_LE(turns.addresses(), addresses_max);
}

}  // namespace
}  // namespace labnet::login
