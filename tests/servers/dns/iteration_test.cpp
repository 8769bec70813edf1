// Look-ups from the root: the test plays the servers of every zone on the way, honest ones and others.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "servers/dns/delegation.hpp"
#include "servers/dns/limits.hpp"
#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

using dns::Message;
using dns::Rcode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Name servers at 127.0.0.2, 127.0.0.3... with one port. Each replies as its function says, on a thread of its own.
class World {
 public:
  /// query  with a question
  using Reply = std::function<std::optional<Message>(const Message& query)>;

  ~World() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// last_octet  of its address
  void add(std::uint8_t last_octet, Reply reply) {
    auto address = address_of(last_octet);
    address.sin_port = htons(port_);
    FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
      throw std::runtime_error{"cannot bind"};
    }
    socklen_t size = sizeof address;
    getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    servers_.push_back({last_octet, std::move(socket), std::move(reply)});
  }

  void start() {
    thread_ = std::thread{[this] { run(); }};
  }

  std::uint16_t port() const { return port_; }

  /// "2 www.example. A" for each query to 127.0.0.2, in order; forgotten then.
  std::vector<std::string> take_queries() {
    const std::lock_guard lock{mutex_};
    return std::exchange(queries_, {});
  }
  std::vector<Message> messages() {
    const std::lock_guard lock{mutex_};
    return messages_;
  }

 private:
  struct Server {
    std::uint8_t last_octet;
    FileDescriptor socket;
    Reply reply;
  };

  static sockaddr_in address_of(std::uint8_t last_octet) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last_octet);
    return address;
  }

  void run() {
    std::vector<pollfd> events;
    for (const auto& server : servers_) events.push_back({server.socket.get(), POLLIN, 0});
    while (!is_over_) {
      if (poll(events.data(), events.size(), 20) <= 0) continue;
      for (std::size_t i = 0; i < events.size(); ++i) {
        if ((events[i].revents & POLLIN) != 0) answer(servers_[i]);
      }
    }
  }

  void answer(const Server& server) {
    Buffer data(dns::message_bytes_max);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count =
        recvfrom(server.socket.get(), data.data(), data.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    data.resize(static_cast<std::size_t>(std::max(count, ssize_t{0})));
    const auto query = dns::parse_message(data);
    if (!query || !query->message.question) return;
    {
      const std::lock_guard lock{mutex_};
      const auto& question = *query->message.question;
      queries_.push_back(fmt::format("{} {} {}", server.last_octet, to_lower(dns::to_text(question.name)),
                                     dns::to_text(question.type)));
      messages_.push_back(query->message);
    }
    const auto reply = server.reply(query->message);
    if (!reply) return;
    const auto wire = to_wire(*reply);
    sendto(server.socket.get(), wire.data(), wire.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }

  std::uint16_t port_ = 0;
  std::vector<Server> servers_;
  std::thread thread_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::vector<std::string> queries_;
  std::vector<Message> messages_;
};

Message reply_with(const Message& query, const std::vector<std::string>& answers,
                   const std::vector<std::string>& authorities = {}, const std::vector<std::string>& additionals = {}) {
  auto reply = reply_to(*query.question, query.header.id);
  reply.header.authoritative = !answers.empty();
  reply.answers = records(answers);
  reply.authorities = records(authorities);
  reply.additionals = records(additionals);
  return reply;
}

bool is_below(const Message& query, std::string_view zone) {
  return query.question->name.view().is_at_or_below(name(zone));
}

/// A server that refers to each of its zones: "com." -> "com. 60 IN NS a.com.", "a.com. 60 IN A 127.0.0.3".
struct Refers {
  std::map<std::string, std::pair<std::vector<std::string>, std::vector<std::string>>> zones;
  std::optional<Message> operator()(const Message& query) const {
    for (const auto& [zone, records] : zones) {
      if (is_below(query, zone)) return reply_with(query, {}, records.first, records.second);
    }
    auto refused = reply_to(*query.question, query.header.id, Rcode::refused);
    return refused;
  }
};

/// A server that has one address for whatever is below its zone.
struct Answers {
  std::string zone;
  std::string address = "192.0.2.1";
  std::optional<Message> operator()(const Message& query) const {
    if (!is_below(query, zone)) return reply_to(*query.question, query.header.id, Rcode::refused);
    return reply_with(query, {fmt::format("{} 60 IN A {}", dns::to_text(query.question->name), address)});
  }
};

class Iteration : public testing::Test {
 protected:
  /// Starts the servers that were added, and a resolver that knows 127.0.0.2 as the root's.
  void start(const std::string& more = "") {
    world.start();
    const auto file = fmt::format("recursion:\n  timeout: 9s\n  root: [127.0.0.2:{}]\n{}", world.port(), more);
    dns.emplace(std::vector<std::string>{"-c", folder.write("dns.yaml", file)});
  }

  test::TemporaryFolder folder;
  World world;
  std::optional<RunningDns> dns;
};

TEST_F(Iteration, GoesFromZoneToZone) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"}}}}});
  world.add(3, Refers{{{"lab.com.", {{"lab.com. 60 IN NS ns.lab.com."}, {"ns.lab.com. 60 IN A 127.0.0.4"}}}}});
  world.add(4, Answers{"lab.com."});
  start();
  const auto reply = dns->dig("www.lab.com");
  EXPECT_EQ(reply.flags, "qr rd ra");
  EXPECT_THAT(reply.answers, ElementsAre("www.lab.com. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.lab.com. A", "3 www.lab.com. A", "4 www.lab.com. A"));
  for (const auto& query : world.messages()) {
    EXPECT_FALSE(query.header.recursion_desired) << "a zone's server looks nothing up";
    EXPECT_TRUE(query.edns);
  }
  EXPECT_EQ(dns->dig("ftp.lab.com").status, "NOERROR");
  EXPECT_EQ(dns->dig("www.other.com").status, "SERVFAIL");
  const auto other = "www.other.com. A";
  EXPECT_THAT(world.take_queries(),
              ElementsAre("4 ftp.lab.com. A", fmt::format("3 {}", other), fmt::format("3 {}", other),
                          fmt::format("2 {}", other), fmt::format("3 {}", other), fmt::format("3 {}", other)))
      << "from the closest servers known, and once more from above if they know nothing";
  EXPECT_THAT(dns->cached(), ElementsAre("www.lab.com A 192.0.2.1", "ftp.lab.com A 192.0.2.1"))
      << "referrals are no answers";
  EXPECT_THAT(dns->referrals(),
              ElementsAre("com NS a.com", "a.com A 127.0.0.3", "lab.com NS ns.lab.com", "ns.lab.com A 127.0.0.4"));
}

TEST_F(Iteration, AFlushedCacheBeginsAtTheRoot) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"}}}}});
  world.add(3, Answers{"com."});
  start();
  dns->dig("www.com");
  ASSERT_TRUE(dns->ask({{"do", "cache.flush"}}));
  world.take_queries();
  dns->dig("www.com");
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.com. A", "3 www.com. A"));
  ASSERT_TRUE(dns->ask({{"do", "cache.flush"}, {"name", "com."}}));
  dns->dig("ftp.com");
  EXPECT_THAT(world.take_queries(), ElementsAre("2 ftp.com. A", "3 ftp.com. A"));
}

TEST_F(Iteration, LooksUpAServerWithoutAnAddress) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS ns.net."}, {}}},
                       {"net.", {{"net. 60 IN NS a.net."}, {"a.net. 60 IN A 127.0.0.3"}}}}});
  world.add(3, Answers{"net.", "127.0.0.4"});
  world.add(4, Answers{"com."});
  start();
  EXPECT_THAT(dns->dig("www.com").answers, ElementsAre("www.com. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.com. A", "2 ns.net. A", "3 ns.net. A", "4 www.com. A"));
}

TEST_F(Iteration, FollowsAnAliasIntoAnotherZone) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"}}},
                       {"net.", {{"net. 60 IN NS a.net."}, {"a.net. 60 IN A 127.0.0.4"}}}}});
  world.add(3, [](const Message& query) {
    // It says of the other zone what is not for it to say.
    return reply_with(query, {"www.com. 60 IN CNAME www.net.", "www.net. 60 IN A 203.0.113.66"});
  });
  world.add(4, Answers{"net."});
  start();
  EXPECT_THAT(dns->dig("www.com").answers, ElementsAre("www.com. 60 IN CNAME www.net.", "www.net. 60 IN A 192.0.2.1"));
  EXPECT_THAT(dns->cached(), ElementsAre("www.com CNAME www.net", "www.net A 192.0.2.1"));
}

TEST_F(Iteration, BelievesNoAddressOutsideTheZoneThatWasAsked) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"}}},
                       {"net.", {{"net. 60 IN NS a.net."}, {"a.net. 60 IN A 127.0.0.4"}}}}});
  world.add(3, Refers{{{"lab.com.", {{"lab.com. 60 IN NS ns.net."}, {"ns.net. 60 IN A 127.0.0.6"}}}}});
  world.add(4, Answers{"net.", "127.0.0.5"});
  world.add(5, Answers{"lab.com."});
  world.add(6, Answers{"lab.com.", "203.0.113.66"});
  start();
  EXPECT_THAT(dns->dig("www.lab.com").answers, ElementsAre("www.lab.com. 60 IN A 192.0.2.1"));
}

TEST_F(Iteration, TakesTheNextServerOfAZoneIfOneDoesNotAnswerForIt) {
  world.add(2, Refers{{{"com.",
                        {{"com. 60 IN NS a.com.", "com. 60 IN NS b.com.", "com. 60 IN NS c.com."},
                         {"a.com. 60 IN A 127.0.0.3", "b.com. 60 IN A 127.0.0.4", "c.com. 60 IN A 127.0.0.5"}}}}});
  world.add(3, [](const Message& query) { return reply_with(query, {}, {". 60 IN NS a.root."}); });  // upward
  world.add(4, Answers{"net."});                                                                     // refused
  world.add(5, Answers{"com."});
  start();
  EXPECT_THAT(dns->dig("www.com").answers, ElementsAre("www.com. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.com. A", "3 www.com. A", "4 www.com. A", "5 www.com. A"));
}

TEST_F(Iteration, AsksWithoutEdnsWhereItIsRefused) {
  world.add(2, [](const Message& query) {
    if (query.edns) return reply_to(*query.question, query.header.id, Rcode::formerr);
    return *Answers{"."}(query);
  });
  start();
  EXPECT_THAT(dns->dig("www.com").answers, ElementsAre("www.com. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.com. A", "2 www.com. A"));
}

TEST_F(Iteration, RemembersThatANameIsNotThere) {
  world.add(2, [](const Message& query) {
    auto reply = reply_with(query, {}, {". 60 IN SOA a. b. 1 2 3 4 60"});
    reply.header.rcode = Rcode::nxdomain;
    return reply;
  });
  start();
  EXPECT_EQ(dns->dig("no.example").status, "NXDOMAIN");
  EXPECT_EQ(dns->dig("no.example").status, "NXDOMAIN");
  EXPECT_EQ(world.take_queries().size(), 1u);
}

TEST_F(Iteration, ZonesThatReferToEachOtherEndAsServfail) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS ns.net."}, {}}}, {"net.", {{"net. 60 IN NS ns.com."}, {}}}}});
  start();
  EXPECT_EQ(dns->dig("www.com").status, "SERVFAIL");
  EXPECT_LE(world.take_queries().size(), static_cast<std::size_t>(upstream_queries_max));
}

TEST_F(Iteration, ReferralsWithoutEndEndAsServfail) {
  world.add(2, [](const Message& query) {
    // Each time one label further down, always by the same server.
    static std::size_t depth = 0;
    const auto labels = query.question->name.label_count();
    const auto zone = dns::to_text(query.question->name.view().without_labels(labels - std::min(labels, ++depth)));
    return reply_with(query, {}, {fmt::format("{} 60 IN NS a.{}", zone, zone)},
                      {fmt::format("a.{} 60 IN A 127.0.0.2", zone)});
  });
  start();
  std::string deep = "x";
  for (int i = 0; i < 50; ++i) deep += ".x";
  EXPECT_EQ(dns->dig(deep).status, "SERVFAIL");
  EXPECT_EQ(world.take_queries().size(), static_cast<std::size_t>(referrals_max + 1));
}

TEST_F(Iteration, ServersWithoutAddressesCostNoMoreThanTheLimit) {
  // NXNSAttack (CVE-2020-8616): a referral to many servers, each of which takes a look-up that leads to the same again.
  world.add(2, [number = 0](const Message& query) mutable {
    std::vector<std::string> servers;
    for (std::size_t i = 0; i < name_servers_max + 5; ++i) {
      servers.push_back(fmt::format("{} 60 IN NS ns{}.elsewhere.", dns::to_text(query.question->name), ++number));
    }
    return reply_with(query, {}, servers);
  });
  start();
  EXPECT_EQ(dns->dig("www.com").status, "SERVFAIL");
  const auto queries = world.take_queries();
  EXPECT_LE(queries.size(), static_cast<std::size_t>(upstream_queries_max));
  EXPECT_GT(queries.size(), 5u);
}

TEST_F(Iteration, FindsServersThatHaveMovedByAskingAbove) {
  auto address = std::make_shared<std::atomic<int>>(3);
  world.add(2, [address](const Message& query) {
    return reply_with(query, {}, {"com. 3600 IN NS a.com."},
                      {fmt::format("a.com. 3600 IN A 127.0.0.{}", address->load())});
  });
  world.add(3, [address](const Message& query) -> std::optional<Message> {
    if (address->load() == 3) return Answers{"com."}(query);
    return reply_to(*query.question, query.header.id, Rcode::refused);
  });
  world.add(4, Answers{"com.", "192.0.2.4"});
  start();
  EXPECT_THAT(dns->dig("a1.com").answers, ElementsAre("a1.com. 60 IN A 192.0.2.1"));
  *address = 4;
  EXPECT_THAT(dns->dig("a2.com").answers, ElementsAre("a2.com. 60 IN A 192.0.2.4"));
}

TEST_F(Iteration, AsksForDsAboveTheCut) {
  world.add(2, [](const Message& query) {
    if (query.question->type == dns::Type::ds) return reply_with(query, {"com. 60 IN DS \\# 5 00010802aa"});
    return reply_with(query, {}, {"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"});
  });
  world.add(3, Answers{"com."});
  start();
  dns->dig("www.com");
  world.take_queries();
  dns->dig("com DS");
  EXPECT_THAT(world.take_queries(), ElementsAre("2 com. DS"));
}

TEST_F(Iteration, OwnZonesKnowBetterThanAServerElsewhere) {
  world.add(2, [](const Message& query) {
    return reply_with(query, {"out.test. 60 IN CNAME www.own.", "www.own. 60 IN A 203.0.113.66"});
  });
  start(fmt::format("zones: {{ own: {} }}\n",
                    folder.write("own.zone",
                                 "@ 60 IN SOA ns a 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.9\n"
                                 "www 60 IN CNAME ns\n")));
  EXPECT_THAT(dns->dig("out.test").answers, ElementsAre("out.test. 60 IN CNAME www.own.",
                                                        "www.own. 60 IN CNAME ns.own.", "ns.own. 60 IN A 192.0.2.9"));
  EXPECT_THAT(dns->cached(), ElementsAre("out.test CNAME www.own"));
}

TEST_F(Iteration, SilentServersOfAZoneLeaveRoomForOtherZones) {
  world.add(2, Refers{{{"com.", {{"com. 60 IN NS a.com."}, {"a.com. 60 IN A 127.0.0.3"}}},
                       {"net.", {{"net. 60 IN NS a.net."}, {"a.net. 60 IN A 127.0.0.4"}}}}});
  world.add(3, [](const Message&) { return std::nullopt; });
  world.add(4, Answers{"net."});
  start("  questions_per_zone_max: 1\n");
  const auto waiting = dns->start_dig("www.com");
  while (world.messages().size() < 2) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  EXPECT_EQ(dns->dig("ftp.com").status, "SERVFAIL");
  EXPECT_THAT(dns->dig("www.net").answers, ElementsAre("www.net. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("2 www.com. A", "3 www.com. A", "2 www.net. A", "4 www.net. A"));
}

class Delegating : public Iteration {
 protected:
  /// A resolver with a zone that delegates sub.own. to 127.0.0.3, and nobody at the root who knows it.
  void start(const std::string& more = "") {
    world.add(2, Refers{});
    world.add(3, Refers{{{"deep.sub.own.",
                          {{"deep.sub.own. 60 IN NS ns.deep.sub.own."}, {"ns.deep.sub.own. 60 IN A 127.0.0.4"}}}}});
    world.add(4, Answers{"deep.sub.own."});
    Iteration::start(fmt::format("{}zones: {{ own: {} }}\n", more,
                                 folder.write("own.zone",
                                              "@ 60 IN SOA ns a 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.9\n"
                                              "sub 60 IN NS ns.sub\nns.sub 60 IN A 127.0.0.3\n"
                                              "down 60 IN CNAME ftp.deep.sub\n")));
  }
  static constexpr auto referral = "sub.own. 60 IN NS ns.sub.own.";
};

TEST_F(Delegating, StartsWhereAnOwnZoneDelegatesTo) {
  start();
  const auto reply = dns->dig("www.deep.sub.own");
  EXPECT_EQ(reply.flags, "qr rd ra");
  EXPECT_THAT(reply.answers, ElementsAre("www.deep.sub.own. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("3 www.deep.sub.own. A", "4 www.deep.sub.own. A"));
  const auto alias = dns->dig("down.own");
  EXPECT_EQ(alias.flags, "qr aa rd ra");
  EXPECT_THAT(alias.answers,
              ElementsAre("down.own. 60 IN CNAME ftp.deep.sub.own.", "ftp.deep.sub.own. 60 IN A 192.0.2.1"));
  EXPECT_THAT(world.take_queries(), ElementsAre("4 ftp.deep.sub.own. A")) << "the lower referral is remembered";
  EXPECT_EQ(dns->dig("www.sub.own").status, "SERVFAIL");
  EXPECT_THAT(world.take_queries(), ElementsAre("3 www.sub.own. A", "3 www.sub.own. A"));
}

TEST_F(Delegating, RefersWhoDoesNotAskForRecursionOrMayNot) {
  start("  allow: [127.0.0.1/32]\n");
  const auto plain = dns->dig("www.sub.own +norecurse");
  EXPECT_EQ(plain.flags, "qr ra");
  EXPECT_THAT(plain.authorities, ElementsAre(referral));
  const auto stranger = dns->dig("www.sub.own -b 127.0.0.9");
  EXPECT_EQ(stranger.flags, "qr rd");
  EXPECT_THAT(stranger.authorities, ElementsAre(referral));
  EXPECT_THAT(world.take_queries(), IsEmpty());
}

TEST_F(Iteration, AFlushHoldsForQuestionsUnderWay) {
  auto may_answer = std::make_shared<std::atomic<bool>>(false);
  world.add(2, [may_answer](const Message& query) {
    while (!*may_answer) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return Answers{"."}(query);
  });
  start();
  const auto client = dns->start_dig("www.example");
  while (world.messages().empty()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  ASSERT_TRUE(dns->ask({{"do", "cache.flush"}}));
  *may_answer = true;
  EXPECT_EQ(read_dig(client->wait()).status, "NOERROR");
  EXPECT_THAT(dns->cached(), IsEmpty());
}

TEST_F(Iteration, WhatNobodyCouldAnswerIsNotAskedAgainAtOnce) {
  world.add(2, [](const Message& query) { return reply_to(*query.question, query.header.id, Rcode::servfail); });
  start();
  EXPECT_EQ(dns->dig("www.example").status, "SERVFAIL");
  const auto asked = world.take_queries().size();
  EXPECT_EQ(dns->dig("www.example").status, "SERVFAIL");
  EXPECT_EQ(world.take_queries().size(), 0u) << asked << " the first time";
}

}  // namespace
}  // namespace labnet::dns_server
