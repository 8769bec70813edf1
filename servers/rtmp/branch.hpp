// The players of a stream on one worker, and how what comes is handed out to them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/net/deadline.hpp"
#include "common/net/runtime.hpp"
#include "servers/rtmp/media.hpp"

namespace labnet::rtmp_server {

/// What happens to a stream, as it comes to its players: messages, or its beginning or end.
struct Batch {
  enum class Event : std::uint8_t { media, begins, ends };
  Event event = Event::media;
  std::uint64_t sequence = 0;  // of the event, or of the first message
  std::vector<SharedMedia> media{};
};
using SharedBatch = std::shared_ptr<const Batch>;

/// Who plays a stream. Called on its own worker; must not leave the stream from within.
class Player {
 public:
  /// In their order; at least one.
  virtual void take(std::span<const SharedBatch> batches) = 0;

 protected:
  ~Player() = default;
};

/// Its list is its worker's alone, as are all its functions.
///
/// To send a batch to a few players takes no time worth mentioning, and it is handed out when it comes. Many players
/// make a worker wait between one turn and the next, `merge_share` times as long as the last one took but never longer
/// than `merge_max`: what comes meanwhile goes out together, in one write for each player, which costs hardly more than
/// each part of it alone would.
class Branch : public std::enable_shared_from_this<Branch> {
 public:
  explicit Branch(net::Worker& worker) : worker_{worker}, timer_{worker.executor()} {}
  net::Worker& worker() const { return worker_; }
  void add(Player& player) { players_.push_back(&player); }
  void remove(Player& player) { std::erase(players_, &player); }
  bool empty() const { return players_.empty(); }
  void take(SharedBatch batch);

 private:
  using Timer = net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor>;

  void hand_out();

  net::Worker& worker_;
  std::vector<Player*> players_;
  std::vector<SharedBatch> waiting_;
  net::Clock::time_point next_turn_{};
  Timer timer_;  // runs while something waits
};

}  // namespace labnet::rtmp_server
