// Many descriptors of one worker, each with little to do but often: waited for together, at the price of one.
//
//   worker's own loop --- one descriptor ---> epoll set ---+--- socket -> Watcher::on_ready
//                                                          +--- socket -> Watcher::on_ready
//
// A wait of Asio's is an operation that is made, queued and called back for each socket each time. Here the loop waits
// for the set; then all that is ready is asked for in one call, as often as there is something.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

/// Used on its worker's thread alone, or before Runtime::run. Keeps the worker from ending only while it has members,
/// and only until the worker is to stop: then it waits no more.
class ReadySet {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// One descriptor's. It may be taken out while any watcher is called, itself included.
  class Watcher {
   public:
    /// There is something to be read, or an error to be fetched. Take a little and return: as long as more is there it
    /// is called again, after the others have had their turn.
    virtual void on_ready() = 0;

   protected:
    ~Watcher() = default;
  };

  static Result<std::unique_ptr<ReadySet>> make(Worker& worker);
  ~ReadySet();
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  /// Neither is owned. Both must live until `remove`, and the descriptor stay open.
  /// returns  false if the system refuses; then there is nothing to remove
  bool add(int descriptor, Watcher& watcher);
  void remove(int descriptor, Watcher& watcher);
  std::size_t size() const { return size_; }

  /// When the watchers that are being called were found ready: one look at the clock for all of them.
  Time now() const { return now_; }

 private:
  /// How many are called between two looks, and how many looks there are before the worker's other work has its turn.
  static constexpr std::size_t batch_max = 128;
  static constexpr int batches_per_turn_max = 8;

  class Wait;

  ReadySet(Worker& worker, FileDescriptor set);
  void wait();
  void take_turn();
  bool call_batch();
  void stop();

  std::shared_ptr<Wait> wait_;  // outlives this where a wait that was given up has yet to be called back
  std::array<epoll_event, batch_max> events_;
  std::span<epoll_event> left_;  // of them: to be called yet
  std::size_t size_ = 0;
  Time now_{};
  bool is_waiting_ = false;
  bool is_stopped_ = false;
  Worker::Registration on_stop_;
};

}  // namespace labnet::net
