// A question to all workers of a runtime, from a thread that is none of theirs.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/net/runtime.hpp"
#include "common/net/wakeup.hpp"

namespace labnet::net {

/// Calls `ask` on each worker's own thread, between two things that it does anyway. A worker that has ended is asked in
/// place: nobody else has it then.
///
/// asking   on whose thread this is awaited: an Aside's
/// ask      outlives the runtime's run; of what it returns nothing belongs to the worker
/// returns  an answer of each worker, in their order; nothing where there was none in time
template <class T>
Task<std::vector<std::optional<T>>> ask_workers(Worker& asking, std::deque<Worker>& workers,
                                                std::function<T(Worker&)> ask, Timeout patience) {
  struct Answers {
    explicit Answers(Worker& asking_, std::size_t count) : wakeup{asking_.executor()}, all(count) {}
    bool are_complete() const {
      return std::ranges::all_of(all, [](const auto& one) { return one.has_value(); });
    }
    Wakeup wakeup;
    std::vector<std::optional<T>> all;
  };
  const auto answers = std::make_shared<Answers>(asking, workers.size());
  for (std::size_t i = 0; i < workers.size(); ++i) {
    // Not to be held by a worker even for a moment: it might be the last to do so.
    workers[i].post([&asking, &worker = workers[i], ask, i, weak = std::weak_ptr{answers}] {
      asking.post([weak, i, answer = ask(worker)]() mutable {
        const auto waiting = weak.lock();
        if (!waiting) return;
        waiting->all[i] = std::move(answer);
        waiting->wakeup.wake();
      });
    });
  }
  constexpr std::chrono::milliseconds look_interval{20};  // whether a worker has ended
  const auto until = deadline_after(patience);
  while (!answers->are_complete() && Clock::now() < until) {
    co_await answers->wakeup.wait(std::min(until, deadline_after(look_interval)));
    for (std::size_t i = 0; i < workers.size(); ++i) {
      if (!answers->all[i] && workers[i].has_ended()) answers->all[i] = ask(workers[i]);
    }
  }
  co_return std::move(answers->all);
}

}  // namespace labnet::net
