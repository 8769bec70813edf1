// What a player who is too slow is spared, and when he is given up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servers/rtmp/output_queue.hpp"

namespace labnet::rtmp_server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Verdict = OutputQueue::Verdict;

/// A queue, and the time of whoever fills it.
struct Filled {
  OutputQueue queue{{.bytes_max = 1'000, .time_max = 1'000ms, .slow_timeout = 2'000ms}};
  OutputQueue::TimePoint now{};

  Verdict push(MediaRole role, std::uint32_t timestamp, std::size_t bytes = 10) {
    return queue.push(role, timestamp, rtmp::SharedBytes::copy_of(Buffer(bytes, std::byte{1})), now);
  }
  std::size_t gathered() {
    OutputQueue::Pieces pieces;
    queue.gather(pieces);
    return pieces.size();
  }
  void send_all() {
    while (!queue.empty()) {
      gathered();
      queue.written();
    }
  }
};

TEST(RtmpQueue, GivesTheSamePiecesUntilTheyAreWritten) {
  Filled filled;
  filled.push(MediaRole::key_frame, 0);
  filled.push(MediaRole::audio, 5);
  EXPECT_EQ(filled.gathered(), 2u);
  filled.push(MediaRole::audio, 6);
  EXPECT_EQ(filled.gathered(), 2u);
  filled.queue.written();
  EXPECT_EQ(filled.gathered(), 1u);
  filled.queue.written();
  EXPECT_TRUE(filled.queue.empty());
  EXPECT_EQ(filled.queue.bytes(), 0u);
}

TEST(RtmpQueue, AWriteHasNoMorePiecesThanTheSystemTakes) {
  Filled filled;
  for (std::size_t i = 0; i <= gathered_pieces_max; ++i) filled.push(MediaRole::audio, 0, 0);
  EXPECT_EQ(filled.gathered(), gathered_pieces_max);
  filled.queue.written();
  EXPECT_EQ(filled.gathered(), 1u);
}

TEST(RtmpQueue, FromHalfOfTheLimitOnFramesThatNobodyNeedsAreLeftOut) {
  Filled filled;
  EXPECT_EQ(filled.push(MediaRole::key_frame, 0, 500), Verdict::queued);
  EXPECT_EQ(filled.push(MediaRole::disposable_frame, 10), Verdict::queued);
  EXPECT_EQ(filled.push(MediaRole::disposable_frame, 20), Verdict::left_out);
  EXPECT_EQ(filled.push(MediaRole::inter_frame, 30), Verdict::queued);
  EXPECT_EQ(filled.queue.left_out(), 1u);
}

TEST(RtmpQueue, BehindTheLimitFramesGoAndSoundStaysUntilAKeyFrameFits) {
  for (const bool by_bytes : {true, false}) {
    Filled filled;
    filled.push(MediaRole::key_frame, 0, by_bytes ? 900 : 10);
    filled.push(MediaRole::audio, 1);
    filled.push(MediaRole::inter_frame, 2, by_bytes ? 200 : 10);
    const std::uint32_t late = by_bytes ? 3 : 1'500;
    EXPECT_EQ(filled.push(MediaRole::inter_frame, late), Verdict::left_out) << by_bytes;
    EXPECT_EQ(filled.queue.size(), 1u) << "the sound";
    EXPECT_EQ(filled.queue.left_out(), 3u);
    EXPECT_EQ(filled.push(MediaRole::audio, late), Verdict::queued);
    EXPECT_EQ(filled.push(MediaRole::video_header, late), Verdict::queued) << "headers are never left out";
    filled.send_all();
    EXPECT_EQ(filled.push(MediaRole::inter_frame, late + 1), Verdict::left_out) << "nothing to see without a key frame";
    EXPECT_EQ(filled.push(MediaRole::key_frame, late + 2), Verdict::queued);
    EXPECT_EQ(filled.push(MediaRole::inter_frame, late + 3), Verdict::queued);
  }
}

TEST(RtmpQueue, WhatIsBeingWrittenIsNotTouched) {
  Filled filled;
  filled.push(MediaRole::key_frame, 0, 900);
  EXPECT_EQ(filled.gathered(), 1u);
  filled.push(MediaRole::inter_frame, 1, 200);
  filled.push(MediaRole::inter_frame, 2, 200);
  EXPECT_EQ(filled.queue.size(), 1u);
  EXPECT_EQ(filled.gathered(), 1u);
}

TEST(RtmpQueue, WhoStaysBehindIsGivenUpAfterItsTime) {
  Filled filled;
  filled.push(MediaRole::key_frame, 0, 1'001);
  EXPECT_EQ(filled.gathered(), 1u);
  EXPECT_EQ(filled.push(MediaRole::audio, 1), Verdict::queued);
  filled.now += 1'999ms;
  EXPECT_EQ(filled.push(MediaRole::audio, 2), Verdict::queued);
  filled.now += 1ms;
  EXPECT_EQ(filled.push(MediaRole::audio, 3), Verdict::too_slow);
}

TEST(RtmpQueue, WhoCatchesUpHasAllItsTimeAgain) {
  Filled filled;
  filled.push(MediaRole::key_frame, 0, 1'001);
  filled.push(MediaRole::audio, 1);
  filled.now += 1'999ms;
  filled.send_all();
  EXPECT_EQ(filled.push(MediaRole::key_frame, 2, 1'001), Verdict::queued);
  EXPECT_EQ(filled.push(MediaRole::audio, 3), Verdict::queued);
  filled.now += 1'999ms;
  EXPECT_EQ(filled.push(MediaRole::audio, 4), Verdict::queued);
}

TEST(RtmpQueue, SoundAloneHasAnEndToo) {
  Filled filled;
  Verdict verdict{};
  std::size_t pushed = 0;
  for (; pushed < 1'000 && verdict != Verdict::too_slow; ++pushed) verdict = filled.push(MediaRole::audio, 0, 100);
  EXPECT_EQ(verdict, Verdict::too_slow);
  EXPECT_EQ(filled.queue.bytes(), 2'000u);
}

TEST(RtmpQueue, AnswersThatNobodyReadsHaveAnEnd) {
  Filled filled;
  const auto half = rtmp::SharedBytes::copy_of(Buffer(control_waiting_bytes_max / 2));
  EXPECT_EQ(filled.queue.push_control(half), Verdict::queued);
  EXPECT_EQ(filled.queue.push_control(half), Verdict::queued);
  EXPECT_EQ(filled.queue.push_control(rtmp::SharedBytes::copy_of(Buffer(1))), Verdict::too_slow);
}

TEST(RtmpQueue, TimeThatBeginsAnewIsNoDelay) {
  Filled filled;
  filled.push(MediaRole::key_frame, 0xffffffff);
  EXPECT_EQ(filled.push(MediaRole::inter_frame, 20), Verdict::queued);
  EXPECT_EQ(filled.push(MediaRole::inter_frame, 2'000), Verdict::left_out);
}

TEST(RtmpQueue, MediaCanBeTakenBackAndAnswersStay) {
  Filled filled;
  filled.push(MediaRole::audio, 0);
  filled.queue.push_control(rtmp::SharedBytes::copy_of(Buffer(3)));
  filled.push(MediaRole::audio, 1);
  filled.queue.drop_media();
  EXPECT_EQ(filled.queue.size(), 1u);
  EXPECT_EQ(filled.queue.bytes(), 0u);
}

}  // namespace
}  // namespace labnet::rtmp_server
