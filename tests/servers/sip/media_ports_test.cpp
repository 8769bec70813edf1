#include "servers/sip/media_ports.hpp"

#include <unistd.h>

#include <set>

#include "tests/servers/sip/media_phone.hpp"

namespace labnet::sip_server {
namespace {

using std::chrono::milliseconds;

rtp::Time at_ms(long time) {
  return rtp::Time{std::chrono::hours{1}} + milliseconds{time};
}

/// Of 127/8, where nobody else has ports that a test counts.
Ipv4Address quiet_host() {
  return {0x7f400000U | (static_cast<std::uint32_t>(::getpid()) & 0xffffU) << 4 | 1U};
}

TEST(PortPool, GivesEvenPortsWhoseNextOneIsWithinTheRange) {
  PortPool pool{1001, 1006, milliseconds{0}};
  EXPECT_EQ(pool.free(), 2u);
  EXPECT_EQ(pool.take(at_ms(0)), 1002);
  EXPECT_EQ(pool.take(at_ms(0)), 1004);
  EXPECT_EQ(pool.take(at_ms(0)), std::nullopt);
  PortPool highest{65534, 65535, milliseconds{0}};
  EXPECT_EQ(highest.take(at_ms(0)), 65534);
}

TEST(PortPool, GoesRoundTheRangeFromWhereItIsTold) {
  PortPool pool{1000, 1005, milliseconds{0}, 5};  // of three pairs
  EXPECT_EQ(pool.take(at_ms(0)), 1004);
  EXPECT_EQ(pool.take(at_ms(0)), 1000);
  EXPECT_EQ(pool.take(at_ms(0)), 1002);
  EXPECT_EQ(pool.take(at_ms(0)), std::nullopt);
  PortPool none{1001, 1001, milliseconds{0}, 5};
  EXPECT_EQ(none.take(at_ms(0)), std::nullopt);
}

TEST(PortPool, LetsAPortRestBeforeItIsUsedAgain) {
  PortPool pool{1000, 1003, milliseconds{500}};
  EXPECT_EQ(pool.take(at_ms(0)), 1000);
  pool.give_back(1000, at_ms(10));
  EXPECT_EQ(pool.take(at_ms(10)), 1002) << "the one that has been free for longest";
  EXPECT_EQ(pool.take(at_ms(509)), std::nullopt);
  EXPECT_EQ(pool.take(at_ms(510)), 1000);
}

TEST(MediaPorts, PassesByWhatOthersUse) {
  const auto host = quiet_host();
  const auto pool = std::make_shared<PortPool>(28000, 28005, milliseconds{0});
  const FileDescriptor other{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const MediaAddress taken{host, 28001};  // only RTCP's port of the first pair
  ASSERT_EQ(::bind(other.get(), taken.data(), taken.bytes()), 0);
  const auto ports = MediaPorts::open(pool, host);
  ASSERT_TRUE(ports);
  EXPECT_EQ(ports->port(), 28002);
  EXPECT_EQ(pool->free(), 2u);
}

TEST(MediaPorts, GivesNothingAtAnAddressThatIsNotHere) {
  const auto pool = std::make_shared<PortPool>(28000, 28005, milliseconds{0});
  EXPECT_FALSE(MediaPorts::open(pool, *parse_ip("192.0.2.1")));
  EXPECT_EQ(pool->free(), 3u);
}

TEST(MediaRelayPorts, RefusesACallWhenNoneIsFreeAndTakesTheNextWhenOneIs) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28011;  // six pairs: three calls
  RunningRelay running{config};
  const auto host = quiet_host();
  std::vector<std::unique_ptr<MediaBridge>> bridges;
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 3; ++i) {
    bridges.push_back(running.relay().open(host, host));
    ASSERT_TRUE(bridges.back());
    for (const auto side : {Side::caller, Side::callee}) {
      EXPECT_EQ(bridges.back()->address(side), IpAddress{host});
      EXPECT_EQ(bridges.back()->port(side) % 2, 0);
      ports.insert(bridges.back()->port(side));
    }
  }
  EXPECT_EQ(ports.size(), 6u);
  EXPECT_EQ(running.relay().open(host, host), nullptr);
  bridges.erase(bridges.begin());
  EXPECT_TRUE(comes_true([&] { return running.relay().ports_free() == 2; }));
  EXPECT_NE(running.relay().open(host, host), nullptr);
}

TEST(MediaRelayPorts, OfACallWithTheServerItselfAreOnePair) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28003;
  RunningRelay running{config};
  const auto host = quiet_host();
  const auto first = running.relay().open(host, std::nullopt);
  const auto second = running.relay().open(host, std::nullopt);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(running.relay().ports_free(), 0u);
  EXPECT_EQ(first->counts(Side::callee).packets, 0u);
  EXPECT_EQ(running.relay().open(host, std::nullopt), nullptr);
}

TEST(MediaRelayPorts, GivesBackTheFirstSideIfThereIsNoneForTheSecond) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28001;
  RunningRelay running{config};
  EXPECT_EQ(running.relay().open(quiet_host(), quiet_host()), nullptr);
  EXPECT_EQ(running.relay().ports_free(), 1u);
}

/// What the system says of a port to which a datagram goes: true if nobody is there.
bool is_refused(Ipv4Address host, std::uint16_t port) {
  const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const MediaAddress there{host, port};
  EXPECT_EQ(::connect(socket.get(), there.data(), there.bytes()), 0);
  return ::send(socket.get(), "x", 1, 0) < 0 || ::send(socket.get(), "x", 1, 0) < 0;
}

TEST(MediaRelayPorts, StayOpenForAMomentAfterTheCall) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28011;
  config.port_linger = milliseconds{1000};
  config.report_interval = milliseconds{200};  // it is then looked for what is due each 10 ms
  RunningRelay running{config};
  const auto host = quiet_host();
  auto bridge = running.relay().open(host, host);
  ASSERT_TRUE(bridge);
  const auto port = bridge->port(Side::caller);
  running.settle();
  bridge.reset();
  running.settle();
  EXPECT_FALSE(is_refused(host, port));
  EXPECT_FALSE(is_refused(host, static_cast<std::uint16_t>(port + 1)));
  EXPECT_EQ(running.relay().ports_free(), 4u);
  EXPECT_TRUE(comes_true([&] { return running.relay().ports_free() == 6; }));
  EXPECT_TRUE(is_refused(host, port));
}

TEST(MediaRelayPorts, AreClosedAtOnceWhenMostOfThemAreInUse) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28011;
  config.port_linger = std::chrono::minutes{1};
  config.port_rest = milliseconds{0};
  RunningRelay running{config};
  for (int i = 0; i < 20; ++i) {
    auto bridge = running.open();
    ASSERT_TRUE(bridge) << "call " << i;
    running.settle();
  }
  running.settle();
  EXPECT_EQ(running.relay().ports_free(), 4u) << "one lingers";
}

TEST(MediaRelayPorts, AreClosedWhenTheServiceEnds) {
  auto config = RunningRelay::test_config();
  config.port_linger = std::chrono::minutes{1};
  RunningRelay running{config};
  const auto free = running.relay().ports_free();
  auto bridge = running.open();
  ASSERT_TRUE(bridge);
  bridge.reset();
  running.settle();
  EXPECT_EQ(running.relay().ports_free(), free - 2);
  running.stop();
  EXPECT_EQ(running.relay().ports_free(), free);
}

TEST(MediaRelayPorts, DoesNotUseAtOnceWhatWasGivenBack) {
  auto config = RunningRelay::test_config();
  config.port_min = 28000;
  config.port_max = 28003;
  config.port_rest = milliseconds{300};
  RunningRelay running{config};
  const auto host = quiet_host();
  auto bridge = running.relay().open(host, host);
  ASSERT_TRUE(bridge);
  bridge.reset();
  running.settle();
  EXPECT_EQ(running.relay().ports_free(), 2u);
  EXPECT_EQ(running.relay().open(host, host), nullptr);
  EXPECT_TRUE(comes_true([&] { return running.relay().open(host, host) != nullptr; }));
}

}  // namespace
}  // namespace labnet::sip_server
