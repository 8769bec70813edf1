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
  here->close();
  there->close();
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
  session->close();
  co_return port;
}

struct Farewell {
  bool here_before = false, there_after = false, is_port_taken = false;
};

/// One side stops: the other one learns it, and the port of the first one is open until it is closed.
net::Task<Farewell> part(net::Worker& worker) {
  const auto here = session_with(worker, 440, 880);
  const auto there = session_with(worker, 880, 440);
  here->agree(agreement_with(there->local_audio()));
  there->agree(agreement_with(here->local_audio()));
  Farewell farewell;
  farewell.here_before = here->has_heard_bye();
  here->stop();
  for (int i = 0; i < 500 && !there->has_heard_bye(); ++i) co_await net::pause(worker.executor(), 10ms);
  farewell.there_after = there->has_heard_bye();
  auto source = make_source({.kind = SourceName::Kind::silence}, 0);
  const auto other =
      MediaSession::open(worker, Ipv4Address{0x7f000001}, *std::move(source), {.port = here->local_audio().port});
  farewell.is_port_taken = (*other)->local_audio().port != here->local_audio().port;
  (*other)->close();
  here->close();
  there->close();
  co_return farewell;
}

TEST(MediaSession, KeepsItsPortsOpenWhenItStopsAndTellsSo) {
  const auto farewell = net::run_to_end<Farewell>([](net::Worker& worker) { return part(worker); });
  ASSERT_TRUE(farewell);
  EXPECT_FALSE(farewell->here_before);
  EXPECT_TRUE(farewell->there_after);
  EXPECT_TRUE(farewell->is_port_taken);
}

net::Task<std::vector<std::uint16_t>> ports_wanted(net::Worker& worker) {
  auto free = session_with(worker, 440, 880);
  const auto wanted = free->local_audio().port;
  free->close();
  free.reset();
  co_await net::pause(worker.executor(), 50ms);
  std::vector<std::shared_ptr<MediaSession>> sessions;
  std::vector<std::uint16_t> ports{wanted};
  for (int i = 0; i < 2; ++i) {
    auto source = make_source({.kind = SourceName::Kind::silence}, 0);
    sessions.push_back(*MediaSession::open(worker, Ipv4Address{0x7f000001}, *std::move(source), {.port = wanted}));
    ports.push_back(sessions.back()->local_audio().port);
  }
  for (const auto& session : sessions) session->close();
  co_return ports;
}

TEST(MediaSession, TakesThePortThatIsWantedAndAnotherIfThatIsInUse) {
  const auto ports =
      net::run_to_end<std::vector<std::uint16_t>>([](net::Worker& worker) { return ports_wanted(worker); });
  ASSERT_TRUE(ports);
  EXPECT_EQ((*ports)[1], (*ports)[0]);
  EXPECT_NE((*ports)[2], (*ports)[0]);
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
