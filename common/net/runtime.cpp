#include "common/net/runtime.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/log/log.hpp"

namespace labnet::net {
namespace {

void log_escaped(const std::exception_ptr& escaped) {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    log::error("a task ended by an exception", {{"exception", error.what()}});
  } catch (...) {
    log::error("a task ended by an exception", {{"exception", "of a type unknown"}});
  }
}

/// A process that is told to end while its standard error is gone, or that writes to a connection the peer has closed,
/// gets an error code, not a signal.
void ignore_sigpipe() {
  std::signal(SIGPIPE, SIG_IGN);
}

void allow_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Else the C library, once it has seen a large block come and go, keeps such blocks in the heap of each thread: a
/// server that has listed large folders some times holds twice the memory that it needs.
void give_large_blocks_back() {
  constexpr int large_bytes = 128 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, large_bytes);
}

bool has_terminal() {
  return static_cast<bool>(FileDescriptor{open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)});
}

}  // namespace

std::size_t descriptors_max() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 0 : limit.rlim_cur;
}

Callbacks::Registration::Registration(Callbacks& owner, Callback callback)
    : owner_{&owner}, place_{owner.functions_.insert(owner.functions_.end(), std::move(callback))} {}

Callbacks::Registration::~Registration() {
  if (owner_ == nullptr) return;
  if (owner_->next_ == place_) ++owner_->next_;
  owner_->functions_.erase(place_);
}

void Callbacks::call_all() {
  next_ = functions_.begin();
  while (next_ != functions_.end()) {
    const auto callback = *next_++;  // a copy: it may take itself back
    callback();
  }
}

HelperThreads::HelperThreads(unsigned count) : count_{count} {}
HelperThreads::~HelperThreads() = default;

asio::thread_pool& HelperThreads::pool() {
  const std::lock_guard lock{mutex_};
  if (!pool_) pool_ = std::make_unique<asio::thread_pool>(count_);
  return *pool_;
}

void HelperThreads::join() {
  is_joining_ = true;
  const std::lock_guard lock{mutex_};
  if (pool_) pool_->join();
}

void HelperThreads::give_up() {
  const std::lock_guard lock{mutex_};
  if (!pool_) return;
  pool_->stop();
  pool_->join();
  pool_.reset();  // with all that has not begun, while the workers that wait for it live
}

Helpers::Helpers()
    : blocking{blocking_threads},
      computing{std::clamp(std::thread::hardware_concurrency() / 2, 1u, computing_threads_max)} {}

Worker::Worker(unsigned index, Helpers& helpers) : index_{index}, helpers_{helpers} {}

void Worker::spawn(Task<void> task) {
  asio::co_spawn(executor(), std::move(task), log_escaped);
}

void Worker::post(Callback callback) {
  asio::post(executor(), std::move(callback));
}

void Worker::run(std::chrono::milliseconds drain) {
  {
    const auto guard = asio::make_work_guard(context_);
    context_.run();  // until stop()
  }
  context_.restart();
  context_.run_for(drain);
  ended_.store(true, std::memory_order_release);
}

void Worker::stop() {
  if (stopping_) return;
  stopping_ = true;
  stop_callbacks_.call_all();
  context_.stop();  // ends the first part of run(); the second one drains
}

void Worker::reload() {
  if (!stopping_) reload_callbacks_.call_all();
}

struct Runtime::Signals {
  explicit Signals(asio::io_context& context) : set{context, SIGTERM, SIGINT, SIGHUP} {}

  asio::basic_signal_set<Executor> set;
  Callbacks::Registration on_stop;
};

Runtime::Runtime(const RuntimeOptions& options) : options_{options}, had_terminal_{has_terminal()} {
  ignore_sigpipe();
  allow_all_descriptors();
  give_large_blocks_back();
  for (unsigned i = 0; i < std::max(1u, options.workers); ++i) workers_.emplace_back(i, helpers_);
  auto& first = workers_.front();
  signals_ = std::make_unique<Signals>(first.context());
  signals_->on_stop = first.on_stop([this] {
    signals_->set.clear();
    signals_->set.cancel();
  });
  first.spawn(handle_signals());
}

Runtime::~Runtime() = default;

void Runtime::run() {
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      threads.emplace_back([this, i] { workers_[i].run(options_.drain); });
    }
    workers_.front().run(options_.drain);
  }
  helpers_.blocking.join();  // what is done there still belongs to tasks
  helpers_.computing.give_up();
  end_callbacks_.call_all();
  for (auto& worker : workers_) worker.context_.destroy_tasks();
}

void Runtime::stop() {
  for (auto& worker : workers_) worker.post([&worker] { worker.stop(); });
}

void Runtime::reload() {
  for (auto& worker : workers_) worker.post([&worker] { worker.reload(); });
}

Task<void> Runtime::handle_signals() {
  for (;;) {
    const auto [error, signal] = co_await signals_->set.async_wait(as_result);
    if (error) co_return;
    // The system sends SIGHUP as well, to what was started at a terminal that is gone.
    if (signal == SIGHUP && (!had_terminal_ || has_terminal())) {
      log::info("reloads", {{"signal", "SIGHUP"}});
      reload();
    } else {
      log::info("ends", {{"signal", signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "SIGHUP"}});
      stop();
    }
  }
}

}  // namespace labnet::net
