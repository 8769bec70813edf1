// Client, server and channel against each other over real Unix sockets.
#include "common/control/client.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/control/server.hpp"
#include "tests/support/child.hpp"

namespace labnet::control {
namespace {

using namespace std::chrono_literals;

std::array<FileDescriptor, 2> socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
}

/// Serves one connection on a thread of its own until the client closes it.
class Service {
 public:
  explicit Service(Handler handler) : handler_{std::move(handler)} {
    auto ends = socket_pair();
    client_.emplace(std::move(ends[0]));
    Session::Socket socket{context_, asio::local::stream_protocol{}, ends[1].release()};
    asio::co_spawn(context_, serve(Session{std::move(socket)}, handler_), asio::detached);
    thread_ = std::thread{[this] { context_.run(); }};
  }
  ~Service() {
    client_.reset();
    thread_.join();
  }
  Client& client() { return *client_; }

 private:
  Handler handler_;
  asio::io_context context_{1};
  std::optional<Client> client_;
  std::thread thread_;
};

TEST(Control, AnswersOneRequestAfterTheOther) {
  Service service{[](Session& session, const json::object& request) -> asio::awaitable<void> {
    auto reply = success();
    reply["echo"] = text_of(request, "do");
    co_await session.reply(std::move(reply));
  }};
  for (const auto* word : {"first", "second"}) {
    const auto reply = service.client().ask({{"do", word}}, 10s);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(text_of(*reply, "echo"), word);
  }
}

TEST(Control, ARefusalComesBackAsItsError) {
  Service service{[](Session& session, const json::object&) -> asio::awaitable<void> {
    co_await session.reply(failure("no host is named pc9"));
  }};
  EXPECT_EQ(service.client().ask({{"do", "join"}}, 10s).error().message, "no host is named pc9");
}

TEST(Control, DescriptorsComeWithTheReply) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reading{pipe_ends[0]};
  const FileDescriptor writing{pipe_ends[1]};
  Service service{[&](Session& session, const json::object&) -> asio::awaitable<void> {
    const std::array descriptors{writing.get()};
    co_await session.reply(success(), descriptors);
  }};
  ASSERT_TRUE(service.client().ask({{"do", "join"}}, 10s));
  const auto received = service.client().take_descriptors();
  ASSERT_EQ(received.size(), 1u);
  ASSERT_EQ(write(received[0].get(), "x", 1), 1);
  char got = 0;
  ASSERT_EQ(read(reading.get(), &got, 1), 1);
  EXPECT_EQ(got, 'x');
}

TEST(Control, ARequestBeyondTheLimitEndsTheConnection) {
  Service service{
      [](Session& session, const json::object&) -> asio::awaitable<void> { co_await session.reply(success()); }};
  const json::object at_the_limit{{"do", std::string(request_bytes_max - 10, 'x')}};
  ASSERT_EQ(to_line(at_the_limit).size(), request_bytes_max);
  EXPECT_TRUE(service.client().ask(at_the_limit, 10s));
  const json::object one_past{{"do", std::string(request_bytes_max - 9, 'x')}};
  EXPECT_FALSE(service.client().ask(one_past, 10s));
}

TEST(Control, WhatIsNoJsonGetsAnErrorAndTheConnectionGoesOn) {
  auto ends = socket_pair();
  asio::io_context context;
  const Handler handler = [](Session& session, const json::object&) -> asio::awaitable<void> {
    co_await session.reply(success());
  };
  asio::co_spawn(context,
                 serve(Session{Session::Socket{context, asio::local::stream_protocol{}, ends[1].release()}}, handler),
                 asio::detached);
  std::thread thread{[&] { context.run(); }};
  ASSERT_EQ(send(ends[0].get(), "nonsense\n", 9, 0), 9);
  {
    Client client{std::move(ends[0])};
    const auto refusal = client.next_reply();
    ASSERT_TRUE(refusal && *refusal);
    EXPECT_NE(text_of(**refusal, "error").find("JSON"), std::string::npos);
    EXPECT_TRUE(client.ask({{"do", "x"}}, 10s));
  }
  thread.join();
}

TEST(ControlChannel, QuestionsTakeTurns) {
  auto ends = socket_pair();
  asio::io_context context{1};
  Channel channel{Session::Socket{context, asio::local::stream_protocol{}, ends[0].release()}};
  int answered = 0;
  const Handler handler = [&](Session& session, const json::object& request) -> asio::awaitable<void> {
    asio::steady_timer pause{context, 5ms};
    co_await pause.async_wait(asio::use_awaitable);
    auto reply = success();
    reply["question"] = request.at("question");
    co_await session.reply(std::move(reply));
  };
  asio::co_spawn(context,
                 serve(Session{Session::Socket{context, asio::local::stream_protocol{}, ends[1].release()}}, handler),
                 asio::detached);
  for (int number = 0; number < 5; ++number) {
    asio::co_spawn(
        context,
        [&, number]() -> asio::awaitable<void> {
          json::object question;
          question["question"] = number;
          const auto reply = co_await channel.ask(std::move(question));
          EXPECT_EQ(reply.at("question").as_int64(), number);
          if (++answered == 5) context.stop();
        },
        asio::detached);
  }
  context.run_for(10s);
  EXPECT_EQ(answered, 5);
}

TEST(ControlChannel, AReplyThatComesTooLateIsNotTakenForTheNextOne) {
  auto ends = socket_pair();
  asio::io_context context{1};
  Channel channel{Session::Socket{context, asio::local::stream_protocol{}, ends[0].release()}, 50ms};
  asio::steady_timer late{context, asio::steady_timer::time_point::max()};
  const Handler handler = [&](Session& session, const json::object& request) -> asio::awaitable<void> {
    if (text_of(request, "do") == "slow") co_await late.async_wait(asio::as_tuple(asio::use_awaitable));
    auto reply = success();
    reply["echo"] = text_of(request, "do");
    co_await session.reply(std::move(reply));
  };
  asio::co_spawn(context,
                 serve(Session{Session::Socket{context, asio::local::stream_protocol{}, ends[1].release()}}, handler),
                 asio::detached);
  json::object slow;
  json::object quick;
  const auto ask = [&](const char* what, json::object& reply) -> asio::awaitable<void> {
    json::object request;
    request["do"] = what;
    reply = co_await channel.ask(std::move(request));
  };
  const auto ask_both = [&]() -> asio::awaitable<void> {
    co_await ask("slow", slow);
    late.cancel();
    co_await ask("quick", quick);
    context.stop();
  };
  asio::co_spawn(context, ask_both, asio::detached);
  context.run_for(10s);
  EXPECT_EQ(text_of(slow, "error"), "the service does not answer in time");
  EXPECT_EQ(text_of(quick, "echo"), "quick");
}

TEST(ControlChannel, AServiceThatIsGoneIsAnError) {
  auto ends = socket_pair();
  asio::io_context context{1};
  Channel channel{Session::Socket{context, asio::local::stream_protocol{}, ends[0].release()}};
  ends[1].reset();
  bool asked = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        const auto reply = co_await channel.ask({});
        EXPECT_FALSE(is_true(reply, "ok"));
        asked = true;
      },
      asio::detached);
  context.run_for(10s);
  EXPECT_TRUE(asked);
}

/// Accepts connections on a thread of its own for as long as it is there.
class Acceptor {
 public:
  explicit Acceptor(Handler handler) : handler_{std::move(handler)} {
    FileDescriptor listening{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listening.get(), SOMAXCONN), 0);
    asio::co_spawn(context_, accept_connections(std::move(listening), getuid(), handler_), asio::detached);
    thread_ = std::thread{[this] { context_.run(); }};
  }
  ~Acceptor() {
    context_.stop();
    thread_.join();
  }
  std::string path() const { return folder_.path() + "/control"; }

 private:
  test::TemporaryFolder folder_;
  Handler handler_;
  asio::io_context context_{1};
  std::thread thread_;
};

TEST(ControlConnections, OneTooManyIsToldSoAndServedOnceAnotherIsGone) {
  const Acceptor acceptor{
      [](Session& session, const json::object&) -> asio::awaitable<void> { co_await session.reply(success()); }};
  std::vector<Client> clients;
  for (int i = 0; i < connections_max; ++i) {
    clients.push_back(*Client::connect(acceptor.path()));
    ASSERT_TRUE(clients.back().ask({{"do", "x"}}, 10s));
  }
  const auto refusal = Client::connect(acceptor.path())->ask({{"do", "x"}}, 10s);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().message, "too many commands are under way with this lab; end some of them");
  clients.pop_back();
  EXPECT_TRUE(test::eventually([&] { return Client::connect(acceptor.path())->ask({{"do", "x"}}, 10s).has_value(); }));
}

}  // namespace
}  // namespace labnet::control
