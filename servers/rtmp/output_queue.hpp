// What waits to be sent on one connection: answers, and media that all players share.
//
// A player who is too slow is first spared frames that nobody needs, then all frames up to a key frame; sound goes on.
// If that does not help within a time, he is given up.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include <boost/container/small_vector.hpp>

#include "common/base/bytes.hpp"
#include "common/rtmp/shared_bytes.hpp"
#include "servers/rtmp/limits.hpp"
#include "servers/rtmp/media.hpp"

namespace labnet::rtmp_server {

struct OutputLimits {
  std::size_t bytes_max = 8 << 20;            // of media that wait
  std::chrono::milliseconds time_max{5'000};  // by their timestamps, from the oldest to the newest
  std::chrono::milliseconds slow_timeout{10'000};
};

class OutputQueue {
 public:
  using Pieces = boost::container::small_vector<Bytes, 32>;  // of one write
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit OutputQueue(const OutputLimits& limits) : limits_{limits} {}

  enum class Verdict : std::uint8_t {
    queued,
    left_out,
    too_slow,  // nothing was queued, and nothing will be: close
  };
  /// Answers are never left out. too_slow: more than control_waiting_bytes_max of them wait.
  Verdict push_control(rtmp::SharedBytes bytes);
  /// newest  the timestamp at which the stream is now: the message's own, or a later one if it is told of the past
  /// image   the message's chunks, as this player is to have them
  Verdict push(MediaRole role, std::uint32_t newest, rtmp::SharedBytes image, TimePoint now);
  /// Of a recording, which is read no faster than it is sent: nothing is left out of it, unless a key frame is waited
  /// for.
  void push_recorded(MediaRole role, std::uint32_t timestamp, rtmp::SharedBytes image);

  /// No frames before the next key frame: for who begins, or goes on after a pause.
  void wait_for_key_frame() { waits_for_key_frame_ = true; }
  /// Of media that wait, when nobody wants them any more. What is being written stays.
  void drop_media();

  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

  /// The front of the queue, for one write: the same again and again until `written` is called. Empties `pieces` first.
  void gather(Pieces& pieces);
  /// All that was gathered is sent.
  void written();

  std::uint64_t left_out() const { return left_out_; }  // messages

 private:
  struct Entry {
    rtmp::SharedBytes bytes;
    std::uint32_t timestamp = 0;
    MediaRole role = MediaRole::other;
    bool is_media = false;
  };
  bool is_behind(std::uint32_t newest, double part) const;
  void drop_frames();
  void append(Entry entry);

  OutputLimits limits_;
  std::deque<Entry> entries_;
  std::size_t gathered_ = 0;  // at the front: being written, and not to be touched
  std::size_t bytes_ = 0;     // of media
  std::size_t control_bytes_ = 0;
  bool waits_for_key_frame_ = false;
  bool is_slow_ = false;  // since slow_since_
  TimePoint slow_since_{};
  std::uint64_t left_out_ = 0;
};

}  // namespace labnet::rtmp_server
