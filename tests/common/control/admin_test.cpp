#include "common/control/admin.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "common/net/pause.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::control {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Two workers that do nothing by themselves, and an admin address beside them.
class AdminTest : public testing::Test {
 protected:
  AdminTest() {
    auto opened = Admin::open(runtime_, *net::parse_endpoint("127.0.0.1:0"), "1.2.3");
    if (!opened) throw std::runtime_error{opened.error().message};
    admin_ = *std::move(opened);
  }
  ~AdminTest() override { end(); }

  void run() {
    admin_->set_ready([](const net::Worker& worker) {
      Metrics metrics;
      metrics.counter("labnet_test_things_total", "Things.", worker.index() + 1);
      return metrics;
    });
    thread_ = std::thread{[this] { runtime_.run(); }};
  }
  void end() {
    runtime_.stop();
    if (thread_.joinable()) thread_.join();
  }

  test::TcpClient connect() const { return test::TcpClient{admin_->local().port}; }
  std::string send(std::string_view bytes) const {
    const auto client = connect();
    client.send(bytes);
    return client.receive_all();
  }
  std::string ask(std::string_view path, std::string_view method = "GET") const {
    return send(fmt::format("{} {} HTTP/1.1\r\nHost: here\r\n\r\n", method, path));
  }

  net::Runtime runtime_{{.workers = 2, .drain = std::chrono::seconds{10}}};
  std::unique_ptr<Admin> admin_;
  std::thread thread_;
};

TEST_F(AdminTest, IsNotReadyBeforeTheServiceIs) {
  EXPECT_THAT(ask("/readyz"), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("\r\n\r\nstarting\n")));
  EXPECT_THAT(ask("/metrics"),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("labnet_build_info{version=\"1.2.3\"} 1\n")));
  run();
  EXPECT_TRUE(test::eventually([&] { return ask("/readyz").starts_with("HTTP/1.1 200 "); }));
  EXPECT_THAT(ask("/healthz"), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\nok\n")));
}

TEST_F(AdminTest, TellsTheSumOfAllWorkers) {
  run();
  const auto response = ask("/metrics");
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(response, HasSubstr("\nlabnet_test_things_total 3\n"));
}

TEST_F(AdminTest, TellsWhichWorkerDoesNotAnswer) {
  run();
  std::promise<void> goes_on;
  runtime_.workers()[1].post([&] { goes_on.get_future().wait(); });
  EXPECT_THAT(ask("/healthz"), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("\r\n\r\nworker 1 does not answer\n")));
  EXPECT_THAT(ask("/metrics"), StartsWith("HTTP/1.1 503 "));
  goes_on.set_value();
  EXPECT_TRUE(test::eventually([&] { return ask("/healthz").starts_with("HTTP/1.1 200 "); }));
}

TEST_F(AdminTest, AnswersWhileTheServiceDrains) {
  run();
  EXPECT_TRUE(test::eventually([&] { return ask("/readyz").starts_with("HTTP/1.1 200 "); }));
  // Something that one worker still has to do; the other one ends at once.
  auto& worker = runtime_.workers()[0];
  const auto lasts = std::make_shared<std::atomic<bool>>(true);
  worker.spawn([](net::Worker& own, std::shared_ptr<std::atomic<bool>> goes_on) -> net::Task<void> {
    while (*goes_on) co_await net::pause(own.executor(), std::chrono::milliseconds{10});
  }(worker, lasts));
  runtime_.stop();
  EXPECT_TRUE(test::eventually([&] { return ask("/readyz").ends_with("\r\n\r\ndraining\n"); }));
  EXPECT_THAT(ask("/readyz"), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("/metrics"), HasSubstr("\nlabnet_test_things_total 3\n"));
  *lasts = false;
}

TEST_F(AdminTest, AnswersHeadWithoutABody) {
  run();
  const auto response = ask("/healthz", "HEAD");
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\nContent-Length: 3\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(AdminTest, RefusesOtherMethodsAndPaths) {
  EXPECT_THAT(ask("/healthz", "POST"), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nAllow: GET, HEAD\r\n")));
  EXPECT_THAT(ask("/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("/metrics/x", "POST"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("/readyz?verbose"), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(send("GET /healthz HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(send("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(AdminTest, AHeadMayBeAsLongAsItsLimitAndNoLonger) {
  const std::string front = "GET /nothing HTTP/1.1\r\nHost: here\r\nX: ";
  const auto head = [&](std::size_t bytes) { return front + std::string(bytes - front.size() - 4, 'x') + "\r\n\r\n"; };
  EXPECT_THAT(send(head(admin_head_bytes_max)), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(send(head(admin_head_bytes_max + 1)), StartsWith("HTTP/1.1 431 "));
}

TEST_F(AdminTest, OneConnectionMoreThanThereMayBeIsRefused) {
  std::vector<test::TcpClient> held;
  for (std::size_t i = 0; i < admin_connections_max; ++i) held.push_back(connect());
  const auto one_more = connect();
  EXPECT_THAT(one_more.receive_all(), StartsWith("HTTP/1.1 503 "));
  held.pop_back();
  EXPECT_TRUE(test::eventually([&] { return ask("/nothing").starts_with("HTTP/1.1 404 "); }));
}

TEST_F(AdminTest, WhoNeverSendsAWholeRequestIsSentAway) {
  const auto client = connect();
  client.send("GET /healthz HTTP/1.1\r\n");
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(AdminTest, ATakenAddressIsAFault) {
  net::Runtime other;
  const auto opened = Admin::open(other, admin_->local(), "1");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr(fmt::format("127.0.0.1:{}", admin_->local().port)));
}

TEST_F(AdminTest, GoesWithAServiceThatHasNotBegun) {
  const auto client = connect();
  admin_.reset();
  EXPECT_TRUE(client.receive_all().empty());
}

}  // namespace
}  // namespace labnet::control
