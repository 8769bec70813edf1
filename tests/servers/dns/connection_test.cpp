// Connections over TCP: many queries on one, in any order, in any pieces; zones whole; clients that stop in the middle.
#include "servers/dns/connection.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string lab_file = std::string{LABNET_CONFIG_DIR} + "/labredes71/dns.yaml";

Buffer query_for(std::string_view text, std::uint16_t id, dns::Type type = dns::Type::a) {
  dns::Message query;
  query.header.id = id;
  query.header.recursion_desired = true;
  query.question = question(text, type);
  return to_wire(query);
}

dns::Message parsed(const Buffer& wire) {
  return dns::parse_message(wire).value().message;
}

TEST(DnsConnection, AnswersPipelinedQueriesInOrder) {
  const RunningDns dns{{"-c", lab_file}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  Buffer both;
  for (const auto& query : {query_for("web.labredes71.com.", 1), query_for("ftp.labredes71.com.", 2)}) {
    both.push_back(std::byte{0});
    both.push_back(static_cast<std::byte>(query.size()));
    both.insert(both.end(), query.begin(), query.end());
  }
  client.send(both);
  const auto first = parsed(client.receive_message());
  const auto second = parsed(client.receive_message());
  EXPECT_EQ(first.header.id, 1);
  EXPECT_THAT(texts(first.answers), ElementsAre("web.labredes71.com. 3600 IN A 192.168.1.10"));
  EXPECT_EQ(second.header.id, 2);
  EXPECT_THAT(texts(second.answers), ElementsAre("ftp.labredes71.com. 3600 IN A 192.168.1.11"));
}

TEST(DnsConnection, ReassemblesAQueryThatComesInSmallPieces) {
  const RunningDns dns{{"-c", lab_file}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  const auto query = query_for("web.labredes71.com.", 7);
  const std::byte length[] = {std::byte{0}, static_cast<std::byte>(query.size())};
  for (const auto& octet : length) client.send({&octet, 1});
  for (const auto& octet : query) client.send({&octet, 1});
  EXPECT_EQ(parsed(client.receive_message()).header.id, 7);
}

TEST(DnsConnection, EndsAConnectionThatStopsInTheMiddle) {
  const test::TemporaryFolder folder;
  const RunningDns dns{{"-c", folder.write("dns.yaml", "limits: { idle_timeout: 1s }\n")}};
  const auto half = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  half.send(octets("0024 0001 0100 0001"));
  const auto silent = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  EXPECT_TRUE(half.is_at_end());
  EXPECT_TRUE(silent.is_at_end());
  EXPECT_EQ(dns.dig("web.example +tcp").status, "REFUSED") << "the service goes on";
}

TEST(DnsConnection, EndsAConnectionThatSendsNoMessage) {
  const RunningDns dns{{"-c", lab_file}};
  for (const auto* text : {"0000", "000b 0001 0100 0001 0000 0000 00", "000c 0001 8100 0001 0000 0000 0000"}) {
    const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
    client.send(octets(text));
    EXPECT_TRUE(client.is_at_end()) << text;
  }
}

TEST(DnsConnection, TakesAsManyConnectionsAsTheLimitSays) {
  const test::TemporaryFolder folder;
  const RunningDns dns{{"-c", folder.write("dns.yaml", "limits: { connections_per_address_max: 2 }\n")}};
  const auto first = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  const auto second = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  for (const auto* client : {&first, &second}) {
    client->send_message(query_for("web.example.", 1));
    EXPECT_EQ(parsed(client->receive_message()).header.rcode, dns::Rcode::refused);
  }
  const auto third = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  EXPECT_TRUE(third.is_at_end());
  first.send_message(query_for("web.example.", 2));
  EXPECT_EQ(parsed(first.receive_message()).header.id, 2) << "those that were there stay";
}

TEST(DnsConnection, AnswersAHundredQueriesThatComeAtOnce) {
  const RunningDns dns{{"-c", lab_file}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  Buffer all;
  for (std::uint16_t id = 0; id < 100; ++id) {
    const auto one = framed(query_for(id % 2 == 0 ? "web.labredes71.com." : "no.labredes71.com.", id));
    all.insert(all.end(), one.begin(), one.end());
  }
  client.send(all);
  for (std::uint16_t id = 0; id < 100; ++id) {
    const auto reply = parsed(client.receive_message());
    EXPECT_EQ(reply.header.id, id);
    EXPECT_EQ(reply.header.rcode, id % 2 == 0 ? dns::Rcode::noerror : dns::Rcode::nxdomain);
  }
}

TEST(DnsConnection, AnswersTheLongestMessageThereIs) {
  const RunningDns dns{{"-c", lab_file}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  auto longest = query_for("web.labredes71.com.", 5);
  longest.resize(dns::message_bytes_max);  // what stands behind a message is tolerated
  client.send_message(longest);
  EXPECT_EQ(parsed(client.receive_message()).header.id, 5);
  client.send_message(query_for("web.labredes71.com.", 6));
  EXPECT_EQ(parsed(client.receive_message()).header.id, 6);
}

TEST(DnsConnection, AnAnswerThatTakesLongHoldsNoOtherUp) {
  const test::TemporaryFolder folder;
  const Upstream upstream;
  const auto zone = folder.write("own.zone", "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n");
  const auto file = fmt::format("zones: {{ own: {} }}\nrecursion: {{ timeout: 9s, forward: {{ .: ['{}'] }} }}\n", zone,
                                upstream.address());
  const RunningDns dns{{"-c", folder.write("dns.yaml", file)}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  client.send_message(query_for("first.example.", 1));
  client.send_message(query_for("second.example.", 2));
  client.send_message(query_for("ns.own.", 3));
  EXPECT_EQ(parsed(client.receive_message()).header.id, 3);

  std::map<std::string, Received> asked;
  for (int i = 0; i < 2; ++i) {
    const auto query = upstream.next();
    asked[to_lower(dns::to_text(query.message.question->name))] = query;
  }
  for (const auto& [name, id] : {std::pair{"second.example.", 2}, std::pair{"first.example.", 1}}) {
    const auto& query = asked.at(name);
    upstream.reply(query, answer_to(query, {fmt::format("{} 60 IN A 192.0.2.7", name)}));
    const auto reply = parsed(client.receive_message());
    EXPECT_EQ(reply.header.id, id);
    EXPECT_THAT(texts(reply.answers), ElementsAre(fmt::format("{} 60 IN A 192.0.2.7", name)));
  }
}

TEST(DnsConnection, WhoEndsItsOwnSideStillGetsItsAnswer) {
  const test::TemporaryFolder folder;
  const Upstream upstream;
  const auto file = fmt::format("recursion: {{ timeout: 9s, forward: {{ .: ['{}'] }} }}\n", upstream.address());
  const RunningDns dns{{"-c", folder.write("dns.yaml", file)}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  client.send_message(query_for("www.example.", 1));
  client.end_sending();
  const auto query = upstream.next();
  upstream.reply(query, answer_to(query, {"www.example. 60 IN A 192.0.2.7"}));
  EXPECT_EQ(parsed(client.receive_message()).header.id, 1);
  EXPECT_TRUE(client.is_at_end());
}

TEST(DnsConnection, AClientThatTakesNoRepliesIsLeft) {
  const test::TemporaryFolder folder;
  std::string zone = "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n";
  for (int i = 0; i < 900; ++i)
    zone += fmt::format("many 60 IN TXT \"{}\"\n", std::string(50, 'x') + std::to_string(i));
  const auto file =
      fmt::format("zones: {{ example: {} }}\nlimits: {{ idle_timeout: 500ms }}\n", folder.write("example.zone", zone));
  const RunningDns dns{{"-c", folder.write("dns.yaml", file)}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  const auto query = framed(query_for("many.example.", 1, dns::Type::txt));
  Buffer all;
  for (int i = 0; i < 400; ++i) all.insert(all.end(), query.begin(), query.end());  // for 24 MB of replies
  client.send(all);
  // What is left of it once the server has gone: far less than was asked for.
  client.wait_until_broken();
  std::size_t replies = 0;
  while (!client.receive_message().empty()) ++replies;
  EXPECT_LT(replies, 400u);
  EXPECT_EQ(dns.dig("ns.example +tcp").status, "NOERROR") << "others are served";
}

/// Raises this process's own limit of open files while it lives.
class ManyFiles {
 public:
  explicit ManyFiles(rlim_t needed) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit more{std::max(needed, before_.rlim_cur), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &more), 0);
  }
  ~ManyFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(DnsConnection, AThousandThatSayNothingOrHalfHarmNobodyElse) {
  const ManyFiles room{1500};
  const RunningDns dns{{"-c", lab_file}};
  const auto before = dns.resident_bytes();
  std::vector<PlainSocket> others;
  for (int i = 0; i < 1000; ++i) {
    // From several addresses: one alone may not have so many.
    others.push_back(PlainSocket::connected(SOCK_STREAM, dns.tcp_port(), static_cast<std::uint8_t>(2 + i % 4)));
    if (i % 2 == 0) others.back().send(octets("ffff 0001 0100 0001"));  // a long message begins, and does not go on
  }
  const auto reply = dns.dig("web.labredes71.com +tcp");
  EXPECT_THAT(reply.answers, ElementsAre("web.labredes71.com. 3600 IN A 192.168.1.10"));
  EXPECT_EQ(dns.dig("web.labredes71.com").status, "NOERROR");
  if (memory_is_the_programs_own) {
    EXPECT_LT(dns.resident_bytes() - before, 16u << 20);
  }
  EXPECT_FALSE(others.front().has_arrived()) << "they are all still there";
  EXPECT_FALSE(others.back().has_arrived());
}

TEST(DnsConnection, WhatWasAskedBeforeGarbageIsAnswered) {
  const RunningDns dns{{"-c", lab_file}};
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  auto both = framed(query_for("web.labredes71.com.", 1));
  for (const auto octet : {0x00, 0x01, 0x00}) both.push_back(static_cast<std::byte>(octet));  // a message of one octet
  client.send(both);
  EXPECT_EQ(parsed(client.receive_message()).header.id, 1);
  EXPECT_TRUE(client.is_at_end());
}

TEST(DnsConnection, ALongAnswerToManyWhoDoNotReadTakesBoundedMemory) {
  const test::TemporaryFolder folder;
  const Upstream upstream;
  const auto file = fmt::format("recursion: {{ timeout: 9s, forward: {{ .: ['{}'] }} }}\n", upstream.address());
  const RunningDns dns{{"-c", folder.write("dns.yaml", file)}};
  const auto before = dns.resident_bytes();
  std::vector<PlainSocket> clients;
  Buffer all;
  for (std::uint16_t id = 0; id < 250; ++id) {
    const auto one = framed(query_for("long.example.", id, dns::Type::txt));
    all.insert(all.end(), one.begin(), one.end());
  }
  for (int i = 0; i < 20; ++i) {
    clients.push_back(PlainSocket::connected(SOCK_STREAM, dns.tcp_port()));
    clients.back().send(all);
  }
  const auto query = upstream.next();
  auto answer = answer_to(query, {});
  for (int i = 0; i < 230; ++i) {
    answer.answers.push_back({name("long.example."), dns::Class::in, 0,
                              dns::Txt{{dns::CharacterString{std::string(240, 'x') + std::to_string(i)}}}});
  }
  auto cut = answer_to(query, {});
  cut.header.truncated = true;
  upstream.reply(query, cut);
  const auto connection = upstream.tcp().accept();
  auto over_tcp = answer;
  over_tcp.header.id = dns::parse_message(connection.receive_message())->message.header.id;
  connection.send_message(to_wire(over_tcp));
  EXPECT_FALSE(clients.front().receive_message().empty());
  if (memory_is_the_programs_own) {
    EXPECT_LT(dns.resident_bytes() - before, 120u << 20);
  }
}

// ---- zone transfer

const std::string zone_text =
    "@        60 IN SOA ns admin 7 2 3 4 5\n"
    "@        60 IN NS  ns\n"
    "ns       60 IN A   192.0.2.1\n"
    "sub      60 IN NS  ns.sub\n"
    "ns.sub   60 IN A   192.0.2.2\n"
    "a.b.c    60 IN MX  10 ns\n"
    "*.wild   60 IN TXT \"any\"\n";

class DnsTransfer : public testing::Test {
 protected:
  void start(const std::string& zone, const std::string& allow = "[127.0.0.0/8]") {
    const auto file =
        fmt::format("zones: {{ example: {} }}\ntransfer: {{ allow: {} }}\n", folder.write("example.zone", zone), allow);
    dns.emplace(std::vector<std::string>{"-c", folder.write("dns.yaml", file)});
  }
  test::TemporaryFolder folder;
  std::optional<RunningDns> dns;
};

TEST_F(DnsTransfer, GivesTheZoneWhole) {
  start(zone_text);
  const auto reply = dns->start_dig("example AXFR +tcp +noall +answer")->wait();
  std::vector<std::string> lines;
  std::string line;
  for (std::istringstream output{reply.output}; std::getline(output, line);) {
    if (!line.empty() && !line.starts_with(';')) lines.push_back(with_single_blanks(line));
  }
  const std::string soa = "example. 60 IN SOA ns.example. admin.example. 7 2 3 4 5";
  EXPECT_THAT(lines, ElementsAre(soa, "example. 60 IN NS ns.example.", "a.b.c.example. 60 IN MX 10 ns.example.",
                                 "ns.example. 60 IN A 192.0.2.1", "sub.example. 60 IN NS ns.sub.example.",
                                 "ns.sub.example. 60 IN A 192.0.2.2", "*.wild.example. 60 IN TXT \"any\"", soa));
}

TEST_F(DnsTransfer, TakesSeveralMessagesForALargeZone) {
  auto zone = zone_text;
  for (int i = 0; i < 5000; ++i) zone += fmt::format("host{} 60 IN A 192.0.2.{}\n", i, i % 256);
  start(zone);
  const auto reply = dns->start_dig("example AXFR +tcp")->wait();
  EXPECT_THAT(reply.output, HasSubstr(";; XFR size: 5008 records (messages 8, bytes "));
}

TEST_F(DnsTransfer, GoesOnWithTheConnection) {
  start(zone_text);
  const auto client = PlainSocket::connected(SOCK_STREAM, dns->tcp_port());
  client.send_message(query_for("EXAMPLE.", 1, dns::Type::axfr));
  client.send_message(query_for("ns.example.", 2));
  const auto zone = parsed(client.receive_message());
  EXPECT_EQ(zone.header.id, 1);
  EXPECT_TRUE(zone.header.authoritative);
  EXPECT_EQ(zone.answers.size(), 8u);
  EXPECT_EQ(parsed(client.receive_message()).header.id, 2);
}

TEST_F(DnsTransfer, IsForThoseWhoMay) {
  start(zone_text, "[192.0.2.0/24]");
  const auto client = PlainSocket::connected(SOCK_STREAM, dns->tcp_port());
  client.send_message(query_for("example.", 1, dns::Type::axfr));
  EXPECT_EQ(parsed(client.receive_message()).header.rcode, dns::Rcode::refused);
}

TEST_F(DnsTransfer, IsOfAZoneOfItsOwnAndOverTcp) {
  start(zone_text);
  const auto client = PlainSocket::connected(SOCK_STREAM, dns->tcp_port());
  for (const auto* name : {"ns.example.", "other."}) {
    client.send_message(query_for(name, 1, dns::Type::axfr));
    EXPECT_EQ(parsed(client.receive_message()).header.rcode, dns::Rcode::notauth) << name;
  }
  const auto over_udp = PlainSocket::connected(SOCK_DGRAM, dns->udp_port());
  over_udp.send(query_for("example.", 1, dns::Type::axfr));
  EXPECT_EQ(parsed(over_udp.receive()).header.rcode, dns::Rcode::formerr);
}

}  // namespace
}  // namespace labnet::dns_server
