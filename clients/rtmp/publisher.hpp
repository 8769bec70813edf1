// Sends an FLV file as a camera would: in its own time, once or over and over.
#pragma once

#include <chrono>
#include <optional>

#include "clients/rtmp/flv_file.hpp"
#include "clients/rtmp/session.hpp"
#include "common/net/runtime.hpp"

namespace labnet::rtmp_client {

struct PublishOptions {
  bool loops = false;                                     // from the beginning again, its time going on
  bool as_fast_as_possible = false;                       // not in its own time
  bool tells_time = false;                                // every second what time it is (onFI), for players to measure
  std::optional<std::chrono::milliseconds> duration_max;  // of the stream; nothing: the file's, or for ever
};

struct PublishReport {
  std::uint64_t audio_messages = 0, video_messages = 0, data_messages = 0;
  std::uint64_t media_bytes = 0;
  std::chrono::milliseconds stream_time{0};  // by its timestamps
  std::chrono::milliseconds wall_time{0};
  std::chrono::milliseconds behind_max{0};  // how much later than due a message went out, at worst
};

class Publisher {
 public:
  /// What is referred to outlives it. `session` is publishing already.
  Publisher(net::Worker& worker, Session& session, FlvFile& file, PublishOptions options);

  /// Until the file's end, the time that was set, or `stop`; then says goodbye.
  /// faults  the server refuses or closes; the file is none
  Task<Result<PublishReport>> run();
  /// It ends well, as soon as it can.
  void stop();

 private:
  /// Where the time of the file stands in that of the stream.
  struct Position {
    std::uint32_t base_ms = 0;  // of the stream, where the file has begun this time
    std::uint32_t last_ms = 0;  // of the stream
  };
  Task<void> listen();
  Task<Result<bool>> wait_until_due(std::uint32_t timestamp);
  Task<Result<void>> send(const rtmp::FlvTag& tag, std::uint32_t timestamp);
  Task<Result<void>> send_all();
  void tell_time(std::uint32_t timestamp);
  void take(const rtmp::Message& message);

  net::Worker& worker_;
  Session& session_;
  FlvFile& file_;
  PublishOptions options_;
  PublishReport report_;
  Position position_;
  Clock::time_point began_{};
  Clock::time_point tells_time_at_{};
  net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor> timer_;
  net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor> listening_;
  std::optional<Error> fault_;  // that the server has told
  bool is_over_ = false;
};

}  // namespace labnet::rtmp_client
