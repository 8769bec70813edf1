// The two looks, and the JSON object.
#include "clients/ping/output.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

namespace labnet::ping {
namespace {

using namespace std::chrono_literals;

const Target target{"dns.labredes71.com", {0xc0a80107}};
const Reply reply{{0xc0a80107}, 2, 64, 32, 1'234'567ns, false};
const EchoError error{{0xc0a80101}, 11, 0, 3};

Summary summary_of(std::uint64_t transmitted, std::uint64_t received) {
  Summary summary;
  summary.transmitted = transmitted;
  summary.received = received;
  summary.duration = 3004ms;
  summary.round_trip_min = 999us;
  summary.round_trip_average = 1500us;
  summary.round_trip_max = 2ms;
  summary.round_trip_deviation = 10us;
  return summary;
}

TEST(IputilsText, LooksAsOnLinux) {
  const Text text{Options::of(Style::iputils), target};
  EXPECT_EQ(text.heading(), "PING dns.labredes71.com (192.168.1.7) 56(84) bytes of data.\n");
  EXPECT_EQ(text.line(reply), "40 bytes from 192.168.1.7: icmp_seq=2 ttl=64 time=1.23 ms\n");
  EXPECT_EQ(text.line(error), "From 192.168.1.1 icmp_seq=3 Time to live exceeded\n");
  EXPECT_EQ(text.summary(summary_of(4, 4)),
            "\n--- dns.labredes71.com ping statistics ---\n"
            "4 packets transmitted, 4 received, 0% packet loss, time 3004ms\n"
            "rtt min/avg/max/mdev = 0.999/1.500/2.000/0.010 ms\n");
  auto summary = summary_of(3, 0);
  summary.errors = 2;
  summary.duplicates = 1;
  EXPECT_EQ(text.summary(summary),
            "\n--- dns.labredes71.com ping statistics ---\n"
            "3 packets transmitted, 0 received, +1 duplicates, +2 errors, 100% packet loss, time 3004ms\n");
}

TEST(IputilsText, GivesTimesThreeDigits) {
  const Text text{Options::of(Style::iputils), target};
  auto other = reply;
  for (const auto& [round_trip, words] : std::initializer_list<std::pair<std::chrono::nanoseconds, std::string>>{
           {45'600ns, "time=0.046 ms"}, {12'345us, "time=12.3 ms"}, {1234ms, "time=1234 ms"}}) {
    other.round_trip = round_trip;
    EXPECT_TRUE(text.line(other).ends_with(words + "\n")) << text.line(other);
  }
}

TEST(WindowsText, LooksAsOnWindows) {
  const Text text{Options::of(Style::windows), target};
  EXPECT_EQ(text.heading(), "\nPinging dns.labredes71.com [192.168.1.7] with 32 bytes of data:\n");
  EXPECT_EQ(text.line(reply), "Reply from 192.168.1.7: bytes=32 time=1ms TTL=64\n");
  auto fast = reply;
  fast.round_trip = 999us;
  EXPECT_EQ(text.line(fast), "Reply from 192.168.1.7: bytes=32 time<1ms TTL=64\n");
  EXPECT_EQ(text.line(TimedOut{1}), "Request timed out.\n");
  EXPECT_EQ(text.line(error), "Reply from 192.168.1.1: Time to live exceeded.\n");
  EXPECT_EQ(text.summary(summary_of(4, 3)),
            "\nPing statistics for 192.168.1.7:\n"
            "    Packets: Sent = 4, Received = 3, Lost = 1 (25% loss),\n"
            "Approximate round trip times in milli-seconds:\n"
            "    Minimum = 0ms, Maximum = 2ms, Average = 1ms\n");
}

TEST(WindowsText, DoesNotNameAnAddressTwice) {
  const Text text{Options::of(Style::windows), {"192.168.1.7", {0xc0a80107}}};
  EXPECT_EQ(text.heading(), "\nPinging 192.168.1.7 with 32 bytes of data:\n");
}

TEST(Json, HasEveryEventAndTheSummary) {
  const auto text =
      to_json(target, 1, {reply, error, TimedOut{4}, SendFailed{5, {"cannot send: \"x\""}}}, summary_of(4, 1));
  EXPECT_TRUE(text.ends_with("}\n"));
  const auto object = boost::json::parse(text).as_object();
  EXPECT_EQ(object.at("host"), "dns.labredes71.com");
  EXPECT_EQ(object.at("received"), 1);
  EXPECT_EQ(object.at("loss_percent"), 75.0);
  EXPECT_EQ(object.at("round_trip_ms").at("max"), 2.0);
  const auto& events = object.at("events").as_array();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].at("ttl"), 64);
  EXPECT_EQ(events[1].at("reason"), "Time to live exceeded");
  EXPECT_EQ(events[2].at("event"), "timeout");
  EXPECT_EQ(events[3].at("reason"), "cannot send: \"x\"");
}

}  // namespace
}  // namespace labnet::ping
