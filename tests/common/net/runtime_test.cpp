#include "common/net/runtime.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include <boost/asio/steady_timer.hpp>

#include "tests/common/net/run_task.hpp"

namespace labnet::net {
namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

Task<void> wait_for_ever(Worker& worker) {
  Timer timer{worker.executor(), std::chrono::hours{1}};
  co_await timer.async_wait(as_result);
}

/// Tells that it is gone.
struct Guard {
  bool& gone;
  ~Guard() { gone = true; }
};

TEST(Runtime, EndsATaskByItsExceptionAndGoesOn) {
  bool other_ran = false;
  run_task([&](Worker& worker) -> Task<void> {
    worker.spawn([]() -> Task<void> {
      throw std::runtime_error{"on purpose"};
      co_return;
    }());
    co_await asio::post(worker.executor(), as_result);
    other_ran = true;
  });
  EXPECT_TRUE(other_ran);
}

TEST(Runtime, MayHaveAsManyDescriptorsAsTheSystemAllows) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{std::min<rlim_t>(before.rlim_max, 64), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const Runtime runtime;
  EXPECT_EQ(descriptors_max(), before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Runtime, GivesEachWorkerAThreadAndTheCallerTheFirst) {
  Runtime runtime{{.workers = 3}};
  std::array<std::thread::id, 3> threads;
  std::atomic<int> seen{0};
  for (auto& worker : runtime.workers()) {
    worker.post([&] {
      threads[worker.index()] = std::this_thread::get_id();
      if (++seen == 3) runtime.stop();
    });
  }
  runtime.run();
  EXPECT_EQ(threads[0], std::this_thread::get_id());
  EXPECT_NE(threads[1], threads[0]);
  EXPECT_NE(threads[2], threads[1]);
}

TEST(Runtime, DestroysATaskThatIsLeftAfterTheDrain) {
  Runtime runtime{{.workers = 1, .drain = std::chrono::milliseconds{1}}};
  auto& worker = runtime.workers().front();
  bool gone = false;
  worker.spawn([](Worker& on, bool& flag) -> Task<void> {
    const Guard guard{flag};
    co_await wait_for_ever(on);
  }(worker, gone));
  runtime.stop();
  runtime.run();
  EXPECT_TRUE(gone);
}

TEST(Runtime, LetsATaskFinishDuringTheDrain) {
  Runtime runtime{{.workers = 1, .drain = test_limit}};
  auto& worker = runtime.workers().front();
  Timer timer{worker.executor(), std::chrono::hours{1}};
  bool finished = false;
  worker.spawn([](Timer& on, bool& flag) -> Task<void> {
    co_await on.async_wait(as_result);
    flag = true;
  }(timer, finished));
  const auto registration = worker.on_stop([&] { worker.post([&] { timer.cancel(); }); });
  runtime.stop();
  runtime.run();
  EXPECT_TRUE(finished);
}

TEST(Runtime, CallsNoCallbackThatWasTakenBackMeanwhile) {
  Runtime runtime;
  auto& worker = runtime.workers().front();
  Worker::Registration second;
  int calls = 0;
  auto first = worker.on_stop([&] {
    ++calls;
    second = {};
  });
  second = worker.on_stop([&] { ++calls; });
  runtime.stop();
  runtime.run();
  EXPECT_EQ(calls, 1);
}

TEST(Runtime, IsNotStoppingUntilItIs) {
  Runtime runtime;
  auto& worker = runtime.workers().front();
  bool during = false;
  const auto registration = worker.on_stop([&] { during = worker.is_stopping(); });
  EXPECT_FALSE(worker.is_stopping());
  runtime.stop();
  runtime.run();
  EXPECT_TRUE(during);
}

/// A process that tells "ready", then "reload" and "stop" as they come; a task holds it up if asked to.
int run_service(int out, std::chrono::milliseconds drain, bool with_task) {
  Runtime runtime{{.workers = 2, .drain = drain}};
  auto& worker = runtime.workers().back();  // the one that does not handle signals
  const auto on_reload = worker.on_reload([&] { tell(out, "reload"); });
  const auto on_stop = worker.on_stop([&] { tell(out, "stop"); });
  if (with_task) worker.spawn(wait_for_ever(worker));
  worker.post([&] { tell(out, "ready"); });
  runtime.run();
  return 7;
}

TEST(RuntimeProcess, ReloadsAtSighupAndEndsAtSigterm) {
  Child child{[](int out) { return run_service(out, test_limit * 6, false); }};
  ASSERT_EQ(child.read_line(), "ready");
  child.signal(SIGHUP);
  EXPECT_EQ(child.read_line(), "reload");
  child.signal(SIGTERM);
  EXPECT_EQ(child.read_line(), "stop");
  const auto status = child.wait();  // at once: nothing is open, though the drain might take a minute
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(RuntimeProcess, EndsThoughATaskNeverDoes) {
  Child child{[](int out) { return run_service(out, std::chrono::milliseconds{20}, true); }};
  ASSERT_EQ(child.read_line(), "ready");
  child.signal(SIGINT);
  EXPECT_EQ(child.read_line(), "stop");
  const auto status = child.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(RuntimeProcess, EndsByASecondSignalDuringTheDrain) {
  Child child{[](int out) {
    Runtime runtime{{.workers = 1, .drain = test_limit * 6}};
    auto& worker = runtime.workers().front();
    worker.spawn(wait_for_ever(worker));
    const auto on_stop = worker.on_stop([&] { worker.post([&] { tell(out, "drains"); }); });
    worker.post([&] { tell(out, "ready"); });
    runtime.run();
    return 7;
  }};
  ASSERT_EQ(child.read_line(), "ready");
  child.signal(SIGTERM);
  ASSERT_EQ(child.read_line(), "drains");
  child.signal(SIGTERM);
  const auto status = child.wait();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

}  // namespace
}  // namespace labnet::net
