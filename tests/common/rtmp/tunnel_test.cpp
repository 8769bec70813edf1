// Paths of RTMP within HTTP.
#include "common/rtmp/tunnel.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/rtmp/limits.hpp"

namespace labnet::rtmp {
namespace {

TEST(RtmpTunnelPath, HasAVerbAnIdAndANumber) {
  EXPECT_EQ(parse_tunnel_path("/fcs/ident2"), TunnelPath{});
  EXPECT_EQ(parse_tunnel_path("/open/1"), (TunnelPath{.verb = TunnelVerb::open, .number = 1}));
  EXPECT_EQ(parse_tunnel_path("/send/aB-0_.9/0"), (TunnelPath{.verb = TunnelVerb::send, .id = "aB-0_.9"}));
  EXPECT_EQ(parse_tunnel_path("/idle/7/4294967295"),
            (TunnelPath{.verb = TunnelVerb::idle, .id = "7", .number = 0xffffffff}));
  EXPECT_EQ(parse_tunnel_path("/close/7/12"), (TunnelPath{.verb = TunnelVerb::close, .id = "7", .number = 12}));
}

TEST(RtmpTunnelPath, IsWrittenAsItIsRead) {
  for (const std::string path : {"/fcs/ident2", "/open/1", "/send/a/0", "/idle/a/1", "/close/a/2"}) {
    EXPECT_EQ(to_text(*parse_tunnel_path(path)), path);
  }
}

TEST(RtmpTunnelPath, IsNoOtherPath) {
  for (const std::string path : {"",
                                 "/",
                                 "/open",
                                 "/open/",
                                 "/open/1/",
                                 "/open/x",
                                 "/open/-1",
                                 "/open/1?a=b",
                                 "/send/",
                                 "/send/a",
                                 "/send/a/",
                                 "/send//1",
                                 "/send/a/1/",
                                 "/send/a/+1",
                                 "/send/a/4294967296",
                                 "/send/a b/1",
                                 "/send/%61/1",
                                 "/send/../1/2",
                                 "/SEND/a/1",
                                 "send/a/1",
                                 "/fcs/ident",
                                 "/fcs/ident2/",
                                 "/receive/a/1"}) {
    EXPECT_EQ(parse_tunnel_path(path), std::nullopt) << path;
  }
}

TEST(RtmpTunnelPath, HasAnIdNoLongerThanTheLimit) {
  const std::string longest(tunnel_id_bytes_max, 'a');
  EXPECT_TRUE(parse_tunnel_path("/send/" + longest + "/1"));
  EXPECT_FALSE(parse_tunnel_path("/send/" + longest + "a/1"));
}

TEST(RtmpTunnelId, StandsBetweenBlanks) {
  EXPECT_EQ(tunnel_id_of("abc\n"), "abc");
  EXPECT_EQ(tunnel_id_of(" \tabc\r\n"), "abc");
  for (const std::string body : {"", "\n", "a b", "a/b", "<html>", "a\nb\n"}) EXPECT_EQ(tunnel_id_of(body), "") << body;
  EXPECT_EQ(tunnel_id_of(std::string(tunnel_id_bytes_max + 1, 'a')), "");
}

TEST(RtmpTunnelDelay, GrowsUpToALimit) {
  std::vector<int> delays{tunnel_delay_min};
  for (int i = 0; i < 6; ++i) delays.push_back(longer_tunnel_delay(static_cast<std::uint8_t>(delays.back())));
  EXPECT_EQ(delays, (std::vector<int>{1, 3, 5, 9, 17, 33, 33}));
  EXPECT_EQ(longer_tunnel_delay(0), 3);
}

}  // namespace
}  // namespace labnet::rtmp
