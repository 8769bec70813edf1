#include "common/net/ready_set.hpp"

#include <sys/socket.h>

#include <thread>

#include "tests/common/net/run_task.hpp"

namespace labnet::net {
namespace {

using namespace std::chrono_literals;

/// A pair of datagram sockets: what is sent into one is ready at the other.
struct Watched final : ReadySet::Watcher {
  explicit Watched(std::function<void(Watched&)> callback = {}) : on_call{std::move(callback)} {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    own = FileDescriptor{ends[0]};
    far = FileDescriptor{ends[1]};
  }
  void on_ready() override {
    ++calls;
    char byte = 0;
    if (::recv(own.get(), &byte, 1, 0) == 1) ++taken;
    if (on_call) on_call(*this);
  }
  void send(int count = 1) const {
    for (int i = 0; i < count; ++i) ASSERT_EQ(::send(far.get(), "x", 1, 0), 1);
  }

  FileDescriptor own;
  FileDescriptor far;
  int calls = 0;
  int taken = 0;
  std::function<void(Watched&)> on_call;
};

/// Runs until `stop` is called by a watcher.
struct SetOnARuntime {
  explicit SetOnARuntime(std::chrono::milliseconds drain = 5s)
      : runtime{{.workers = 1, .drain = drain}}, set{*ReadySet::make(runtime.workers().front())} {}
  Worker& worker() { return runtime.workers().front(); }

  Runtime runtime;
  std::unique_ptr<ReadySet> set;
};

TEST(ReadySet, CallsForAsLongAsThereIsMore) {
  SetOnARuntime here;
  constexpr int datagrams = 5;  // one is taken at each call
  Watched watched{[&](Watched& own) {
    if (own.taken == datagrams) here.runtime.stop();
  }};
  ASSERT_TRUE(here.set->add(watched.own.get(), watched));
  watched.send(datagrams);
  here.runtime.run();
  EXPECT_EQ(watched.calls, datagrams) << "and not once more";
}

TEST(ReadySet, GivesEachItsTurn) {
  SetOnARuntime here;
  std::vector<int> order;
  Watched busy{[&](Watched&) { order.push_back(1); }};
  Watched calm{[&](Watched&) {
    order.push_back(2);
    here.runtime.stop();
  }};
  ASSERT_TRUE(here.set->add(busy.own.get(), busy));
  ASSERT_TRUE(here.set->add(calm.own.get(), calm));
  busy.send(6);
  calm.send();
  here.runtime.run();
  ASSERT_GE(order.size(), 2u);
  EXPECT_TRUE(order[0] == 2 || order[1] == 2) << "after one of the other's at most";
}

TEST(ReadySet, LeavesTheWorkerToItsOtherWork) {
  SetOnARuntime here;
  Watched endless{[&](Watched& own) { own.send(); }};
  ASSERT_TRUE(here.set->add(endless.own.get(), endless));
  endless.send();
  int posted = 0;
  std::function<void()> again = [&] {
    if (++posted == 3) return here.runtime.stop();
    here.worker().post(again);
  };
  here.worker().post(again);
  here.runtime.run();
  EXPECT_EQ(posted, 3);
  EXPECT_LT(endless.calls, 100);
}

TEST(ReadySet, WaitsForWhatComesLater) {
  SetOnARuntime here;
  Watched watched{[&](Watched& own) {
    if (own.taken == 3) here.runtime.stop();
  }};
  ASSERT_TRUE(here.set->add(watched.own.get(), watched));
  const std::jthread sender{[&] {
    for (int i = 0; i < 3; ++i) {
      std::this_thread::sleep_for(20ms);
      watched.send();
    }
  }};
  here.runtime.run();
  EXPECT_EQ(watched.taken, 3);
}

TEST(ReadySet, ForgetsWhatIsRemovedWhileOthersAreCalled) {
  SetOnARuntime here;
  std::vector<std::unique_ptr<Watched>> all;
  int calls = 0;
  for (int i = 0; i < 3; ++i) {
    all.push_back(std::make_unique<Watched>([&](Watched& own) {
      ++calls;
      for (auto& one : all) {  // all are ready: whoever is called first removes the others
        if (one.get() == &own) continue;
        here.set->remove(one->own.get(), *one);
        one.reset();
      }
      std::erase(all, nullptr);
      here.set->remove(own.own.get(), own);
      here.worker().post([&] { here.runtime.stop(); });
    }));
    ASSERT_TRUE(here.set->add(all.back()->own.get(), *all.back()));
  }
  for (const auto& one : all) one->send();
  here.runtime.run();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(here.set->size(), 0u);
}

TEST(ReadySet, TellsOfAnEndAsOfSomethingToRead) {
  SetOnARuntime here;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  Watched watched{[&](Watched&) { here.runtime.stop(); }};
  watched.own = FileDescriptor{ends[0]};
  ASSERT_TRUE(here.set->add(watched.own.get(), watched));
  ::close(ends[1]);
  here.runtime.run();
  EXPECT_GE(watched.calls, 1);
}

TEST(ReadySet, HoldsUpNoEndWhetherEmptyOrNot) {
  for (const bool is_empty : {true, false}) {
    SetOnARuntime here;
    Watched watched;
    ASSERT_TRUE(here.set->add(watched.own.get(), watched));
    if (is_empty) here.set->remove(watched.own.get(), watched);
    here.worker().post([&] { here.runtime.stop(); });
    const auto begin = std::chrono::steady_clock::now();
    here.runtime.run();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  }
}

TEST(ReadySet, CanBeFilledAgainAfterItWasEmpty) {
  SetOnARuntime here;
  Watched watched{[&](Watched&) { here.runtime.stop(); }};
  here.worker().post([&] {
    ASSERT_TRUE(here.set->add(watched.own.get(), watched));
    here.set->remove(watched.own.get(), watched);
    ASSERT_TRUE(here.set->add(watched.own.get(), watched));
    watched.send();
  });
  here.runtime.run();
  EXPECT_EQ(watched.taken, 1);
}

TEST(ReadySet, MayGoWhileItIsWaitedFor) {
  SetOnARuntime here;
  Watched watched;
  here.worker().post([&] {
    ASSERT_TRUE(here.set->add(watched.own.get(), watched));
    watched.send();
    here.set.reset();
    here.worker().post([&] { here.runtime.stop(); });
  });
  here.runtime.run();
  EXPECT_EQ(watched.calls, 0);
}

TEST(ReadySet, RefusesWhatCannotBeWaitedFor) {
  SetOnARuntime here;
  Watched watched;
  EXPECT_FALSE(here.set->add(-1, watched));
  EXPECT_EQ(here.set->size(), 0u);
  ASSERT_TRUE(here.set->add(watched.own.get(), watched));
  EXPECT_FALSE(here.set->add(watched.own.get(), watched)) << "twice";
  EXPECT_EQ(here.set->size(), 1u);
}

TEST(ReadySet, KnowsWhenItsWatchersWereFoundReady) {
  SetOnARuntime here;
  ReadySet::Time at{};
  Watched watched{[&](Watched&) {
    at = here.set->now();
    here.runtime.stop();
  }};
  ASSERT_TRUE(here.set->add(watched.own.get(), watched));
  const auto before = std::chrono::steady_clock::now();
  watched.send();
  here.runtime.run();
  EXPECT_GE(at, before);
  EXPECT_LE(at, std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace labnet::net
