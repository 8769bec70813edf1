// A connection to a server that goes away and comes back, or does not.
#include "clients/sip/phone_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/net/pause.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::sip_client {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto keep_alive = "\r\n\r\n"sv;

/// What a transport tells, in words, and its messages.
struct ToldByTransport {
  std::vector<std::string> words;
  PhoneTransport::Callbacks callbacks() {
    PhoneTransport::Callbacks all;
    all.arrived = [this](Bytes message, const sip::Hop& from) {
      words.push_back("arrived " + std::to_string(from.connection) + " " + std::string{as_text(message).substr(0, 7)});
    };
    all.broken = [this](const sip::Hop& server, std::string_view) {
      words.push_back("broken " + std::to_string(server.connection));
    };
    all.connected = [this](const sip::Hop& server) {
      words.push_back("connected " + std::to_string(server.connection));
    };
    all.given_up = [this](std::string_view why) { words.push_back("given up: " + std::string{why}); };
    all.passed = [](Bytes, bool) {};
    return all;
  }
};

PhoneTransport::Target target_at(std::uint16_t port) {
  PhoneTransport::Target target;
  target.server = {.transport = sip::Transport::tcp, .address = Ipv4Address{0x7f000001}, .port = port};
  target.retries = {.first = 10ms, .longest = 40ms, .attempts_max = 4};
  return target;
}

/// Until so much has been told.
net::Task<bool> wait_for(net::Worker& worker, const ToldByTransport& told, std::size_t words) {
  const auto until = net::Clock::now() + test::patience;
  while (told.words.size() < words && net::Clock::now() < until) co_await net::pause(worker.executor(), 5ms);
  co_return told.words.size() >= words;
}

constexpr auto whole_request =
    "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:a@b>"
    "\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"sv;

net::Task<bool> lose_and_find(net::Worker& worker, const test::TcpListener& listener, ToldByTransport& told) {
  auto opened = co_await PhoneTransport::open(worker, target_at(listener.port()), told.callbacks());
  if (!opened) co_return false;
  const auto transport = *std::move(opened);
  auto first = listener.accept();
  const auto begun = whole_request.substr(0, 40);
  first.send(begun);  // what it has said half counts for nothing in the next connection
  first.reset();
  const bool was_lost = co_await wait_for(worker, told, 1);
  const bool is_mute = !transport->send(as_bytes(keep_alive), transport->server());
  const bool is_back = co_await wait_for(worker, told, 2);
  auto second = listener.accept();
  second.send(whole_request);
  const bool has_arrived = co_await wait_for(worker, told, 3);
  const bool is_sent = transport->send(as_bytes(whole_request), transport->server());
  EXPECT_THAT(second.receive(), StartsWith("OPTIONS"));
  EXPECT_EQ(transport->server().connection, 2u);
  co_return was_lost&& is_mute&& is_back&& has_arrived&& is_sent;
}

TEST(PhoneConnection, ThatIsLostIsMadeAgain) {
  const test::TcpListener listener;
  ToldByTransport told;
  const auto done = net::run_to_end<bool>([&](net::Worker& worker) { return lose_and_find(worker, listener, told); });
  EXPECT_TRUE(done && *done);
  EXPECT_THAT(told.words, ElementsAre("broken 1", "connected 2", "arrived 2 OPTIONS"));
}

net::Task<bool> doubt(net::Worker& worker, const test::TcpListener& listener, ToldByTransport& told) {
  auto opened = co_await PhoneTransport::open(worker, target_at(listener.port()), told.callbacks());
  if (!opened) co_return false;
  const auto transport = *std::move(opened);
  const auto first = listener.accept();
  transport->start_anew("nobody answers");
  const bool is_back = co_await wait_for(worker, told, 2);
  co_return is_back&& first.is_at_end();
}

TEST(PhoneConnection, ThatLeadsNowhereIsReplaced) {
  const test::TcpListener listener;
  ToldByTransport told;
  const auto done = net::run_to_end<bool>([&](net::Worker& worker) { return doubt(worker, listener, told); });
  EXPECT_TRUE(done && *done);
  EXPECT_THAT(told.words, ElementsAre("broken 1", "connected 2"));
}

net::Task<bool> lose_for_good(net::Worker& worker, ToldByTransport& told) {
  auto listener = std::make_unique<test::TcpListener>();
  auto opened = co_await PhoneTransport::open(worker, target_at(listener->port()), told.callbacks());
  if (!opened) co_return false;
  const auto transport = *std::move(opened);
  listener->accept().close();
  listener.reset();
  co_return co_await wait_for(worker, told, 2);
}

TEST(PhoneConnection, ThatCannotBeMadeAgainIsGivenUp) {
  ToldByTransport told;
  const auto done = net::run_to_end<bool>([&](net::Worker& worker) { return lose_for_good(worker, told); });
  EXPECT_TRUE(done && *done);
  EXPECT_THAT(told.words, ElementsAre("broken 1", HasSubstr("given up: cannot connect to tcp 127.0.0.1:")));
}

}  // namespace
}  // namespace labnet::sip_client
