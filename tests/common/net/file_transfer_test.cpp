// Files over connections, plain and by TLS: whole, cut off on either side, and what the disk may say.
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <future>
#include <numeric>
#include <stdexcept>

#include "common/net/pause.hpp"
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

/// A file without a name.
class PlainFile {
 public:
  explicit PlainFile(std::string_view text = {}) {
    if (!text.empty() && std::fwrite(text.data(), 1, text.size(), file_) != text.size()) std::abort();
    std::fflush(file_);
    ::lseek(descriptor(), 0, SEEK_SET);
  }
  ~PlainFile() { std::fclose(file_); }
  PlainFile(const PlainFile&) = delete;
  int descriptor() const { return fileno(file_); }
  std::string text() const {
    struct stat status {};
    fstat(descriptor(), &status);
    std::string all(static_cast<std::size_t>(status.st_size), '\0');
    if (::pread(descriptor(), all.data(), all.size(), 0) != status.st_size) return "(cannot be read)";
    return all;
  }

 private:
  std::FILE* file_ = std::tmpfile();
};

std::string bytes_of(std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

using Moved = Result<void, FileTransferFault>;

/// How a transfer has failed: 0 and "" if it has not.
int file_error(const Moved& moved) {
  return moved ? 0 : moved.error().file_error;
}
std::string_view stream_fault(const Moved& moved) {
  return moved || moved.error().is_of_file() ? std::string_view{} : describe(moved.error().stream);
}

/// Both ends of a connection, in clear or in TLS.
class FileTransfer : public testing::TestWithParam<bool> {
 protected:
  Authority authority{"Lab CA"};
  std::shared_ptr<const TlsServer> server = server_of({.identities = {authority.issue()}});
  std::shared_ptr<const TlsClient> client = client_of({.ca_path = authority.path()});

  Task<Ends> begin(Worker& worker) {
    auto ends = co_await connect_ends(worker);
    if (GetParam()) {
      const auto results =
          co_await both(worker, ends.server.accept_tls(server), ends.client.connect_tls(client, "www.lab"));
      EXPECT_TRUE(results.first && results.second);
    }
    co_return ends;
  }
};

INSTANTIATE_TEST_SUITE_P(InClearAndByTls, FileTransfer, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "ByTls" : "InClear"; });

Task<Moved> receive_all(Worker& worker, Stream& stream, int file, Progress& progress,
                        std::uint64_t bytes_max = UINT64_MAX) {
  co_return co_await stream.receive_file(worker, file, bytes_max, test_limit, progress);
}

Task<Moved> send_and_end(Worker& worker, Stream& stream, int file, std::uint64_t offset, std::uint64_t bytes,
                         Progress& progress) {
  auto sent = co_await stream.send_file(worker, file, offset, bytes, test_limit, progress);
  co_await stream.end_writing(test_limit);
  co_return sent;
}

TEST_P(FileTransfer, MovesAllOfItFromAnyOffset) {
  run_task([&](Worker& worker) -> Task<void> {
    for (const std::size_t size : {0, 1, 65'536, 65'537, 3'000'001, 9'000'001}) {
      const auto text = bytes_of(size);
      const PlainFile original{text};
      for (const std::size_t offset : {std::size_t{0}, size / 3}) {
        auto ends = co_await begin(worker);
        const PlainFile copy;
        Progress sent{0}, received{0};
        const auto results =
            co_await both(worker, send_and_end(worker, ends.server, original.descriptor(), offset, size - offset, sent),
                          receive_all(worker, ends.client, copy.descriptor(), received));
        EXPECT_TRUE(results.first && results.second) << size;
        EXPECT_TRUE(copy.text() == text.substr(offset)) << size;
        EXPECT_EQ(sent, size - offset);
        EXPECT_EQ(received, size - offset);
      }
    }
  });
}

TEST_P(FileTransfer, AFileThatBecomesShorterIsAFaultOfTheFile) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await begin(worker);
    const PlainFile file{bytes_of(100'000)};
    const PlainFile copy;
    Progress sent{0}, received{0};
    const auto results = co_await both(worker, send_and_end(worker, ends.server, file.descriptor(), 0, 100'001, sent),
                                       receive_all(worker, ends.client, copy.descriptor(), received));
    EXPECT_EQ(file_error(results.first), ENODATA);
  });
}

TEST_P(FileTransfer, MoreThanMayComeIsAFaultOfTheFile) {
  run_task([&](Worker& worker) -> Task<void> {
    for (const bool is_too_much : {false, true}) {
      auto ends = co_await begin(worker);
      const PlainFile file{bytes_of(200'000)};
      const PlainFile copy;
      Progress sent{0}, received{0};
      const auto results =
          co_await both(worker, send_and_end(worker, ends.server, file.descriptor(), 0, 200'000, sent),
                        receive_all(worker, ends.client, copy.descriptor(), received, is_too_much ? 199'999 : 200'000));
      EXPECT_EQ(file_error(results.second), is_too_much ? EFBIG : 0);
    }
  });
}

TEST_P(FileTransfer, WhatTheDiskSaysIsAFaultOfTheFile) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await begin(worker);
    const PlainFile file{bytes_of(2'000'000)};
    const PlainFile copy;
    const rlimit small{1'000'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    Progress sent{0}, received{0};
    const auto receive = [&]() -> Task<Moved> {
      auto done = co_await receive_all(worker, ends.client, copy.descriptor(), received);
      ends.client.abort();
      co_return done;
    };
    const auto results =
        co_await both(worker, send_and_end(worker, ends.server, file.descriptor(), 0, 2'000'000, sent), receive());
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(file_error(results.second), EFBIG);
  });
}

TEST_P(FileTransfer, EndsWhenNothingMoves) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await begin(worker);
    const PlainFile file{bytes_of(30'000'000)};  // more than the system holds for who does not read
    Progress sent{0};
    const auto result =
        co_await ends.server.send_file(worker, file.descriptor(), 0, 30'000'000, std::chrono::milliseconds{50}, sent);
    EXPECT_EQ(stream_fault(result), describe(StreamFault::deadline));
    const PlainFile copy;
    Progress received{0};
    auto others = co_await begin(worker);
    const auto silent = co_await others.client.receive_file(worker, copy.descriptor(), UINT64_MAX,
                                                            std::chrono::milliseconds{50}, received);
    EXPECT_EQ(stream_fault(silent), describe(StreamFault::deadline));
  });
}

/// A connection whose sender holds far more than the receiver takes at once.
Task<Ends> ends_of_slow_client(Worker& worker) {
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor{worker.executor(), loopback("tcp").tcp()};
  acceptor.set_option(asio::socket_base::send_buffer_size{1 << 20});
  TcpSocket client{worker.executor()};
  client.open(asio::ip::tcp::v4());
  client.set_option(asio::socket_base::receive_buffer_size{8 << 10});
  client.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>{1'460});
  const auto [refused] = co_await client.async_connect(acceptor.local_endpoint(), as_result);
  EXPECT_FALSE(refused);
  auto [error, server] = co_await acceptor.async_accept(worker.executor(), as_result);
  EXPECT_FALSE(error);
  co_return Ends{Stream{std::move(server)}, Stream{std::move(client)}};
}

/// Reads a little every now and then, and what is left at last at once.
Task<std::string> read_slowly(Worker& worker, Stream& stream) {
  constexpr int slow_reads = 30;
  std::string text;
  Buffer piece(4'096);
  for (int reads = 0;; ++reads) {
    if (reads < slow_reads) co_await pause(worker.executor(), Timeout{50});
    const auto count = co_await stream.read_some(piece, test_limit);
    if (!count) {
      EXPECT_EQ(count.error(), StreamFault::closed);
      co_return text;
    }
    text += as_text(Bytes{piece}.first(*count));
  }
}

/// As `read_slowly`, until whatever end. How many bytes.
Task<std::size_t> read_whatever_comes(Worker& worker, Stream& stream) {
  constexpr int slow_reads = 30;
  std::size_t bytes = 0;
  Buffer piece(4'096);
  for (int reads = 0;; ++reads) {
    if (reads < slow_reads) co_await pause(worker.executor(), Timeout{50});
    const auto count = co_await stream.read_some(piece, test_limit);
    if (!count) co_return bytes;
    bytes += *count;
  }
}

TEST_P(FileTransfer, AClientThatReadsSlowlyIsNoStall) {
  constexpr Timeout stall_timeout{500};   // shorter than it takes until the system calls the socket writable
  const auto text = bytes_of(6'000'000);  // more than the system holds
  const PlainFile file{text};
  for (const bool is_file : {true, false}) {
    run_task([&](Worker& worker) -> Task<void> {
      auto ends = co_await ends_of_slow_client(worker);
      if (GetParam()) {
        const auto begun = co_await shake_hands(worker, ends, server, client);
        EXPECT_TRUE(begun.first && begun.second);
      }
      Progress sent{0};
      const auto send = [&]() -> Task<Moved> {
        auto done = Moved{};
        if (is_file) {
          done = co_await ends.server.send_file(worker, file.descriptor(), 0, text.size(), stall_timeout, sent);
        } else {
          const auto written = co_await ends.server.write_steadily(as_bytes(text), stall_timeout);
          if (!written) done = FileTransferFault{written.error(), 0};
        }
        co_await ends.server.end_writing(stall_timeout);
        co_return done;
      };
      const auto results = co_await both(worker, send(), read_slowly(worker, ends.client));
      EXPECT_EQ(stream_fault(results.first), "") << (is_file ? "of a file" : "of memory");
      EXPECT_TRUE(results.second == text) << results.second.size();
    });
  }
}

TEST_P(FileTransfer, AClientThatFallsBehindTheLeastRateIsADeadline) {
  constexpr LeastRate slow{Timeout{200}, 1'000}, fast{Timeout{200}, 4'000'000};
  const auto text = bytes_of(6'000'000);
  const PlainFile file{text};
  for (const bool is_file : {true, false}) {
    for (const auto& rate : {slow, fast}) {
      run_task([&](Worker& worker) -> Task<void> {
        auto ends = co_await ends_of_slow_client(worker);
        if (GetParam()) {
          const auto begun = co_await shake_hands(worker, ends, server, client);
          EXPECT_TRUE(begun.first && begun.second);
        }
        Progress sent{0};
        const auto send = [&]() -> Task<std::string> {
          ends.server.expect(rate);
          std::string fault;
          if (is_file) {
            const auto done =
                co_await ends.server.send_file(worker, file.descriptor(), 0, text.size(), test_limit, sent);
            fault = stream_fault(done);
          } else {
            const auto written = co_await ends.server.write_steadily(as_bytes(text), test_limit);
            if (!written) fault = describe(written.error());
          }
          if (fault.empty()) co_await ends.server.end_writing(test_limit);
          ends.server.close();
          co_return fault;
        };
        const auto results = co_await both(worker, send(), read_whatever_comes(worker, ends.client));
        EXPECT_EQ(results.first.empty(), rate.bytes_per_second == slow.bytes_per_second)
            << results.first << (is_file ? " of a file" : " of memory");
        EXPECT_EQ(results.second == text.size(), rate.bytes_per_second == slow.bytes_per_second) << results.second;
      });
    }
  }
}

TEST_P(FileTransfer, EndsWhenItIsAborted) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await begin(worker);
    const PlainFile file{bytes_of(30'000'000)};
    Progress sent{0};
    const auto abort = [&]() -> Task<int> {
      while (sent == 0) co_await asio::post(worker.executor(), as_result);
      ends.server.abort();
      co_return 0;
    };
    const auto results = co_await both(
        worker, ends.server.send_file(worker, file.descriptor(), 0, 30'000'000, test_limit, sent), abort());
    EXPECT_NE(stream_fault(results.first), "");
  });
}

TEST(FileTransferByTls, WithoutAnEndByTlsItIsTruncated) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue()}});
  const auto client = client_of({.ca_path = authority.path()});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    const auto begun =
        co_await both(worker, ends.server.accept_tls(server), ends.client.connect_tls(client, "www.lab"));
    EXPECT_TRUE(begun.first && begun.second);
    const PlainFile copy;
    Progress received{0};
    const auto written = co_await ends.server.write("half of it");
    EXPECT_TRUE(written.has_value());
    ends.server.close();
    const auto result = co_await receive_all(worker, ends.client, copy.descriptor(), received);
    EXPECT_EQ(stream_fault(result), describe(StreamFault::truncated));
    EXPECT_EQ(copy.text(), "half of it");
  });
}

TEST(RunBlocking, ReturnsWhatTheWorkReturnsOnTheWorkersThread) {
  run_task([&](Worker& worker) -> Task<void> {
    const auto own = std::this_thread::get_id();
    std::thread::id other;
    const auto value = co_await worker.run_blocking([&] {
      other = std::this_thread::get_id();
      return std::make_unique<int>(71);
    });
    EXPECT_EQ(*value, 71);
    EXPECT_NE(other, own);
    EXPECT_EQ(std::this_thread::get_id(), own);
  });
}

TEST(RunBlocking, PassesExceptionsOn) {
  run_task([&](Worker& worker) -> Task<void> {
    bool was_caught = false;
    try {
      co_await worker.run_blocking([]() -> int { throw std::runtime_error{"on purpose"}; });
    } catch (const std::runtime_error&) {
      was_caught = true;
    }
    EXPECT_TRUE(was_caught);
  });
}

TEST(RunBlocking, IsWaitedForAtTheEnd) {
  std::atomic<int> finished{0};
  {
    Runtime runtime{{.workers = 2, .drain = std::chrono::milliseconds{1}}};
    for (auto& worker : runtime.workers()) {
      for (int i = 0; i < 20; ++i) {
        worker.spawn([](Worker& on, std::atomic<int>& count) -> Task<void> {
          co_await on.run_blocking([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            return ++count;
          });
        }(worker, finished));
      }
    }
    runtime.workers().front().post([&] { runtime.stop(); });
    runtime.run();
    EXPECT_EQ(finished, 40);
  }
}

TEST(RunBlocking, OfThreadsThatAreHeldForLongOneIsGivenBackToWhoeverWantsIt) {
  run_task([&](Worker& worker) -> Task<void> {
    EXPECT_FALSE(worker.is_thread_wanted());
    std::atomic<unsigned> held{0};
    const auto hold = [&] {
      ++held;
      const auto until = Clock::now() + test_limit;
      while (!worker.is_thread_wanted() && Clock::now() < until) std::this_thread::yield();
      return Clock::now() < until;
    };
    unsigned ended = 0;
    unsigned given_back = 0;
    for (unsigned i = 0; i < Helpers::blocking_threads; ++i) {
      worker.spawn([](Worker& on, const auto& work, unsigned& all, unsigned& in_time) -> Task<void> {
        const bool is_wanted = co_await on.run_blocking(work);
        if (is_wanted) ++in_time;
        ++all;
      }(worker, hold, ended, given_back));
    }
    while (held < Helpers::blocking_threads) co_await asio::post(worker.executor(), as_result);
    EXPECT_FALSE(worker.is_thread_wanted());
    EXPECT_EQ(co_await worker.run_blocking([] { return 71; }), 71);
    while (ended < Helpers::blocking_threads) co_await worker.run_blocking([] { return 0; });
    EXPECT_EQ(given_back, Helpers::blocking_threads);
  });
}

TEST(RunBlocking, AndRunComputingDoNotWaitForEachOther) {
  for (const bool computes_first : {true, false}) {
    std::promise<void> end;
    const auto ended = end.get_future().share();
    std::atomic<int> held_up{0};
    const auto hold_up = [&] {
      ended.wait_for(test_limit);
      return ++held_up;
    };
    run_task([&](Worker& worker) -> Task<void> {
      for (unsigned i = 0; i < 2 * Helpers::blocking_threads; ++i) {
        worker.spawn([](Worker& on, auto work, bool computes) -> Task<void> {
          if (computes) {
            co_await on.run_computing(work);
          } else {
            co_await on.run_blocking(work);
          }
        }(worker, hold_up, computes_first));
      }
      const auto answer = [&] { return held_up.load(); };
      int held_up_before = -1;
      if (computes_first) {
        held_up_before = co_await worker.run_blocking(answer);
      } else {
        held_up_before = co_await worker.run_computing(answer);
      }
      EXPECT_EQ(held_up_before, 0);
      end.set_value();
    });
  }
}

TEST(RunComputing, WhatHasNotBegunAtTheEndNeverDoes) {
  constexpr int works = 1000;
  std::atomic<int> begun{0}, gone_on{0};
  Runtime runtime{{.workers = 2, .drain = std::chrono::milliseconds{1}}};
  for (auto& worker : runtime.workers()) {
    for (int i = 0; i < works; ++i) {
      worker.spawn([](Worker& on, std::atomic<int>& count, std::atomic<int>& further) -> Task<void> {
        co_await on.run_computing([&] {
          std::this_thread::sleep_for(std::chrono::milliseconds{10});
          return ++count;
        });
        ++further;
      }(worker, begun, gone_on));
    }
  }
  runtime.workers().front().post([&] { runtime.stop(); });
  runtime.run();
  EXPECT_LT(begun, works);
  EXPECT_LE(gone_on, begun);
}

}  // namespace
}  // namespace labnet::net
