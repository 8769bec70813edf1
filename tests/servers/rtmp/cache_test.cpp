// What is kept of a stream for who comes late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servers/rtmp/stream_cache.hpp"
#include "tests/servers/rtmp/played_client.hpp"

namespace labnet::rtmp_server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SharedMedia shared(const rtmp::Message& message) {
  return make_media(message, message.header.timestamp, 1, 4096);
}

std::vector<std::uint32_t> times_of(const std::vector<SharedMedia>& media) {
  std::vector<std::uint32_t> times;
  for (const auto& one : media) times.push_back(one->timestamp);
  return times;
}

SharedMedia metadata() {
  const auto sent = metadata_message();
  return shared({sent.header, rtmp::SharedBytes::copy_of(rtmp::played_data(sent.header.type, sent.bytes()))});
}

TEST(RtmpCache, KeepsHeadersAndAllSinceTheLastKeyFrame) {
  StreamCache cache;
  EXPECT_FALSE(cache.has_video());
  cache.add(shared(video_header(1)));
  cache.add(shared(audio_header(2)));
  cache.add(metadata());
  cache.add(shared(audio_message(5)));          // before any key frame
  cache.add(shared(video_message(10, false)));  // the same
  EXPECT_THAT(cache.group_of_pictures(), IsEmpty());
  cache.add(shared(video_message(20, true)));
  cache.add(shared(audio_message(25)));
  cache.add(shared(video_message(30, false)));
  EXPECT_THAT(times_of(cache.group_of_pictures()), ElementsAre(20, 25, 30));
  cache.add(shared(video_message(40, true)));
  EXPECT_THAT(times_of(cache.group_of_pictures()), ElementsAre(40));
  EXPECT_THAT(times_of(cache.headers()), ElementsAre(0, 2, 1));  // metadata, audio, video
  EXPECT_TRUE(cache.has_video());
  cache.clear_metadata();
  EXPECT_THAT(times_of(cache.headers()), ElementsAre(2, 1));
  cache.clear();
  EXPECT_THAT(cache.headers(), IsEmpty());
  EXPECT_FALSE(cache.has_video());
}

TEST(RtmpCache, ANewHeaderEndsTheGroupThatNeedsTheOldOne) {
  StreamCache cache;
  cache.add(shared(video_header(0)));
  cache.add(shared(video_message(0, true)));
  cache.add(shared(video_header(40)));
  EXPECT_THAT(cache.group_of_pictures(), IsEmpty());
  EXPECT_THAT(times_of(cache.headers()), ElementsAre(40));
}

TEST(RtmpCache, AGroupOfTooManyBytesOrFramesIsNotKept) {
  StreamCache by_frames{{.frames_max = 3}};
  by_frames.add(shared(video_message(0, true)));
  by_frames.add(shared(video_message(1, false)));
  by_frames.add(shared(video_message(2, false)));
  EXPECT_EQ(by_frames.group_of_pictures().size(), 3u);
  by_frames.add(shared(video_message(3, false)));
  EXPECT_THAT(by_frames.group_of_pictures(), IsEmpty());
  by_frames.add(shared(video_message(4, false)));
  EXPECT_THAT(by_frames.group_of_pictures(), IsEmpty()) << "not before the next key frame";

  const auto frame = shared(video_message(0, true, 1'000));
  StreamCache by_bytes{{.bytes_max = 2 * frame->kept_bytes()}};
  by_bytes.add(frame);
  by_bytes.add(shared(video_message(1, false, 1'000)));
  EXPECT_EQ(by_bytes.group_bytes(), 2 * frame->kept_bytes());
  by_bytes.add(shared(video_message(2, false, 5)));
  EXPECT_EQ(by_bytes.group_bytes(), 0u);

  StreamCache off{{.is_on = false}};
  off.add(shared(video_message(0, true)));
  EXPECT_THAT(off.group_of_pictures(), IsEmpty());
  EXPECT_TRUE(off.has_video());
}

}  // namespace
}  // namespace labnet::rtmp_server
