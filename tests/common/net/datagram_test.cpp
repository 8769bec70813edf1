#include "common/net/datagram.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <set>
#include <thread>

#include "tests/common/net/run_task.hpp"

namespace labnet::net {
namespace {

/// A plain client, as the tests see a service from outside: connected, blocking, with the limit.
FileDescriptor connect_to(const asio::ip::udp::endpoint& to) {
  FileDescriptor socket{::socket(to.data()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const timeval limit{test_limit.count(), 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(socket.get(), to.data(), static_cast<socklen_t>(to.size())) != 0) std::abort();
  return socket;
}

void send(const FileDescriptor& socket, std::string_view text) {
  ASSERT_EQ(::send(socket.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
}

std::string receive(const FileDescriptor& socket) {
  std::string text(70000, '\0');
  const auto count = ::recv(socket.get(), text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return count < 0 ? "nothing came" : text;
}

std::size_t put(std::string_view text, std::span<std::byte> reply) {
  std::memcpy(reply.data(), text.data(), std::min(text.size(), reply.size()));
  return text.size();
}

std::size_t echo(const Datagram& query, std::span<std::byte> reply) {
  return put("re: " + std::string{as_text(query.bytes)}, reply);
}

/// A service on a thread of its own, for as long as the object lives; the test is the client.
class Service {
 public:
  Service(Endpoint at, DatagramSocket::Handler handler, DatagramOptions options = {}, unsigned workers = 1)
      : runtime_{{.workers = workers, .drain = std::chrono::milliseconds{50}}} {
    for (auto& worker : runtime_.workers()) {
      auto made = DatagramSocket::open(worker, at, options);
      if (!made) throw std::runtime_error{made.error().message};
      at.port = (*made)->local().port;
      worker.spawn((*made)->serve(handler));
      sockets.push_back(std::move(*made));
    }
    thread_ = std::jthread{[this] { runtime_.run(); }};
  }
  ~Service() { runtime_.stop(); }

  asio::ip::udp::endpoint address() const { return sockets.front()->local().udp(); }
  Runtime& runtime() { return runtime_; }
  /// Ends it, so that what its thread has written can be read here.
  void end() {
    runtime_.stop();
    thread_.join();
  }

 private:
  Runtime runtime_;

 public:
  std::vector<std::unique_ptr<DatagramSocket>> sockets;

 private:
  std::jthread thread_;
};

TEST(DatagramSocket, AnswersEachOfManyWithItsOwnContent) {
  Service service{loopback("udp"), echo};
  const auto client = connect_to(service.address());
  std::set<std::string> expected;
  std::set<std::string> answers;
  constexpr int datagrams = 200;  // more than three batches
  for (int i = 0; i < datagrams; ++i) {
    send(client, std::to_string(i));
    expected.insert("re: " + std::to_string(i));
  }
  for (int i = 0; i < datagrams; ++i) answers.insert(receive(client));
  EXPECT_EQ(answers, expected);
  service.end();
  EXPECT_EQ(service.sockets.front()->counters().received, 200u);
  EXPECT_EQ(service.sockets.front()->counters().sent, 200u);
}

TEST(DatagramSocket, AnswersWhatWaitedBeforeItServed) {
  // All of it is in the queue when the first batch is taken: full batches, one after the other.
  Runtime runtime;
  auto& worker = runtime.workers().front();
  auto socket = *DatagramSocket::open(worker, loopback("udp"));
  const auto client = connect_to(socket->local().udp());
  constexpr std::size_t datagrams = 2 * batch_datagrams_max + 1;
  for (std::size_t i = 0; i < datagrams; ++i) send(client, std::to_string(i));
  std::size_t seen = 0;
  worker.spawn(socket->serve([&](const Datagram& query, std::span<std::byte> reply) {
    if (++seen == datagrams) worker.post([&] { runtime.stop(); });
    return echo(query, reply);
  }));
  runtime.run();
  for (std::size_t i = 0; i < datagrams; ++i) EXPECT_EQ(receive(client), "re: " + std::to_string(i));
}

TEST(DatagramSocket, GivesNoAnswerWhereTheHandlerGivesNone) {
  Service service{loopback("udp"), [](const Datagram& query, std::span<std::byte> reply) -> std::size_t {
                    return as_text(query.bytes) == "silence" ? 0 : echo(query, reply);
                  }};
  const auto client = connect_to(service.address());
  send(client, "silence");
  send(client, "sound");
  EXPECT_EQ(receive(client), "re: sound");
}

TEST(DatagramSocket, GoesOnAfterAnException) {
  Service service{loopback("udp"), [](const Datagram& query, std::span<std::byte> reply) -> std::size_t {
                    if (as_text(query.bytes) == "bad") throw std::runtime_error{"on purpose"};
                    return echo(query, reply);
                  }};
  const auto client = connect_to(service.address());
  send(client, "bad");
  send(client, "good");
  EXPECT_EQ(receive(client), "re: good");
}

TEST(DatagramSocket, TellsWhatIsLongerThanTheLimit) {
  Service service{loopback("udp"),
                  [](const Datagram& query, std::span<std::byte> reply) {
                    return put(std::to_string(query.bytes.size()) + (query.is_cut ? " cut" : " whole"), reply);
                  },
                  {.datagram_bytes_max = 100}};
  const auto client = connect_to(service.address());
  send(client, std::string(100, 'x'));
  EXPECT_EQ(receive(client), "100 whole");
  send(client, std::string(101, 'x'));
  EXPECT_EQ(receive(client), "100 cut");
  send(client, "");
  EXPECT_EQ(receive(client), "0 whole");
}

TEST(DatagramSocket, SendsNoReplyLongerThanItsRoom) {
  Service service{loopback("udp"),
                  [](const Datagram&, std::span<std::byte> reply) {
                    std::ranges::fill(reply, std::byte{'x'});
                    return reply.size() + 1;
                  },
                  {.reply_bytes_max = 100}};
  const auto client = connect_to(service.address());
  send(client, "?");
  EXPECT_EQ(receive(client), std::string(100, 'x'));
}

TEST(DatagramSocket, AnswersLaterThroughAKeptPeer) {
  std::unique_ptr<DatagramSocket>* socket = nullptr;
  std::vector<std::pair<std::string, Peer>> kept;
  Service service{loopback("udp"), [&](const Datagram& query, std::span<std::byte>) -> std::size_t {
                    kept.emplace_back(as_text(query.bytes), query.peer);
                    return 0;
                  }};
  socket = &service.sockets.front();
  const auto first = connect_to(service.address());
  const auto second = connect_to(service.address());
  send(first, "first");
  send(second, "second");
  auto& worker = service.runtime().workers().front();
  std::function<void()> answer = [&] {
    if (kept.size() < 2) return worker.post(answer);
    for (const auto& [text, peer] : kept) EXPECT_TRUE((*socket)->send_to(as_bytes("later, " + text), peer));
  };
  worker.post(answer);
  EXPECT_EQ(receive(first), "later, first");
  EXPECT_EQ(receive(second), "later, second");
  service.end();
}

TEST(DatagramSocket, AnswersFromTheAddressAskedWhereItHasMany) {
  // A connected client takes an answer only from the address that it asked.
  Service service{*parse_endpoint("udp://0.0.0.0:0"), echo};
  const auto port = service.address().port();
  for (const auto* asked : {"127.0.0.1", "127.0.0.2", "127.1.2.3"}) {
    const auto client = connect_to({asio::ip::make_address(asked), port});
    send(client, asked);
    EXPECT_EQ(receive(client), std::string{"re: "} + asked);
  }
}

TEST(DatagramSocket, AnswersLaterFromTheAddressAsked) {
  DatagramSocket* socket = nullptr;
  Service service{*parse_endpoint("udp://0.0.0.0:0"), [&](const Datagram& query, std::span<std::byte>) -> std::size_t {
                    socket->send_to(as_bytes("later"), Peer{query.peer});
                    return 0;
                  }};
  socket = service.sockets.front().get();
  const auto client = connect_to({asio::ip::make_address("127.0.0.2"), service.address().port()});
  send(client, "?");
  EXPECT_EQ(receive(client), "later");
}

TEST(DatagramSocket, AnswersOverIpv6FromAWildcard) {
  Service service{*parse_endpoint("udp://[::]:0"), echo};
  const auto client = connect_to({asio::ip::address_v6::loopback(), service.address().port()});
  send(client, "six");
  EXPECT_EQ(receive(client), "re: six");
}

TEST(DatagramSocket, GoesOnAfterAReplyToNobody) {
  Service service{loopback("udp"), echo};
  for (int i = 0; i < 3; ++i) send(connect_to(service.address()), "gone before the answer");
  const auto client = connect_to(service.address());
  send(client, "still here");
  EXPECT_EQ(receive(client), "re: still here");
}

TEST(DatagramSocket, CountsAReplyThatTheSystemDoesNotTakeAndSendsTheOthers) {
  Service service{loopback("udp"),
                  [](const Datagram& query, std::span<std::byte> reply) {
                    return as_text(query.bytes) == "long" ? reply.size() : echo(query, reply);
                  },
                  {.reply_bytes_max = 65536}};  // more than UDP carries
  const auto client = connect_to(service.address());
  send(client, "before");
  send(client, "long");
  send(client, "after");
  EXPECT_EQ(receive(client), "re: before");
  EXPECT_EQ(receive(client), "re: after");
  service.end();
  EXPECT_EQ(service.sockets.front()->counters().unsent, 1u);
}

TEST(DatagramSocket, IsServedByEveryWorker) {
  std::array<std::atomic<int>, 2> seen{};
  std::atomic<std::thread::id> first{};
  Service service{loopback("udp"),
                  [&](const Datagram& query, std::span<std::byte> reply) {
                    std::thread::id nobody{};
                    const auto me = std::this_thread::get_id();
                    const bool is_first = first.compare_exchange_strong(nobody, me) || first == me;
                    ++seen[is_first ? 0 : 1];
                    return echo(query, reply);
                  },
                  {},
                  2};
  // The system picks the socket by the client's port: that all of these fall to one is as likely as 2^-63.
  for (int i = 0; i < 64; ++i) {
    const auto client = connect_to(service.address());
    send(client, std::to_string(i));
    EXPECT_EQ(receive(client), "re: " + std::to_string(i));
  }
  EXPECT_GT(seen[0], 0);
  EXPECT_GT(seen[1], 0);
  EXPECT_EQ(seen[0] + seen[1], 64);
}

TEST(DatagramSocket, ServesASocketThatWasBoundElsewhere) {
  Runtime runtime;
  auto& worker = runtime.workers().front();
  FileDescriptor bound{::socket(AF_INET, SOCK_DGRAM, 0)};
  const auto any_port = loopback("udp").udp();
  ASSERT_EQ(::bind(bound.get(), any_port.data(), static_cast<socklen_t>(any_port.size())), 0);
  auto socket = *DatagramSocket::adopt(worker, std::move(bound));
  const auto client = connect_to(socket->local().udp());
  send(client, "adopted");
  worker.spawn(socket->serve([&](const Datagram& query, std::span<std::byte> reply) {
    worker.post([&] { runtime.stop(); });
    return echo(query, reply);
  }));
  runtime.run();
  EXPECT_EQ(receive(client), "re: adopted");
}

TEST(DatagramSocket, SaysWhyItCannotListen) {
  Runtime runtime;
  const auto made = DatagramSocket::open(runtime.workers().front(), *parse_endpoint("udp://203.0.113.1:53"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "cannot listen on udp://203.0.113.1:53: Cannot assign requested address");
}

}  // namespace
}  // namespace labnet::net
