// Streams kept as FLV files.
//
// While a stream is published its file is ".NAME.flv.part", which any player that knows FLV can play; it is
// "NAME.flv" from the end of the stream on. What a crash has left with the first name gets the second one when the
// service starts again, cut behind its last whole message.
//
// NAME is application-name-time, or application-time where the key alone names the stream: no key stands in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/files/jail.hpp"
#include "common/files/upload.hpp"
#include "common/net/deadline.hpp"
#include "common/net/runtime.hpp"
#include "servers/rtmp/media.hpp"

namespace labnet::rtmp_server {

/// "live-camera-20260131T120000Z", the first of its second. Octets that do not go into names of files become "_".
std::string recording_name(const std::string& app, const std::string& stream, std::chrono::sys_seconds began);

/// Of one publisher. All is done on his worker, and what the disk may hold up on threads for that.
class Recorder : public std::enable_shared_from_this<Recorder> {
 public:
  /// name  as recording_name gives it
  static std::shared_ptr<Recorder> begin(net::Worker& worker, files::Jail folder, std::string name);
  Recorder(net::Worker& worker, files::Jail folder, std::string name);
  Recorder(Recorder&&) = delete;

  /// A fault of the disk ends the recording, with a line in the log; the stream goes on.
  void take(const std::vector<SharedMedia>& media);
  /// The file gets its name once all is written.
  void end();

 private:
  net::Task<void> run();
  net::Task<bool> open();
  net::Task<bool> write_waiting();
  net::Task<void> publish();
  void give_up(const std::string& why);

  using Timer = net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor>;

  net::Worker& worker_;
  files::Jail folder_;
  std::string name_;
  std::string path_{};  // as it will be: "/live-camera-20260131T120000Z.flv"
  std::optional<files::Upload> file_{};
  Buffer waiting_{};  // to be written
  Timer timer_;
  std::optional<std::uint32_t> first_timestamp_{};
  bool has_audio_ = false, has_video_ = false;
  bool has_ended_ = false;
  bool has_failed_ = false;
};

/// Gives what a crash has left its name. What another process is writing stays.
/// returns  how many there were
std::size_t complete_recordings(const files::Jail& folder);

}  // namespace labnet::rtmp_server
