// The event loops of a program: one thread and one io_context per worker, signals, and how it all ends.
//
//   net::Runtime runtime{2};
//   for (auto& worker : runtime.workers()) worker.spawn(serve(worker));
//   runtime.run();  // until SIGTERM, SIGINT or stop()
//
// What a worker spawns stays on that worker's thread: nothing that one worker alone uses needs a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/net/counts.hpp"

namespace labnet::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

/// A coroutine of a worker.
template <class T>
using Task = asio::awaitable<T, Executor>;

/// Completion token: `const auto [error, count] = co_await socket.async_receive(buffer, as_result);`
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable_t<Executor>{});

using Callback = std::function<void()>;

/// Functions to call when something happens. While they are called, any of them may be taken back.
class Callbacks {
 public:
  /// Keeps a function in place; takes it back when it goes. Must not outlive the Callbacks.
  class Registration {
   public:
    Registration() = default;
    Registration(Callbacks& owner, Callback callback);
    Registration(Registration&& other) noexcept { swap(other); }
    Registration& operator=(Registration&& other) noexcept {
      Registration{std::move(other)}.swap(*this);
      return *this;
    }
    ~Registration();

   private:
    void swap(Registration& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(place_, other.place_);
    }
    Callbacks* owner_ = nullptr;
    std::list<Callback>::iterator place_;
  };

  bool empty() const { return functions_.empty(); }
  void call_all();

 private:
  std::list<Callback> functions_;
  std::list<Callback>::iterator next_ = functions_.end();  // the one to be called next by call_all
};

/// A few threads for calls that a worker must not be held up by. They begin with the first call that needs them.
class HelperThreads {
 public:
  /// count  0: everything is done in place by whoever posts it, one thing after the other
  explicit HelperThreads(unsigned count);
  ~HelperThreads();
  void post(auto&& work) {
    if (count_ == 0) return work();
    ++waiting_;
    asio::post(pool(), [this, job = std::forward<decltype(work)>(work)]() mutable {
      --waiting_;
      job();
    });
  }
  /// From any thread: some work waits for a thread, or for all to end. Whoever has one for long gives it back.
  bool are_wanted() const { return waiting_ > 0 || is_joining_; }
  /// Waits for all that was posted.
  void join();
  /// Waits for what has begun. The rest is thrown away, and what waits for it never goes on.
  void give_up();

 private:
  asio::thread_pool& pool();

  const unsigned count_;
  std::atomic<int> waiting_ = 0;
  std::atomic<bool> is_joining_ = false;
  std::mutex mutex_;
  std::unique_ptr<asio::thread_pool> pool_;
};

/// Those of a runtime, for two kinds of calls that are not to wait for each other.
struct Helpers {
  static constexpr unsigned blocking_threads = 8;
  /// Half of the cores at most, so that the workers have the other half.
  static constexpr unsigned computing_threads_max = 4;

  Helpers();
  Helpers(unsigned blocking_count, unsigned computing_count) : blocking{blocking_count}, computing{computing_count} {}
  HelperThreads blocking;   // that wait for a disk
  HelperThreads computing;  // that take the time of a processor, such as a hash that is meant to be slow
};

/// One thread's event loop. Its functions are called on its own thread, or before Runtime::run; `post` from anywhere.
class Worker {
 public:
  using Registration = Callbacks::Registration;

  Worker(unsigned index, Helpers& helpers);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  unsigned index() const { return index_; }
  asio::io_context& context() { return context_; }
  Executor executor() { return context_.get_executor(); }

  /// Runs a task until it ends. An exception that leaves it is logged and ends this task alone.
  void spawn(Task<void> task);
  /// From any thread: `callback` is called on this worker's thread.
  void post(Callback callback);

  /// Calls `work` on a thread for what blocks and returns what it returns, which must not be void. What `work` refers
  /// to lives until then if the caller's coroutine holds it. Works that take long hold up other ones: one that has
  /// lasted some tens of milliseconds had better ask whether its thread `is_thread_wanted`, return, and be called
  /// again.
  template <class Work>
  Task<std::invoke_result_t<Work&>> run_blocking(Work work) {
    return run_on(helpers_.blocking, std::move(work));
  }
  /// From any thread.
  bool is_thread_wanted() const { return helpers_.blocking.are_wanted(); }
  /// The same for what computes and waits for nothing. It may take longer: works of this kind hold up only each other.
  /// Those that have not begun when the runtime ends never do.
  template <class Work>
  Task<std::invoke_result_t<Work&>> run_computing(Work work) {
    return run_on(helpers_.computing, std::move(work));
  }

  /// Called once when the program is to end: close what listens, so that the worker runs out of work.
  [[nodiscard]] Registration on_stop(Callback callback) { return {stop_callbacks_, std::move(callback)}; }
  /// Called at SIGHUP: read the configuration again.
  [[nodiscard]] Registration on_reload(Callback callback) { return {reload_callbacks_, std::move(callback)}; }
  /// True from the first on_stop callback on.
  bool is_stopping() const { return stopping_; }

  /// What it and whoever it serves have counted.
  Counts& counts() { return counts_; }
  const Counts& counts() const { return counts_; }
  /// From any thread: its thread does nothing more, and all that it has done is seen by who asks.
  bool has_ended() const { return ended_.load(std::memory_order_acquire); }

 private:
  friend class Runtime;
  friend class Aside;

  /// Lets the tasks that are left be destroyed while what they refer to still lives.
  struct Context : asio::io_context {
    Context() : asio::io_context{1} {}
    void destroy_tasks() { shutdown(); }
  };

  template <class Work>
  Task<std::invoke_result_t<Work&>> run_on(HelperThreads& threads, Work work);
  void run(std::chrono::milliseconds drain);
  void stop();
  void reload();

  unsigned index_;
  Helpers& helpers_;
  bool stopping_ = false;
  std::atomic<bool> ended_ = false;
  Counts counts_;
  Callbacks stop_callbacks_;
  Callbacks reload_callbacks_;
  Context context_;
};

struct RuntimeOptions {
  unsigned workers = 1;
  /// How long open connections may go on once the program is to end. With nothing open it ends at once.
  std::chrono::milliseconds drain{500};
};

/// How many descriptors this process may have: the system's hard limit, once a runtime has been made.
std::size_t descriptors_max();

class Runtime {
 public:
  /// Ignores SIGPIPE and raises the limit of open descriptors as far as the system allows: a server has many sockets.
  explicit Runtime(const RuntimeOptions& options = {});
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// At least one. Worker 0 has the thread that calls `run`, the others one each.
  std::deque<Worker>& workers() { return workers_; }

  /// Returns when every worker has ended, by stop(), SIGTERM or SIGINT; SIGHUP reloads, SIGPIPE is ignored.
  /// A second SIGTERM or SIGINT ends the process in the system's way. Tasks that are left at the end of the drain are
  /// destroyed, so that whatever they refer to needs to live only until `run` returns. Once only.
  void run();
  /// From any thread.
  void stop();
  /// From any thread: what SIGHUP does.
  void reload();

  using Registration = Callbacks::Registration;
  /// Called by `run` once every worker has ended, before the tasks that are left are destroyed.
  [[nodiscard]] Registration on_end(Callback callback) { return {end_callbacks_, std::move(callback)}; }

 private:
  Task<void> handle_signals();

  struct Signals;
  RuntimeOptions options_;
  bool had_terminal_;  // when it was made
  Callbacks end_callbacks_;
  Helpers helpers_;
  std::deque<Worker> workers_;
  std::unique_ptr<Signals> signals_;
};

template <class Work>
Task<std::invoke_result_t<Work&>> Worker::run_on(HelperThreads& threads, Work work) {
  using Value = std::invoke_result_t<Work&>;
  constexpr asio::use_awaitable_t<Executor> token{};
  auto value = co_await asio::async_initiate<decltype(token), void(std::exception_ptr, std::optional<Value>)>(
      [](auto handler, HelperThreads& helpers, Executor executor, Work job) {
        helpers.post([guard = asio::make_work_guard(executor), handler = std::move(handler),
                      job = std::move(job)]() mutable {
          std::exception_ptr escaped;
          std::optional<Value> found;
          try {
            found.emplace(job());
          } catch (...) {
            escaped = std::current_exception();
          }
          asio::post(guard.get_executor(), [handler = std::move(handler), escaped, found = std::move(found)]() mutable {
            std::move(handler)(escaped, std::move(found));
          });
        });
      },
      token, std::ref(threads), executor(), std::move(work));
  co_return *std::move(value);
}

/// For a program that does one thing and ends: runs the task that `make` gives, on the calling thread.
/// drain    how long the task may take to end once SIGTERM or SIGINT has come, of which Worker::on_stop tells it
/// returns  what came of it; nothing if that was not in time, or if an exception left it
template <class T>
std::optional<T> run_to_end(const std::function<Task<T>(Worker&)>& make,
                            std::chrono::milliseconds drain = std::chrono::milliseconds{0}) {
  std::optional<T> outcome;
  Runtime runtime{{.workers = 1, .drain = drain}};
  auto& worker = runtime.workers().front();
  worker.spawn([](auto& all, auto& own_worker, auto& task, auto& out) -> Task<void> {
    // However it ends, the runtime ends with it.
    const std::unique_ptr<Runtime, void (*)(Runtime*)> end{&all, [](Runtime* one) { one->stop(); }};
    auto value = co_await task(own_worker);
    out.emplace(std::move(value));
  }(runtime, worker, make, outcome));
  runtime.run();
  return outcome;
}

}  // namespace labnet::net
