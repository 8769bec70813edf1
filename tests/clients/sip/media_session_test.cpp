// Two media sessions over real sockets.
#include "clients/sip/media_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "common/net/pause.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;

sdp::Agreement agreement_with(const sdp::LocalAudio& other) {
  return {.sending = {other.codecs[0]},
          .receiving = {other.codecs[0]},
          .sending_events = other.codecs[2],
          .receiving_events = other.codecs[2],
          .remote = sdp::Connection{.address = other.address},
          .remote_port = other.port,
          .remote_rtcp_port = static_cast<std::uint16_t>(other.port + 1)};
}

std::shared_ptr<MediaSession> session_with(net::Worker& worker, double says_hz, double expects_hz) {
  auto source = make_source({.kind = SourceName::Kind::tone, .frequency_hz = says_hz}, 0);
  MediaOptions options{.records = true, .expected_tone_hz = expects_hz};
  auto session = MediaSession::open(worker, Ipv4Address{0x7f000001}, *std::move(source), options);
  EXPECT_TRUE(session);
  return session ? *session : nullptr;
}

struct TwoReports {
  MediaReport here, there;
};

net::Task<TwoReports> talk(net::Worker& worker) {
  const auto here = session_with(worker, 440, 880);
  const auto there = session_with(worker, 880, 440);
  here->agree(agreement_with(there->local_audio()));
  there->agree(agreement_with(here->local_audio()));
  here->press('7');
  co_await net::pause(worker.executor(), 1500ms);
  here->stop();
  there->stop();
  co_return TwoReports{here->report(), there->report()};
}

TEST(MediaSession, TwoOfThemHearEachOther) {
  const auto reports = net::run_to_end<TwoReports>([](net::Worker& worker) { return talk(worker); });
  ASSERT_TRUE(reports);
  // A busy machine may be late, but what was sent arrives.
  EXPECT_GE(reports->here.packets_sent, 20u);
  EXPECT_GE(reports->there.packets_received, 20u);
  EXPECT_EQ(reports->there.loss_ratio, 0.0);
  EXPECT_TRUE(has_tone(*reports->here.tone)) << to_text(reports->here);
  EXPECT_TRUE(has_tone(*reports->there.tone)) << to_text(reports->there);
  EXPECT_EQ(reports->there.keys, "7");
}

net::Task<std::uint16_t> port_of(net::Worker& worker) {
  const auto session = session_with(worker, 440, 880);
  const auto port = session->local_audio().port;
  session->stop();
  co_return port;
}

TEST(MediaSession, ReceivesAtAnEvenPort) {
  const auto port = net::run_to_end<std::uint16_t>([](net::Worker& worker) { return port_of(worker); });
  ASSERT_TRUE(port);
  EXPECT_EQ(*port % 2, 0);
  EXPECT_GE(*port, media_port_min);
  EXPECT_LE(*port, media_port_max);
}

}  // namespace
}  // namespace labnet::sip_client
