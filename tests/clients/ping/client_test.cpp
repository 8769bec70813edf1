// Echo requests between two hosts of the test's own: real sockets, real errors.
#include "clients/ping/client.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <array>
#include <vector>

#include "tests/support/two_hosts.hpp"

namespace labnet::ping {
namespace {

using namespace std::chrono_literals;

class PingClient : public testing::Test {
 protected:
  test::TwoHosts& hosts_ = test::TwoHosts::instance();
  std::vector<Event> events_;

  Summary ping(const Options& options, const char* address, EchoSocket::Kind kind = EchoSocket::Kind::raw) {
    auto socket = EchoSocket::open(options, kind);
    EXPECT_TRUE(socket) << socket.error().message;
    if (!socket) return {};
    events_.clear();
    return Client{options, std::move(*socket)}.run(*parse_ipv4(address),
                                                   [this](const Event& event) { events_.push_back(event); });
  }
  static constexpr std::array kinds{EchoSocket::Kind::datagram, EchoSocket::Kind::raw};
  static Options quick(Style style) {
    auto options = Options::of(style);
    options.count = 3;
    options.interval = 10ms;
    return options;
  }
};

TEST_F(PingClient, IsAnsweredByTheOtherHost) {
  using enum EchoSocket::Kind;
  for (const auto& [style, kind] : {std::pair{Style::iputils, datagram}, std::pair{Style::iputils, raw},
                                    std::pair{Style::windows, datagram}, std::pair{Style::windows, raw}}) {
    const auto summary = ping(quick(style), "192.168.1.7", kind);
    EXPECT_EQ(summary.transmitted, 3u);
    EXPECT_EQ(summary.received, 3u);
    ASSERT_EQ(events_.size(), 3u);
    for (std::uint16_t n = 0; n < 3; ++n) {
      const auto& reply = std::get<Reply>(events_[n]);
      EXPECT_EQ(to_string(reply.from), "192.168.1.7");
      EXPECT_EQ(reply.sequence_number, n + 1);
      EXPECT_EQ(reply.ttl, 64);
      EXPECT_EQ(reply.payload_bytes, style == Style::windows ? 32u : 56u);
      EXPECT_FALSE(reply.is_duplicate);
      EXPECT_LT(reply.round_trip, 10s);
    }
  }
}

TEST_F(PingClient, HasTheIdentifierAskedForOnEitherSocket) {
  const auto options = quick(Style::windows);
  for (const auto kind : kinds) {
    const auto first = EchoSocket::open(options, kind);
    const auto second = EchoSocket::open(options, kind);  // two at the same time, as on Windows
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->identifier(), 1);
    EXPECT_EQ(second->identifier(), 1);
  }
}

TEST_F(PingClient, TellsThatTheTimeToLiveRanOut) {
  for (const auto kind : kinds) {
    auto options = quick(Style::iputils);
    options.ttl = 1;
    const auto summary = ping(options, "198.51.100.9", kind);
    EXPECT_EQ(summary.received, 0u);
    EXPECT_EQ(summary.errors, 3u);
    ASSERT_EQ(events_.size(), 3u);
    const auto& error = std::get<EchoError>(events_[0]);
    EXPECT_EQ(to_string(error.from), "192.168.1.7");
    EXPECT_EQ(error.type, packet::Icmp::time_exceeded);
    EXPECT_EQ(error.sequence_number, 1);
  }
}

TEST_F(PingClient, TellsThatARouterHasNoRoute) {
  auto options = quick(Style::windows);
  options.count = 1;  // the kernel's routers do not say it often
  EXPECT_EQ(ping(options, "203.0.113.5").errors, 1u);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(to_string(std::get<EchoError>(events_[0]).from), "192.168.1.7");
  EXPECT_EQ(std::get<EchoError>(events_[0]).type, packet::Icmp::destination_unreachable);
}

TEST_F(PingClient, TellsThatNobodyAnsweredItsArpRequests) {
  auto options = quick(Style::windows);
  options.count = 1;
  ping(options, "192.168.1.99");
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(to_string(std::get<EchoError>(events_[0]).from), "192.168.1.6");  // this host itself
  EXPECT_EQ(std::get<EchoError>(events_[0]).code, 1);                         // host unreachable
}

TEST_F(PingClient, GivesUpAfterTheTimeout) {
  hosts_.there("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
  auto options = quick(Style::windows);
  options.timeout = 20ms;
  const auto windows = ping(options, "192.168.1.7");
  ASSERT_EQ(events_.size(), 3u);
  for (std::uint16_t n = 0; n < 3; ++n) EXPECT_EQ(std::get<TimedOut>(events_[n]).sequence_number, n + 1);
  EXPECT_GE(windows.duration, 60ms);

  options = quick(Style::iputils);
  options.timeout = 20ms;
  const auto iputils = ping(options, "192.168.1.7");
  hosts_.there("echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(iputils.lost(), 3u);
  EXPECT_GE(iputils.duration, 40ms);
}

TEST_F(PingClient, StopsWhenItIsTold) {
  const FileDescriptor stop{::eventfd(0, EFD_CLOEXEC)};
  auto options = Options::of(Style::iputils);  // without an end
  options.interval = 2ms;
  auto client = Client::open(options);
  ASSERT_TRUE(client);
  int replies = 0;
  const auto summary = client->run(
      *parse_ipv4("192.168.1.7"),
      [&](const Event&) {
        if (++replies == 5) ::eventfd_write(stop.get(), 1);
      },
      stop.get());
  EXPECT_GE(summary.received, 5u);
  EXPECT_LE(summary.transmitted, 20u);
}

TEST_F(PingClient, SendsTheLargestDatagramAndNamesTheFaultOfWhatCannotBeSent) {
  auto options = quick(Style::windows);  // fragments are allowed
  options.count = 1;
  options.payload_bytes = Options::payload_bytes_max;
  EXPECT_EQ(ping(options, "192.168.1.7").received, 1u);
  options.payload_bytes = Options::payload_bytes_max + 1;
  EXPECT_EQ(ping(options, "192.168.1.7").received, 0u);
  EXPECT_EQ(std::get<SendFailed>(events_.at(0)).error.message, "cannot send: Message too long");
}

TEST_F(PingClient, CarriesOnFromTheSequenceNumberGiven) {
  auto options = quick(Style::windows);
  options.first_sequence_number = 65'535;
  ping(options, "192.168.1.7");
  ASSERT_EQ(events_.size(), 3u);
  EXPECT_EQ(std::get<Reply>(events_[0]).sequence_number, 65'535);
  EXPECT_EQ(std::get<Reply>(events_[2]).sequence_number, 1);
}

TEST(Resolve, TakesAddressesAndNamesWhatItCannotFind) {
  EXPECT_EQ(to_string(*resolve("192.168.1.7")), "192.168.1.7");
  EXPECT_EQ(resolve("not an address").error().message,
            "no address of \"not an address\" was found: this is no host name");
}

}  // namespace
}  // namespace labnet::ping
