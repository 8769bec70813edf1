#include "servers/sip/media_shard.hpp"

#include <algorithm>
#include <utility>

namespace labnet::sip_server {
namespace {

constexpr std::chrono::milliseconds frame_time{20};

/// Often enough to keep to the times of reports, and seldom enough to cost nothing.
std::chrono::milliseconds time_between_looks(std::chrono::milliseconds report_interval) {
  return std::clamp(report_interval / 20, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

MediaReports::Instant this_instant() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

}  // namespace

Ticker::Ticker(net::Worker& worker, std::chrono::milliseconds interval, std::function<void()> tick)
    : interval_{interval}, tick_{std::move(tick)}, timer_{worker.executor()} {}

void Ticker::start() {
  if (is_running_) return;
  is_running_ = true;
  timer_.expires_after(interval_);
  wait();
}

void Ticker::stop() {
  is_running_ = false;
  ++run_;
  timer_.cancel();
}

void Ticker::wait() {
  timer_.async_wait([this, run = run_](const boost::system::error_code& error) {
    if (!error && run == run_) on_due();
  });
}

void Ticker::on_due() {
  const auto run = run_;
  tick_();
  if (run != run_) return;
  // After a worker that was held up there are a few ticks at once, but what is too late for anybody is left out.
  constexpr int behind_max = 5;
  const auto next = timer_.expiry() + interval_;
  const auto now = std::chrono::steady_clock::now();
  timer_.expires_at(now - next > behind_max * interval_ ? now : next);
  wait();
}

Result<std::unique_ptr<MediaShard>> MediaShard::make(net::Worker& worker, const MediaConfig& config,
                                                     const MediaSounds& sounds, const PortPool& ports) {
  auto set = net::ReadySet::make(worker);
  if (!set) return set.error();
  return std::unique_ptr<MediaShard>{new MediaShard{worker, config, sounds, ports, *std::move(set)}};
}

MediaShard::MediaShard(net::Worker& worker, const MediaConfig& config, const MediaSounds& sounds, const PortPool& ports,
                       std::unique_ptr<net::ReadySet> set)
    : worker_{worker},
      port_linger_{config.port_linger},
      sounds_{sounds},
      ports_{ports},
      set_{std::move(set)},
      frames_{worker, frame_time, [this] { play_frames(); }},
      reports_{worker, time_between_looks(config.report_interval), [this] { send_reports(); }},
      on_stop_{worker.on_stop([this] { close_all(); })} {}

void MediaShard::add(const std::shared_ptr<MediaCall>& call) {
  if (worker_.is_stopping() || !call->join(*set_, totals_)) return call->close(this_instant());
  calls_.emplace(call.get(), call);
  reports_.start();
}

void MediaShard::play(MediaCall& call, Side to, Announcement what) {
  if (!calls_.contains(&call)) return;
  call.play(to, what);
  if (call.is_playing()) {
    playing_.insert(&call);
    frames_.start();
  } else {
    forget_playing(call);
  }
}

void MediaShard::forget_playing(MediaCall& call) {
  playing_.erase(&call);
  if (playing_.empty()) frames_.stop();
}

void MediaShard::remove(MediaCall& call) {
  const auto found = calls_.find(&call);
  if (found == calls_.end()) return;
  forget_playing(call);
  const auto now = this_instant();
  call.end(now);
  ended_.push_back({found->second, now.time + port_linger_});
  calls_.erase(found);
  close_ended(now.time);
}

void MediaShard::close_ended(rtp::Time now) {
  while (!ended_.empty() && (ended_.front().close_at <= now || ports_.is_short())) {
    ended_.front().call->close(this_instant());
    ended_.pop_front();
  }
  if (calls_.empty() && ended_.empty()) reports_.stop();
}

void MediaShard::play_frames() {
  const auto now = std::chrono::steady_clock::now();
  for (auto* const call : playing_) call->play_frame(now, sounds_);
}

void MediaShard::send_reports() {
  const auto now = this_instant();
  for (const auto& [ignored, call] : calls_) call->report(now);
  close_ended(now.time);
}

void MediaShard::close_all() {
  const auto now = this_instant();
  for (const auto& [ignored, call] : calls_) call->close(now);
  for (const auto& one : ended_) one.call->close(now);
  calls_.clear();
  ended_.clear();
  playing_.clear();
  frames_.stop();
  reports_.stop();
}

}  // namespace labnet::sip_server
