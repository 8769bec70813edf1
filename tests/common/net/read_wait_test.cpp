// Waits for what comes on a connection: what has come in front of one, what comes within it, and all that ends it.
#include "common/net/read_wait.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "common/net/pause.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace {
std::atomic<int> epoll_ctl_calls{0};
}

#ifndef __SANITIZE_THREAD__  // which needs to see the calls itself
/// In place of the C library's.
extern "C" int epoll_ctl(int set, int what, int descriptor, epoll_event* event) noexcept {
  ++epoll_ctl_calls;
  return static_cast<int>(::syscall(SYS_epoll_ctl, set, what, descriptor, event));
}
#endif

namespace labnet::net {
namespace {

using namespace std::chrono_literals;

/// A connection whose far end is a bare socket: what it does reaches the kernel before anything else runs here.
struct BareEnds {
  Stream own;
  FileDescriptor far;

  void send(std::string_view text, int flags = 0) const {
    EXPECT_EQ(::send(far.get(), text.data(), text.size(), flags | MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  void end() const { ::shutdown(far.get(), SHUT_WR); }
  /// By RST.
  void break_off() {
    const linger at_once{1, 0};
    ::setsockopt(far.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    far.reset();
  }
};

Task<BareEnds> bare_ends(Worker& worker) {
  auto listener = Listener::open(worker, loopback("tcp"));
  FileDescriptor far{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = (*listener)->local().tcp();
  EXPECT_EQ(::connect(far.get(), address.data(), static_cast<socklen_t>(address.size())), 0);
  auto own = co_await (*listener)->accept_one(test_limit);
  co_return BareEnds{std::move(*own), std::move(far)};
}

/// What the next read has: its text, or the fault.
Task<std::string> read(Stream& stream, Timeout timeout = test_limit) {
  std::array<std::byte, 100> room;
  const auto count = co_await stream.read_some(room, timeout);
  co_return count ? std::string{as_text(Bytes{room}.first(*count))} : std::string{describe(count.error())};
}

/// Does something once the reader waits.
Task<bool> after_a_while(Worker& worker, std::function<void()> work) {
  co_await pause(worker.executor(), 20ms);
  work();
  co_return true;
}

Task<std::string> read_meanwhile(Worker& worker, Stream& stream, std::function<void()> work) {
  const auto [text, done] = co_await both(worker, read(stream), after_a_while(worker, std::move(work)));
  co_return text;
}

Task<void> answer(Stream& stream) {
  const auto written = co_await stream.write("answer", test_limit);
  EXPECT_TRUE(written);
}

const std::string closed{describe(StreamFault::closed)}, broken{describe(StreamFault::reset)},
    late{describe(StreamFault::deadline)}, stopped{describe(StreamFault::stopped)};

TEST(ReadWait, EndsWithEachOfManyThings) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("question"); }), "question");
      co_await answer(ends.own);
    }
  });
}

TEST(ReadWait, CostsNoCallOfEpollCtl) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto echo = [&]() -> Task<int> {
      int count = 0;
      for (;; ++count) {
        const auto line = co_await ends.server.read_line(100, test_limit);
        if (!line) co_return count;
        const auto written = co_await ends.server.write(*line + "\n", test_limit);
        if (!written) co_return count;
      }
    };
    const auto ask = [&]() -> Task<int> {
      int before = 0;
      for (int i = 0; i < 110; ++i) {
        if (i == 10) before = epoll_ctl_calls;
        EXPECT_EQ(co_await pass_line(ends.client, ends.client, "question"), "question");
      }
      const int calls = epoll_ctl_calls - before;
      co_await ends.client.end_writing(test_limit);
      co_return calls;
    };
    const auto [answers, calls] = co_await both(worker, echo(), ask());
    EXPECT_EQ(answers, 110);
    EXPECT_EQ(calls, 0);
  });
}

TEST(ReadWait, SeesWhatHasComeWhileNobodyWaited) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("first"); }), "first");
    co_await answer(ends.own);
    ends.send("second");
    co_await pause(worker.executor(), 20ms);  // the loop is told of it, and has nobody to tell it to
    EXPECT_EQ(co_await read(ends.own), "second");
    co_await answer(ends.own);
    ends.send("third");  // the loop is not
    EXPECT_EQ(co_await read(ends.own), "third");
  });
}

TEST(ReadWait, SeesTheEndThatHasComeTogetherWithTheLastBytes) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    const auto say_all = [&] {
      ends.send("last");
      ends.end();
    };
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, say_all), "last");
    co_await answer(ends.own);
    EXPECT_EQ(co_await read(ends.own), closed);
  });
}

TEST(ReadWait, SeesTheEndThatComesLater) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("last"); }), "last");
    co_await answer(ends.own);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.end(); }), closed);
  });
}

TEST(ReadWait, SeesThatAConnectionHasBrokenTogetherWithItsLastBytes) {
  run_task([](Worker& worker) -> Task<void> {
    for (const bool answers : {false, true}) {
      auto ends = co_await bare_ends(worker);
      const auto say_all = [&] {
        ends.send("last");
        ends.break_off();
      };
      EXPECT_EQ(co_await read_meanwhile(worker, ends.own, say_all), "last");
      if (answers) {
        const auto written = co_await ends.own.write("answer", test_limit);
        EXPECT_FALSE(written);
      }
      const auto after = co_await read(ends.own);
      EXPECT_TRUE(after == broken || (answers && after == closed)) << after;
    }
  });
}

TEST(ReadWait, SeesThatAConnectionBreaksWhileItWaits) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("last"); }), "last");
    co_await answer(ends.own);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.break_off(); }), broken);
  });
}

TEST(ReadWait, TakesWhatDoesNotFitIntoOneRead) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    const std::string whole(100, 'x'), rest = "rest";
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send(whole + rest); }), whole);
    co_await answer(ends.own);
    EXPECT_EQ(co_await read(ends.own), rest);
    co_await answer(ends.own);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send(whole); }), whole);
    co_await answer(ends.own);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("more"); }), "more");
  });
}

TEST(ReadWait, TakesWhatStandsBehindUrgentData) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    ends.own.take_urgent_data_in_line();
    std::string text = co_await read_meanwhile(worker, ends.own, [&] {
      ends.send("a");
      ends.send("b", MSG_OOB);
      ends.send("c");
    });
    while (text.size() < 3) {
      co_await answer(ends.own);
      text += co_await read(ends.own);
    }
    EXPECT_EQ(text, "abc");
  });
}

TEST(ReadWait, EndsByItsDeadlineAndAnotherOneFollows) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(co_await read(ends.own, 1ms), late);
      EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.own.interrupt_read(); }), late);
      EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("still there"); }), "still there");
      co_await answer(ends.own);
    }
  });
}

TEST(ReadWait, LosesNothingThatComesAsItsDeadlinePasses) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    const auto both_at_once = [&] {
      ends.own.interrupt_read();
      ends.send("just in time");
    };
    const auto first = co_await read_meanwhile(worker, ends.own, both_at_once);
    EXPECT_EQ(first, late);
    EXPECT_EQ(co_await read(ends.own), "just in time");
  });
}

TEST(ReadWait, IsStoppedByClose) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.own.close(); }), stopped);
    EXPECT_EQ(co_await read(ends.own), stopped);
  });
}

TEST(ReadWait, EndsByAbort) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.own.abort(); }), closed);
  });
}

TEST(ReadWait, GoesWithItsWorker) {
  bool was_destroyed = false;
  {
    Runtime runtime{{.workers = 1, .drain = 1ms}};
    auto& worker = runtime.workers().front();
    worker.spawn([](Worker& own, Runtime& all, bool& destroyed) -> Task<void> {
      const std::unique_ptr<bool, void (*)(bool*)> at_end{&destroyed, [](bool* one) { *one = true; }};
      auto ends = co_await bare_ends(own);
      own.post([&all] { all.stop(); });
      co_await read(ends.own);
    }(worker, runtime, was_destroyed));
    runtime.run();
    EXPECT_TRUE(was_destroyed);
  }
}

TEST(ReadWait, WorksOnBehindAFile) {
  run_task([](Worker& worker) -> Task<void> {
    auto ends = co_await bare_ends(worker);
    const std::string large(8 << 20, 'x');
    FileDescriptor file{::memfd_create("large", MFD_CLOEXEC)};
    EXPECT_EQ(::write(file.get(), large.data(), large.size()), static_cast<ssize_t>(large.size()));
    std::jthread far{[&] {
      std::string got;
      std::vector<char> room(1 << 16);
      while (got.size() < large.size()) {
        const auto count = ::recv(ends.far.get(), room.data(), room.size(), 0);
        if (count <= 0) break;
        got.append(room.data(), static_cast<std::size_t>(count));
      }
      if (got == large) ends.send("taken");
    }};
    EXPECT_EQ(co_await read(ends.own, 1ms), late);
    Progress progress{0};
    const auto sent = co_await ends.own.send_file(worker, file.get(), 0, large.size(), test_limit, progress);
    EXPECT_TRUE(sent);
    EXPECT_EQ(co_await read(ends.own), "taken");
    co_await answer(ends.own);
    EXPECT_EQ(co_await read_meanwhile(worker, ends.own, [&] { ends.send("and more"); }), "and more");
  });
}

}  // namespace
}  // namespace labnet::net
