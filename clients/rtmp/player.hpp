// Takes a stream as it comes: counts it, measures it, keeps it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "clients/rtmp/recording.hpp"
#include "clients/rtmp/session.hpp"
#include "common/rtmp/command.hpp"
#include "common/rtmp/media.hpp"

namespace labnet::rtmp_client {

struct PlayOptions {
  /// Since the first message of the stream. Of a recording its own time counts: it comes faster than it is played.
  std::optional<std::chrono::milliseconds> duration_max;
  bool is_load = false;         // a recording's time does not count either
  Timeout silence_max{30'000};  // the end if so long nothing comes
  bool until_known = false;     // ends once it is known what the stream has
};

enum class PlayEnd {
  stream_ended,       // the server says so
  connection_closed,  // without a word
  silence,            // PlayOptions::silence_max
  time_over,          // duration_max, or all is known
  stopped,            // the player was told to end
};
std::string_view describe(PlayEnd end);

struct PlayReport {
  using Duration = std::chrono::duration<double, std::milli>;
  struct Latency {
    Duration least{}, greatest{}, sum{};
    std::uint64_t count = 0;
  };
  rtmp::HandshakeKind handshake = rtmp::HandshakeKind::simple;
  std::string server_version;  // as it says
  PlayEnd end = PlayEnd::stopped;
  std::uint64_t audio_messages = 0, video_messages = 0, key_frames = 0, data_messages = 0;
  std::uint64_t audio_bytes = 0, video_bytes = 0;
  std::string audio_codec, video_codec;  // empty: none came
  std::optional<rtmp::Metadata> metadata;
  // Since the connection was asked for:
  std::optional<Duration> first_message, first_key_frame;
  std::optional<std::uint32_t> first_timestamp, last_timestamp;
  bool begins_with_key_frame = false;          // the first video frame was one
  std::optional<Duration> key_frame_interval;  // by timestamps, the longest
  Duration silence_max{};                      // the longest between two messages of audio or video
  std::optional<Latency> latency;              // of streams that tell the time (onFI): as old as they come

  /// By its timestamps.
  std::chrono::milliseconds stream_time() const;
};

class Player {
 public:
  /// What is referred to outlives it. `session` is playing already, asked for at `began`.
  /// recording  null: nothing is kept
  Player(Session& session, PlayOptions options, Clock::time_point began, Recording* recording);

  /// Until the stream's end, the time that was set, or `stop`; then says goodbye.
  /// What has come until then is kept in any case.
  /// faults  the server refuses; it breaks off; nothing comes at all; the recording cannot be written
  Task<Result<PlayReport>> run();
  /// It ends well, as soon as it can.
  void stop();

 private:
  Task<Result<void>> watch();
  Task<Result<bool>> take(const rtmp::Message& message);
  Task<Result<void>> take_media(const rtmp::Message& message);
  Task<Result<void>> take_data(const rtmp::Message& message);
  Task<Result<void>> keep(const rtmp::Message& message, Bytes payload);
  bool is_end(const rtmp::Message& message);
  bool is_behind_duration(const rtmp::Message& message) const;
  void count_video(const rtmp::Message& message);
  void note_time(const rtmp::Message& message);
  bool is_known() const;

  Session& session_;
  PlayOptions options_;
  Clock::time_point began_;
  Recording* recording_;
  PlayReport report_;
  Clock::time_point last_at_{};
  std::optional<std::uint32_t> last_key_frame_;
  std::optional<Error> refusal_;
  bool is_stopped_ = false;
  bool is_time_over_ = false;  // that of a recording
};

}  // namespace labnet::rtmp_client
