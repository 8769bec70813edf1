// Plays a file to one client: in its own time, with pauses and leaps.
//
// It reads as the client takes what is sent: at most what his buffer holds is sent ahead, and while much waits for him
// nothing is read. The disk is waited for on a thread for that.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/wakeup.hpp"
#include "servers/rtmp/pace.hpp"
#include "servers/rtmp/recorded_file.hpp"

namespace labnet::rtmp_server {

/// What was given, from the first message to the end or the last leap.
struct PlayedPart {
  double duration_s = 0;
  double bytes = 0;
};

/// Whoever sends to the client: a connection. Called on its worker, and not within calls to the player.
class RecordingListener {
 public:
  // Which of these is told first decides. Texts are for the client.

  /// There is such a file: Play.Start, and then what follows.
  virtual void on_recording_begins() = 0;
  /// There is none: nothing else will be told, and the player must be stopped.
  virtual void on_recording_missing(std::string_view why) = 0;
  /// It cannot be played now, or not from there; the same.
  virtual void on_recording_refused(std::string_view why) = 0;

  // While it is played

  /// The next message, of audio, video or data, at that time.
  virtual void on_recorded(const rtmp::FlvTag& tag, MediaRole role, std::uint32_t timestamp) = 0;
  /// What follows is from another place; what waits to be sent is not wanted any more.
  virtual void on_leap(std::uint32_t asked_ms) = 0;
  /// For now: a leap may follow.
  virtual void on_recording_ends(const PlayedPart& part) = 0;
  /// The file cannot be read any further: nothing else will be told, and the player must be stopped.
  virtual void on_recording_breaks(std::string_view why) = 0;

  /// Of media, for the client.
  virtual std::size_t waiting_bytes() const = 0;
  /// Some messages have been given, and no more follow for a while.
  virtual void flush() = 0;

 protected:
  ~RecordingListener() = default;
};

class RecordingPlayer : public std::enable_shared_from_this<RecordingPlayer> {
 public:
  struct Options {
    files::Jail folder;
    net::Quota::Place place;                    // among those that play files
    std::string path;                           // as flv_file_of gives it
    std::uint32_t start = 0;                    // ms
    std::optional<std::uint32_t> shift{};       // of one that this one goes on from: see shift()
    std::optional<std::uint32_t> duration{};    // ms; 0: one picture; nothing: to the end
    std::chrono::milliseconds buffer_length{};  // that the client has told
    std::chrono::milliseconds buffer_length_max{};
  };
  /// listener  lives until `stop`
  static std::shared_ptr<RecordingPlayer> begin(net::Worker& worker, Options options, RecordingListener& listener);
  RecordingPlayer(net::Worker& worker, Options options, RecordingListener& listener);
  RecordingPlayer(RecordingPlayer&&) = delete;

  /// Nothing is told or given any more.
  void stop();
  void set_paused(bool is_paused);
  /// Behind the end: to the last key frame. If another leap is asked for before this one is done, this one is not.
  void leap(std::uint32_t time_ms);
  void set_buffer(std::chrono::milliseconds length);

  /// Where it is, in ms: of the last message that was given.
  std::uint32_t position() const { return pace_.last(); }
  /// How much less the client is told: with a start above 0 its time begins with 0, as rtmpdump wants it. After a leap
  /// the times are the file's own.
  std::uint32_t shift() const { return shift_; }

 private:
  net::Task<void> run();
  net::Task<bool> open();
  net::Task<void> play_next();
  net::Task<Result<RecordedFile::SeekStep>> seek(std::uint32_t time);
  net::Task<void> take_leap();
  net::Task<void> read();
  void begin_part(const RecordedFile::SeekStep& place, std::uint32_t shift);
  std::optional<net::Clock::time_point> give_what_is_due();
  void give(const rtmp::FlvTag& tag, MediaRole role, std::uint32_t timestamp);
  bool is_picture_asked_for(MediaRole role, std::uint32_t timestamp) const;
  bool is_behind_what_is_asked_for(std::uint32_t timestamp) const;
  void end_part();

  net::Worker& worker_;
  Options options_;
  RecordingListener* listener_;           // null: stopped
  std::atomic<bool> is_stopped_ = false;  // the same, for the thread that waits for the disk
  net::Wakeup wakeup_;
  std::optional<RecordedFile> file_{};
  std::deque<rtmp::FlvTag> tags_{};  // that are read and not given
  bool is_read_ = false;             // there are no others
  bool has_ended_ = false;
  bool is_paused_ = false;
  std::optional<std::uint32_t> leap_to_{};
  Pace pace_;
  std::uint32_t shift_ = 0;
  std::uint32_t part_begins_ = 0;  // ms
  std::uint64_t part_bytes_ = 0;   // given
  net::Clock::time_point grew_{};  // when something was read last
};

}  // namespace labnet::rtmp_server
