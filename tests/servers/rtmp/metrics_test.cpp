// What the admin address tells of publishers and players.
#include <gtest/gtest.h>

#include "tests/servers/rtmp/socket_client.hpp"
#include "tests/support/watched_service.hpp"

namespace labnet::rtmp_server {
namespace {

TEST(RtmpMetrics, CountPublishersAndPlayers) {
  const test::WatchedService watched{"rtmp", {"--key", "1234"}};
  const auto eventually = [&](std::string_view sample, double value) {
    const bool is_so = test::eventually([&] { return watched.metric(sample) == value; });
    EXPECT_TRUE(is_so) << sample << ": " << watched.metric(sample);
  };
  const auto port = watched.port("rtmp");
  {
    SocketClient publisher{port};
    publisher.publish("1234");
    SocketClient player{port};
    player.play("1234");
    eventually("labnet_rtmp_publishers", 1);
    eventually("labnet_rtmp_players", 1);
    eventually("labnet_rtmp_open_connections", 2);
    for (const auto& message : {audio_header(), video_header(), video_message(0, true), audio_message(10)}) {
      publisher.client().say(message);
    }
    publisher.send();
    EXPECT_EQ(player.next_media(4).size(), 4u);
    eventually("labnet_rtmp_published_messages_total", 4);
    EXPECT_GT(watched.metric("labnet_rtmp_published_bytes_total"), 0);
    EXPECT_GT(watched.metric("labnet_rtmp_played_bytes_total"), watched.metric("labnet_rtmp_published_bytes_total"));
  }
  SocketClient stranger{port};
  stranger.publish("4321");
  eventually(R"(labnet_rtmp_publications_total{result="refused"})", 1);
  EXPECT_EQ(watched.metric(R"(labnet_rtmp_publications_total{result="begun"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_rtmp_plays_total{result="begun"})"), 1);
  EXPECT_EQ(watched.metric("labnet_rtmp_frames_dropped_total"), 0);
  eventually("labnet_rtmp_publishers", 0);
  eventually("labnet_rtmp_players", 0);
}

}  // namespace
}  // namespace labnet::rtmp_server
