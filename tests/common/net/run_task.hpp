// Runs a task of a test on a runtime of its own, and children for what ends a process.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>

#include "common/base/file_descriptor.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

inline constexpr std::chrono::seconds test_limit{10};

inline Endpoint loopback(std::string scheme, std::uint16_t port = 0) {
  return {std::move(scheme), asio::ip::address_v4::loopback(), port};
}

/// Runs `task` on worker 0 until it ends, then stops the runtime; fails the test if it does not end in time.
inline void run_task(Runtime& runtime, std::function<Task<void>(Worker&)> task) {
  bool has_ended = false;
  auto& worker = runtime.workers().front();
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> limit{
      worker.executor(), test_limit};
  limit.async_wait([&](const boost::system::error_code& error) {
    if (!error) runtime.stop();
  });
  worker.spawn([](auto& body, auto& on, bool& ended, auto& timer, auto& all) -> Task<void> {
    co_await body(on);
    ended = true;
    timer.cancel();
    all.stop();
  }(task, worker, has_ended, limit, runtime));
  runtime.run();
  EXPECT_TRUE(has_ended) << "the task threw or took longer than the limit";
}

inline void run_task(std::function<Task<void>(Worker&)> task) {
  Runtime runtime{{.workers = 1, .drain = std::chrono::milliseconds{50}}};
  run_task(runtime, std::move(task));
}

/// A forked process; killed when the test leaves it behind.
class Child {
 public:
  /// `body` gets the end of a pipe to tell things through; what it returns is the exit status.
  explicit Child(const std::function<int(int tell)>& body) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      ::_exit(body(ends[1]));
    }
    ::close(ends[1]);
    told_ = FileDescriptor{ends[0]};
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number) const { ::kill(pid_, number); }

  /// One line that the child has told, or what came before it ended; empty if the limit passed.
  std::string read_line() {
    std::string line;
    for (;;) {
      pollfd ready{told_.get(), POLLIN, 0};
      char next = 0;
      if (::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{test_limit}.count())) != 1) return {};
      if (::read(told_.get(), &next, 1) != 1 || next == '\n') return line;
      line += next;
    }
  }

  /// As waitpid tells it. The child's end of the pipe closes at its end, which is what is waited for.
  int wait() {
    while (!read_line().empty()) {
    }
    int status = -1;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = -1;
  FileDescriptor told_;
};

inline void tell(int descriptor, std::string line) {
  line += '\n';
  if (::write(descriptor, line.data(), line.size()) < 0) ::_exit(99);
}

}  // namespace labnet::net
