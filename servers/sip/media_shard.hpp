// All calls whose media one worker has.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/net/ready_set.hpp"
#include "common/net/runtime.hpp"
#include "servers/sip/media_call.hpp"

namespace labnet::sip_server {

/// Runs a function again and again, at a steady pace, while it is wanted.
class Ticker {
 public:
  Ticker(net::Worker& worker, std::chrono::milliseconds interval, std::function<void()> tick);
  /// Begins, if it has not; the first call is an interval away.
  void start();
  void stop();

 private:
  void wait();
  void on_due();

  using Timer = net::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;
  std::chrono::milliseconds interval_;
  std::function<void()> tick_;
  bool is_running_ = false;
  unsigned run_ = 0;  // how often it was stopped: what was due before is not done
  Timer timer_;
};

/// On its worker's thread, but for what is made and destroyed before and after Runtime::run.
class MediaShard {
 public:
  /// ports  of all shards' calls; it outlives them
  static Result<std::unique_ptr<MediaShard>> make(net::Worker& worker, const MediaConfig& config,
                                                  const MediaSounds& sounds, const PortPool& ports);

  net::Worker& worker() { return worker_; }
  const MediaTotals& totals() const { return totals_; }

  void add(const std::shared_ptr<MediaCall>& call);
  void play(MediaCall& call, Side to, Announcement what);
  void remove(MediaCall& call);

 private:
  MediaShard(net::Worker& worker, const MediaConfig& config, const MediaSounds& sounds, const PortPool& ports,
             std::unique_ptr<net::ReadySet> set);
  void forget_playing(MediaCall& call);
  void play_frames();
  void send_reports();
  void close_ended(rtp::Time now);
  void close_all();

  net::Worker& worker_;
  std::chrono::milliseconds port_linger_;
  const MediaSounds& sounds_;
  const PortPool& ports_;
  MediaTotals totals_;
  std::unique_ptr<net::ReadySet> set_;
  std::unordered_map<MediaCall*, std::shared_ptr<MediaCall>> calls_;
  std::unordered_set<MediaCall*> playing_;
  struct Ended {
    std::shared_ptr<MediaCall> call;
    rtp::Time close_at;
  };
  std::deque<Ended> ended_;  // whose ports are open still, the first to be closed in front
  Ticker frames_;            // of all calls to which something is played
  Ticker reports_;           // looks whether any are due, and closes what has ended
  net::Worker::Registration on_stop_;
};

}  // namespace labnet::sip_server
