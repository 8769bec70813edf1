// When a registration counts as stored.
#include "servers/sip/store.hpp"

#include <gtest/gtest.h>

#include "tests/support/child.hpp"

namespace labnet::sip_server {
namespace {

Binding stored_binding() {
  Binding binding;
  binding.contact = "sip:101@127.0.0.1:5070";
  binding.hop = {sip::Transport::udp, Ipv4Address{0x7f000001}, 5070, 0};
  binding.expires_at = WallTime{std::chrono::hours{1'000'000}};
  return binding;
}

TEST(SipStore, KeepsNobodyWaitingWithoutAFile) {
  net::Runtime runtime{{.workers = 1}};
  const auto store = *Store::open(runtime.workers().front(), std::nullopt);
  bool is_stored = false;
  store->save("101", {stored_binding()}, [&] { is_stored = true; });
  EXPECT_TRUE(is_stored);
}

TEST(SipStore, LetsWaitUntilItStandsInTheFile) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() + "/exchange.sqlite";
  net::Runtime runtime{{.workers = 1}};
  const auto store = *Store::open(runtime.workers().front(), file);
  bool is_stored = false;
  store->save("101", {stored_binding()}, [&] {
    is_stored = true;
    runtime.stop();
  });
  EXPECT_FALSE(is_stored);
  runtime.run();
  EXPECT_TRUE(is_stored);
  const auto found = store->load(WallTime{});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at("101"), std::vector{stored_binding()});
}

}  // namespace
}  // namespace labnet::sip_server
