// Tests of what a description says about a medium.
#include "common/sdp/codec.hpp"

#include <gtest/gtest.h>

namespace labnet::sdp {
namespace {

Media audio(std::string_view lines) {
  const auto text = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n" + std::string{lines};
  const auto description = parse_description(text);
  EXPECT_TRUE(description) << text;
  return description ? description->media.at(0) : Media{};
}

TEST(Codecs, StandInTheOrderOfTheirPayloadTypes) {
  const auto codecs =
      codecs_of(audio("m=audio 1 RTP/AVP 101 96 8 0 8\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 "
                      "useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"));
  ASSERT_EQ(codecs.size(), 4u);
  EXPECT_EQ(codecs[0], (Codec{101, "telephone-event", 8000, 1, "0-16"}));
  EXPECT_EQ(codecs[1], (Codec{96, "opus", 48000, 2, "useinbandfec=1"}));
  EXPECT_EQ(codecs[2], (Codec{8, "PCMA"}));
  EXPECT_EQ(codecs[3], (Codec{0, "PCMU"}));
  EXPECT_TRUE(is_telephone_event(codecs[0]));
}

TEST(Codecs, MayNameStaticPayloadTypesAnew) {
  const auto codecs = codecs_of(audio("m=audio 1 RTP/AVP 8 97\r\na=rtpmap:8 pcma/8000/1\r\na=rtpmap:97 PCMA/8000\r\n"));
  ASSERT_EQ(codecs.size(), 2u);
  EXPECT_TRUE(is_same_encoding(codecs[0], codecs[1]));
}

TEST(Codecs, LeaveOutWhatNobodyCanKnow) {
  EXPECT_TRUE(codecs_of(audio("m=audio 1 RTP/AVP 96 128 t38 1 72\r\n")).empty());
  for (const auto* map : {"96 PCMA", "96 /8000", "96 PCMA/0", "96 PCMA/x", "96 PCMA/8000/0", "96 PCMA/8000/1/1", "96",
                          "x PCMA/8000", ""}) {
    EXPECT_TRUE(codecs_of(audio("m=audio 1 RTP/AVP 96\r\na=rtpmap:" + std::string{map} + "\r\n")).empty()) << map;
  }
}

TEST(Codecs, AreReadAsTheyWereAdded) {
  const std::vector<Codec> codecs{{8, "PCMA"}, {96, "opus", 48000, 2}, {101, "telephone-event", 8000, 1, "0-16"}};
  Media media;
  for (const auto& codec : codecs) add_codec(codec, media);
  EXPECT_EQ(codecs_of(media), codecs);
  EXPECT_EQ(to_text(codecs[1]), "opus/48000/2");
}

TEST(Codecs, StaticOnesNeedNoName) {
  const std::vector<Codec> codecs{{8, "PCMA"}, {96, "opus", 48000, 2}, {101, "telephone-event", 8000, 1, "0-16"}};
  Media media;
  for (const auto& codec : codecs) add_codec(codec, media, false);
  EXPECT_EQ(media.attributes.size(), 3u);
  EXPECT_EQ(media.value_of("rtpmap"), "96 opus/48000/2");
  EXPECT_EQ(codecs_of(media), codecs);
}

TEST(Direction, IsTheMediasOrTheSessions) {
  const auto description = parse_description(
      "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\na=sendonly\r\nm=audio 1 RTP/AVP 0\r\nm=audio 1 RTP/AVP 0\r\na=inactive\r\n");
  ASSERT_TRUE(description);
  EXPECT_EQ(direction_of(*description, description->media[0]), Direction::sendonly);
  EXPECT_EQ(direction_of(*description, description->media[1]), Direction::inactive);
  EXPECT_EQ(direction_of({}, description->media[0]), Direction::sendrecv);
}

TEST(Direction, IsTheOtherWayRoundForTheOtherSide) {
  EXPECT_EQ(mirrored(Direction::sendonly), Direction::recvonly);
  EXPECT_EQ(mirrored(Direction::recvonly), Direction::sendonly);
  EXPECT_EQ(mirrored(Direction::sendrecv), Direction::sendrecv);
  EXPECT_EQ(mirrored(Direction::inactive), Direction::inactive);
  EXPECT_EQ(common_of(Direction::sendrecv, Direction::recvonly), Direction::recvonly);
  EXPECT_EQ(common_of(Direction::sendonly, Direction::recvonly), Direction::inactive);
  EXPECT_TRUE(sends(Direction::sendonly));
  EXPECT_FALSE(receives(Direction::sendonly));
}

TEST(RtcpPort, IsNamedOrTheNextOrTheSame) {
  EXPECT_EQ(rtcp_port_of(audio("m=audio 8000 RTP/AVP 0\r\n"), false), 8001);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 8000 RTP/AVP 0\r\n"), true), 8000);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 8000 RTP/AVP 0\r\na=rtcp:53020 IN IP4 10.0.0.2\r\n"), false), 53020);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 8000 RTP/AVP 0\r\na=rtcp:53020\r\n"), false), 53020);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 8000 RTP/AVP 0\r\na=rtcp:x\r\n"), false), 8001);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 65535 RTP/AVP 0\r\n"), false), 0);
  EXPECT_EQ(rtcp_port_of(audio("m=audio 0 RTP/AVP 0\r\n"), false), 0);
}

TEST(PacketTime, IsAWish) {
  EXPECT_EQ(packet_time_ms_of(audio("m=audio 1 RTP/AVP 0\r\na=ptime:20\r\n")), 20u);
  EXPECT_FALSE(packet_time_ms_of(audio("m=audio 1 RTP/AVP 0\r\na=ptime:0\r\n")));
  EXPECT_FALSE(packet_time_ms_of(audio("m=audio 1 RTP/AVP 0\r\n")));
}

}  // namespace
}  // namespace labnet::sdp
