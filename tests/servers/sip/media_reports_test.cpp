// RTCP between the relay and its phones.
#include "servers/sip/media_reports.hpp"

#include "tests/servers/sip/media_phone.hpp"

namespace labnet::sip_server {
namespace {

using std::chrono::milliseconds;

MediaReports::Instant instant_ms(long time) {
  return {rtp::Time{milliseconds{1'000'000 + time}}, rtp::WallTime{milliseconds{1'700'000'000'000 + time}}};
}

template <class Kind>
const Kind* find(const std::vector<rtp::RtcpPacket>& packets) {
  for (const auto& packet : packets) {
    if (const auto* const found = std::get_if<Kind>(&packet)) return found;
  }
  return nullptr;
}

TEST(MediaReports, AreDueWithinHalfOfTheIntervalAroundIt) {
  for (const std::uint32_t random : {0U, 0x80000000U, 0xffffffffU}) {
    MediaReports reports{"c", milliseconds{5000}};
    EXPECT_FALSE(reports.is_scheduled());
    reports.schedule(instant_ms(0).time, random);
    EXPECT_FALSE(reports.is_due(instant_ms(1249).time));
    EXPECT_TRUE(reports.is_due(instant_ms(3750).time)) << "the first one after half of it";
    reports.schedule(instant_ms(0).time, random);
    EXPECT_FALSE(reports.is_due(instant_ms(2499).time));
    EXPECT_TRUE(reports.is_due(instant_ms(7500).time));
  }
}

TEST(MediaReports, AreSenderReportsForAsLongAsSomethingWasSentOfLate) {
  MediaReports reports{"c", milliseconds{5000}};
  rtp::Reception nothing{8000};
  const auto is_sender = [&](std::uint64_t packets) {
    const auto text = reports.make({.ssrc = 7, .packets = packets}, nothing, instant_ms(0), MediaReports::Ends::no);
    return find<rtp::SenderReport>(*rtp::parse_compound(text)) != nullptr;
  };
  EXPECT_FALSE(is_sender(0));
  EXPECT_TRUE(is_sender(10));
  EXPECT_TRUE(is_sender(10));  // sent since the one before the last
  EXPECT_FALSE(is_sender(10));
  EXPECT_TRUE(is_sender(11));
}

TEST(MediaReports, MeasureTheRoundTripOfTheirOwnStreamAlone) {
  MediaReports reports{"c", milliseconds{5000}};
  const auto sent = rtp::middle_of(rtp::to_ntp(instant_ms(0).wall));
  const auto answer = [&](std::uint32_t about) {
    Buffer datagram;
    ByteWriter out{datagram};
    rtp::write_compound(
        {rtp::ReceiverReport{
            .ssrc = 5, .blocks = {{.ssrc = about, .last_sender_report = sent, .delay_since_sender_report = 1 << 15}}}},
        out);
    reports.receive(datagram, 7, instant_ms(540));
  };
  answer(8);
  EXPECT_EQ(reports.round_trip(), std::nullopt);
  reports.receive(as_bytes("no RTCP"), 7, instant_ms(540));
  answer(7);
  ASSERT_TRUE(reports.round_trip());
  EXPECT_NEAR(static_cast<double>(reports.round_trip()->count()), 40'000, 100);
}

MediaConfig often() {
  auto config = RunningRelay::test_config();
  config.report_interval = milliseconds{100};
  return config;
}

TEST(MediaRelayReports, TellEachSideOfItsOwnStreamAndTheServers) {
  RunningRelay running{often()};
  RelayedCall call{running};
  std::uint32_t own_ssrc = 0;
  rtp::Header last;
  for (int i = 0; i < 10; ++i) {
    last = call.caller.send();
    ASSERT_TRUE(call.callee.hear());
    call.callee.send();
    const auto packet = call.caller.hear();
    ASSERT_TRUE(packet);
    own_ssrc = rtp::ssrc_of(*packet);
  }
  const rtp::SenderReport* report = nullptr;
  std::optional<std::vector<rtp::RtcpPacket>> packets;
  while (report == nullptr || report->packets < 10) {  // one may have come before the last packet
    packets = call.caller.hear_rtcp();
    ASSERT_TRUE(packets);
    report = find<rtp::SenderReport>(*packets);
  }
  EXPECT_EQ(report->ssrc, own_ssrc);
  EXPECT_EQ(report->packets, 10u);
  EXPECT_EQ(report->octets, 1600u);
  ASSERT_EQ(report->blocks.size(), 1u);
  EXPECT_EQ(report->blocks.front().ssrc, call.caller.next.ssrc);
  EXPECT_EQ(report->blocks.front().extended_highest_sequence & 0xffff, last.sequence);
  EXPECT_EQ(report->blocks.front().cumulative_lost, 0);
  const auto* const description = find<rtp::SourceDescription>(*packets);
  ASSERT_TRUE(description);
  EXPECT_EQ(description->sources.front().items.front().type, rtp::cname_item);
}

TEST(MediaRelayReports, MeasureTheRoundTripToAPhone) {
  RunningRelay running{often()};
  RelayedCall call{running};
  call.open_paths();
  EXPECT_FALSE(call.bridge->counts(Side::caller).round_trip_ms);
  const auto packets = call.caller.hear_rtcp();
  ASSERT_TRUE(packets);
  const auto* const report = find<rtp::SenderReport>(*packets);
  ASSERT_TRUE(report);
  std::this_thread::sleep_for(milliseconds{50});  // which it says it took to answer
  call.caller.send_rtcp({rtp::ReceiverReport{.ssrc = call.caller.next.ssrc,
                                             .blocks = {{.ssrc = report->ssrc,
                                                         .last_sender_report = rtp::middle_of(report->ntp_time),
                                                         .delay_since_sender_report = 50 * 65536 / 1000}}}});
  EXPECT_TRUE(comes_true([&] { return call.bridge->counts(Side::caller).round_trip_ms.has_value(); }));
  const auto measured = call.bridge->counts(Side::caller).round_trip_ms.value_or(-1);
  EXPECT_GE(measured, 0);
  EXPECT_LT(measured, 1000);
  EXPECT_FALSE(call.bridge->counts(Side::callee).round_trip_ms);
}

TEST(MediaRelayReports, MentionTheSenderReportOfThePhone) {
  RunningRelay running{often()};
  RelayedCall call{running};
  call.open_paths();
  constexpr rtp::NtpTime phone_time{.seconds = 0x12345678, .fraction = 0x9abcdef0};
  call.caller.send_rtcp({rtp::SenderReport{.ssrc = call.caller.next.ssrc, .ntp_time = phone_time}});
  std::uint32_t mentioned = 0;
  while (mentioned == 0) {
    const auto packets = call.caller.hear_rtcp();
    ASSERT_TRUE(packets);
    const auto* const report = find<rtp::SenderReport>(*packets);
    if (report != nullptr) mentioned = report->blocks.at(0).last_sender_report;
  }
  EXPECT_EQ(mentioned, 0x56789abcU);
}

TEST(MediaRelayReports, AreNotPassedOnFromSideToSide) {
  auto config = RunningRelay::test_config();
  config.report_interval = std::chrono::hours{1};
  RunningRelay running{config};
  RelayedCall call{running};
  call.open_paths();
  call.caller.send_rtcp({rtp::ReceiverReport{.ssrc = 1}});
  EXPECT_FALSE(call.callee.hear_rtcp(wait_for_nothing));
}

TEST(MediaRelayReports, EndWithBye) {
  RunningRelay running;
  RelayedCall call{running};
  call.open_paths();
  call.bridge.reset();
  for (auto* const phone : {&call.caller, &call.callee}) {
    const auto packets = phone->hear_rtcp();
    ASSERT_TRUE(packets);
    const auto* const bye = find<rtp::Bye>(*packets);
    ASSERT_TRUE(bye);
    EXPECT_EQ(bye->ssrcs, std::vector{find<rtp::SenderReport>(*packets)->ssrc});
  }
}

TEST(MediaRelayReports, SayNoByeOfWhatNeverBegan) {
  RunningRelay running;
  RelayedCall call{running};
  call.bridge.reset();
  running.settle();
  EXPECT_FALSE(call.caller.hear_rtcp(wait_for_nothing));
}

TEST(MediaRelayReports, ShareThePortOfRtpWhereThatWasAgreed) {
  RunningRelay running{often()};
  const auto bridge = running.open();
  MediaPhone caller{1};
  caller.call(*bridge, Side::caller);
  auto agreement = agreement_with(caller);
  agreement.rtcp_mux = true;
  bridge->connect(Side::caller, agreement);
  const auto datagram = caller.hear();
  ASSERT_TRUE(datagram);
  EXPECT_EQ(rtp::kind_of(*datagram), rtp::DatagramKind::rtcp);
  EXPECT_FALSE(caller.hear_rtcp(wait_for_nothing));
}

}  // namespace
}  // namespace labnet::sip_server
