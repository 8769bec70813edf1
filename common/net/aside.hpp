// A worker beside those of a runtime, with a thread of its own: for what watches over them, which must not hold them up
// nor be held up by them. It answers before they begin, and until the last of them has ended.
//
//   net::Aside aside{runtime};
//   aside.worker().spawn(watch(aside.worker()));
//   aside.begin();
//   runtime.run();
#pragma once

#include <chrono>
#include <optional>
#include <thread>

#include "common/net/runtime.hpp"

namespace labnet::net {

class Aside {
 public:
  /// How long its own tasks may go on once the workers have ended.
  static constexpr std::chrono::milliseconds drain{100};

  /// Must not outlive the runtime.
  explicit Aside(Runtime& runtime);
  ~Aside();
  Aside(const Aside&) = delete;

  /// None of the runtime's. Its calls that block are made in place.
  Worker& worker() { return worker_; }
  /// Once: from now on the worker's functions are for its own thread.
  void begin();
  /// Its thread ends, and the tasks that are left are destroyed. Happens by itself once the runtime's workers have
  /// ended, and before that if it goes earlier.
  void end();

 private:
  Helpers helpers_{0, 0};
  Worker worker_;
  std::optional<std::jthread> thread_;
  bool has_ended_ = false;
  Runtime::Registration on_end_;
};

}  // namespace labnet::net
