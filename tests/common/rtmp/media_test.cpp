// Headers of audio and video messages, and aggregates of messages.
#include "common/rtmp/media.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/aggregate.hpp"
#include "common/rtmp/limits.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::octets;
using test::operator+;

AudioTag audio(std::string_view payload) {
  return audio_tag_of(octets(payload));
}
VideoTag video(std::string_view payload) {
  return video_tag_of(octets(payload));
}

TEST(RtmpAudio, OfAac) {
  EXPECT_EQ(audio("af 00 1210"), (AudioTag{MediaPart::sequence_header, AudioCodec::aac}));
  EXPECT_EQ(audio("af 01 aa"), (AudioTag{MediaPart::frames, AudioCodec::aac}));
  EXPECT_EQ(audio("af 02 aa").part, MediaPart::unknown);
  EXPECT_EQ(codec_name(audio("af 01 aa")), "AAC");
}

TEST(RtmpAudio, OfOtherCodecs) {
  EXPECT_EQ(audio("2e ff"), (AudioTag{MediaPart::frames, AudioCodec::mp3}));
  EXPECT_EQ(codec_name(audio("2e ff")), "MP3");
  EXPECT_EQ(codec_name(audio("72 ff")), "G.711 A-law");
  EXPECT_EQ(codec_name(audio("b2 ff")), "Speex");
  EXPECT_EQ(codec_name(audio("c2 ff")), "audio codec 12");
}

TEST(RtmpAudio, OfEnhancedRtmp) {
  const AudioTag opus{MediaPart::sequence_header, AudioCodec::enhanced, four_cc("Opus")};
  EXPECT_EQ(audio("90 4f707573 aa"), opus);
  EXPECT_EQ(codec_name(opus), "Opus");
  EXPECT_EQ(audio("91 4f707573 aa").part, MediaPart::frames);
  EXPECT_EQ(audio("92 4f707573").part, MediaPart::sequence_end);
  EXPECT_EQ(audio("94 4f707573 01").part, MediaPart::metadata) << "the channels' layout";
  EXPECT_EQ(audio("93 4f707573 01").part, MediaPart::unknown) << "of video alone";
  const auto tracks = audio("95 11 4f707573 00 000001 aa");
  EXPECT_TRUE(tracks.is_multitrack);
  EXPECT_EQ(tracks.part, MediaPart::frames);
  EXPECT_EQ(tracks.four_cc, four_cc("Opus"));
  EXPECT_EQ(codec_name(audio("91 6d703461 aa")), "AAC");
}

TEST(RtmpVideo, OfAvc) {
  EXPECT_EQ(video("17 00 000000 01"), (VideoTag{MediaPart::sequence_header, VideoCodec::avc}));
  EXPECT_EQ(
      video("17 01 000028 aa"),
      (VideoTag{.part = MediaPart::frames, .codec = VideoCodec::avc, .is_key_frame = true, .composition_ms = 40}));
  EXPECT_EQ(video("27 01 ffffd8 aa").composition_ms, -40);
  EXPECT_FALSE(video("27 01 000000 aa").is_key_frame);
  EXPECT_TRUE(video("37 01 000000 aa").is_disposable);
  EXPECT_TRUE(video("47 01 000000 aa").is_key_frame) << "one that the server has made";
  EXPECT_EQ(video("17 02 000000").part, MediaPart::sequence_end);
  EXPECT_FALSE(video("17 02 000000").is_key_frame);
  EXPECT_EQ(video("17 03 000000 aa").part, MediaPart::unknown);
  EXPECT_EQ(codec_name(video("17 01 000000 aa")), "H.264");
}

TEST(RtmpVideo, OfOtherCodecs) {
  EXPECT_EQ(video("12 aa"), (VideoTag{.part = MediaPart::frames, .codec = VideoCodec::h263, .is_key_frame = true}));
  EXPECT_TRUE(video("32 aa").is_disposable);
  EXPECT_EQ(video("52 00").part, MediaPart::command);
  EXPECT_EQ(codec_name(video("1c 01 000000 aa")), "H.265") << "as encoders chose before Enhanced RTMP";
  EXPECT_EQ(video("1c 00 000000 aa").part, MediaPart::sequence_header);
  EXPECT_EQ(codec_name(video("1f aa")), "video codec 15");
}

TEST(RtmpVideo, OfEnhancedRtmp) {
  EXPECT_EQ(video("90 68766331 01"),
            (VideoTag{.part = MediaPart::sequence_header, .four_cc = four_cc("hvc1"), .is_enhanced = true}));
  const auto key = video("91 68766331 000028 aa");
  EXPECT_TRUE(key.is_key_frame);
  EXPECT_EQ(key.composition_ms, 40);
  EXPECT_EQ(codec_name(key), "H.265");
  EXPECT_EQ(video("a3 68766331 aa").part, MediaPart::frames) << "without composition time";
  EXPECT_FALSE(video("a3 68766331 aa").is_key_frame);
  EXPECT_EQ(video("91 61763031 aa").composition_ms, 0) << "AV1 has none";
  EXPECT_EQ(codec_name(video("91 61763031 aa")), "AV1");
  EXPECT_EQ(video("92 61763031").part, MediaPart::sequence_end);
  EXPECT_EQ(video("94 61763031 02").part, MediaPart::metadata);
  EXPECT_EQ(video("95 61763031 02").part, MediaPart::sequence_header) << "of an MPEG-2 stream";
  EXPECT_EQ(video("d1 00").part, MediaPart::command);
  EXPECT_EQ(video("98 61763031 02").part, MediaPart::unknown);
  const auto tracks = video("96 01 61763031 00 aa");
  EXPECT_TRUE(tracks.is_multitrack);
  EXPECT_TRUE(tracks.is_key_frame);
  EXPECT_EQ(codec_name(video("91 07080000 aa")), "????");
}

TEST(RtmpVideo, SkipsModifiers) {
  // Three octets of a time in nanoseconds, then coded frames.
  EXPECT_EQ(video("97 02 0f4240 01 61763031 aa").four_cc, four_cc("av01"));
  const auto long_one = octets("97 ff 0101") + Buffer(0x102) + octets("01 61763031 aa");
  EXPECT_EQ(video_tag_of(long_one).part, MediaPart::frames);
  const auto many = [](std::size_t count) {
    auto payload = octets("97");
    for (std::size_t i = 1; i < count; ++i) payload = payload + octets("00 aa 07");
    return payload + octets("00 aa 01 61763031 aa");
  };
  EXPECT_EQ(video_tag_of(many(mod_ex_max)).part, MediaPart::frames);
  EXPECT_EQ(video_tag_of(many(mod_ex_max + 1)).part, MediaPart::empty);
}

TEST(RtmpMedia, ThatEndWithinTheirHeaderAreEmpty) {
  for (const std::string_view payload :
       {"",         "17",        "17 01",       "17 01 0000",  "17 00 000000",     "17 01 000000", "12",    "52",
        "90",       "90 687663", "90 68766331", "91 68766331", "91 68766331 0000", "96",           "96 01", "97",
        "97 05 00", "97 ff",     "97 00 aa",    "d1"}) {
    EXPECT_EQ(video(payload).part, MediaPart::empty) << payload;
    EXPECT_FALSE(video(payload).is_key_frame) << payload;
  }
  for (const std::string_view payload :
       {"", "af", "af 00", "af 01", "2e", "90", "90 4f7075", "90 4f707573", "95", "97"})
    EXPECT_EQ(audio(payload).part, MediaPart::empty) << payload;
}

// Aggregates

Message aggregate_of(std::string_view payload) {
  return {{.type = MessageType::aggregate, .timestamp = 1000, .stream_id = 7, .chunk_stream_id = 4},
          SharedBytes::copy_of(octets(payload))};
}

TEST(RtmpAggregate, GivesItsMessagesAtTheirTimes) {
  const auto aggregate = aggregate_of(
      "08 000002 0000c8 00 000000 a1a2 0000000d  09 000001 0000dc 00 000000 b1 0000000c  12 000000 0000be 00 "
      "000000 0000000b");
  AggregateReader reader{aggregate};
  const auto first = *reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->header,
            (MessageHeader{.type = MessageType::audio, .timestamp = 1000, .stream_id = 7, .chunk_stream_id = 4}));
  EXPECT_EQ(buffer_of(first->bytes()), octets("a1a2"));
  EXPECT_EQ(first->bytes().data(), aggregate.bytes().data() + 11) << "nothing is copied";
  const auto second = *reader.next();
  EXPECT_EQ(second->header.timestamp, 1020u);
  EXPECT_EQ(buffer_of(second->bytes()), octets("b1"));
  const auto third = *reader.next();
  EXPECT_EQ(third->header.timestamp, 990u) << "before the first";
  EXPECT_TRUE(third->payload.empty());
  EXPECT_EQ(*reader.next(), std::nullopt);
}

TEST(RtmpAggregate, NeedsNoLengthBehindTheLast) {
  for (const std::string_view end : {"", "00", "000000", "0000000c"}) {
    const auto aggregate = aggregate_of("08 000001 ffffff 01 000000 a1" + std::string{end});
    AggregateReader reader{aggregate};
    EXPECT_EQ((*reader.next())->header.timestamp, 1000u);
    EXPECT_EQ(*reader.next(), std::nullopt);
  }
}

TEST(RtmpAggregate, RefusesWhatIsNotWhole) {
  EXPECT_EQ(AggregateReader{aggregate_of("08 000001 0000c8 00 0000")}.next().error(), AggregateFault::truncated);
  EXPECT_EQ(AggregateReader{aggregate_of("08 000001 0000c8 00 000000")}.next().error(), AggregateFault::truncated);
  EXPECT_EQ(AggregateReader{aggregate_of("16 000000 0000c8 00 000000")}.next().error(), AggregateFault::nested);
  EXPECT_EQ(*AggregateReader{aggregate_of("")}.next(), std::nullopt);
  EXPECT_FALSE(describe(AggregateFault::truncated).empty());
  EXPECT_FALSE(describe(AggregateFault::nested).empty());
}

}  // namespace
}  // namespace labnet::rtmp
