// Two workers share zones, cache and limits. Built with the thread sanitizer, this is where it has something to see.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/common/resolver/dns_stub.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

constexpr int clients = 4;
constexpr int questions_of_each = 150;
constexpr int every_so_many_over_tcp = 5;

std::string zone_with_serial(int serial) {
  return "$TTL 60\n@ IN SOA ns admin " + std::to_string(serial) + " 1 1 1 1\n@ IN NS ns\nns IN A 192.0.2.53\n";
}

Buffer query_for(const std::string& name, std::uint16_t id) {
  dns::Message query;
  query.header.id = id;
  query.header.recursion_desired = true;
  query.question = dns::Question{*dns::parse_name(name), dns::Type::a, dns::Class::in};
  return test::to_wire(query);
}

/// Asks from a port of its own, so that the system spreads the questions over the workers.
Buffer ask(const RunningDns& server, bool over_tcp, const Buffer& query) {
  const auto socket = over_tcp ? PlainSocket::connected(SOCK_STREAM, server.tcp_port())
                               : PlainSocket::connected(SOCK_DGRAM, server.udp_port());
  if (over_tcp) {
    socket.send_message(query);
    return socket.receive_message();
  }
  socket.send(query);
  return socket.receive();
}

/// Names of the own zone, of which the cache may know, and new ones, in turn.
void ask_much(const RunningDns& server, int client, std::atomic<int>& answered) {
  for (int i = 0; i < questions_of_each; ++i) {
    const auto name = i % 3 == 0   ? std::string{"ns.example."}
                      : i % 3 == 1 ? std::string{"known.test."}
                                   : "n" + std::to_string(client) + "-" + std::to_string(i) + ".test.";
    const auto reply = ask(server, i % every_so_many_over_tcp == 0, query_for(name, static_cast<std::uint16_t>(i)));
    const auto parsed = dns::parse_message(reply);
    const auto is_answer = parsed && parsed->message.header.id == i && parsed->message.answers.size() == 1;
    if (is_answer) ++answered;
    if (!is_answer) ADD_FAILURE() << name << ": no answer in a reply of " << reply.size() << " bytes";
  }
}

TEST(DnsWorkers, AnswerWhileZonesChangeAndTheCacheIsShownAndFlushed) {
  const test::DnsStub upstream{[](const dns::Message& query, test::Transport) {
    auto reply = test::reply_to(query);
    reply.answers.push_back({query.question->name, dns::Class::in, 60, dns::A{{0xc0000201}}});
    return std::vector<Buffer>{test::to_wire(reply)};
  }};
  const test::TemporaryFolder folder;
  const auto zone = folder.write("example.zone", zone_with_serial(1));
  RunningDns server{
      {"--workers", "2", "--zone", "example=" + zone, "--forward", "127.0.0.1:" + std::to_string(upstream.port())}};
  std::atomic<int> answered = 0;
  std::atomic<int> at_work = clients;
  std::vector<std::jthread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      ask_much(server, client, answered);
      --at_work;
    });
  }
  for (int serial = 2; at_work > 0; ++serial) {
    folder.write("example.zone.new", zone_with_serial(serial));
    std::rename((zone + ".new").c_str(), zone.c_str());
    const auto reloaded = server.ask({{"do", "reload"}});
    EXPECT_TRUE(reloaded && reloaded->at("changed").as_array().size() == 1);
    EXPECT_TRUE(server.ask({{"do", "cache.show"}}));
    EXPECT_TRUE(server.ask({{"do", "cache.flush"}}));
  }
  threads.clear();
  EXPECT_EQ(answered, clients * questions_of_each);
  EXPECT_EQ(server.terminate(), 0);
}

}  // namespace
}  // namespace labnet::dns_server
