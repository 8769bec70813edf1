// A zone transfer as it should be, and everything that is none.
#include "clients/dns/transfer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/resolver/dns_stub.hpp"

namespace labnet::dns_client {
namespace {

using namespace std::chrono_literals;
using dns::Message;
using test::DnsStub;
using test::record;
using test::reply_to;
using test::to_wire;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

dns::Record soa(std::uint32_t serial = 7) {
  return record("example.",
                dns::Soa{*dns::parse_name("ns.example."), *dns::parse_name("admin.example."), serial, {}, {}, {}, {}});
}
dns::Record host(std::string_view name) {
  return record(name, dns::A{{0xc000020a}});
}

/// The messages of a transfer, each of these records.
using Parts = std::vector<std::vector<dns::Record>>;

std::vector<Buffer> wires_of(const Message& query, const Parts& parts) {
  std::vector<Buffer> wires;
  for (const auto& records : parts) {
    auto message = reply_to(query);
    message.answers = records;
    if (!wires.empty()) message.question.reset();  // as servers may (RFC 5936, section 2.2.2)
    wires.push_back(to_wire(message));
  }
  return wires;
}

DnsStub::Answer answer(Parts parts) {
  return [parts](const Message& query, test::Transport) { return wires_of(query, parts); };
}

struct Outcome {
  Result<Transfer> transfer = Error{"interrupted"};
  std::vector<std::string> notices;
  std::size_t sent = 0, received = 0;  // messages
};

Outcome transfer_from(const std::vector<const DnsStub*>& stubs, const TransferLimits& limits = {},
                      const Options& options = {}) {
  Outcome outcome;
  const Observer observer{
      .on_notice = [&](const std::string& sentence) { outcome.notices.push_back(sentence); },
      .on_message =
          [&](const Passage& message) {
            ++(message.direction == Passage::Direction::sent ? outcome.sent : outcome.received);
          },
  };
  std::vector<resolver::Server> servers;
  for (const auto* stub : stubs) servers.push_back({Ipv4Address{127u << 24 | 1}, stub->port()});
  const Query query{{*dns::parse_name("Example."), dns::Type::axfr, dns::Class::in}};
  auto transfer = net::run_to_end<Result<Transfer>>(
      [&](net::Worker& worker) { return transfer_zone(worker.executor(), query, servers, options, limits, observer); });
  if (transfer) outcome.transfer = *std::move(transfer);
  return outcome;
}

/// What is wrong with what a server sends.
std::string transfer_fault(const DnsStub::Answer& answer, const TransferLimits& limits = {}) {
  const DnsStub stub{answer};
  const auto outcome = transfer_from({&stub}, limits);
  if (outcome.transfer) return "";
  const auto& sentence = outcome.transfer.error().message;
  const auto place = "tcp://127.0.0.1:" + std::to_string(stub.port()) + ": ";
  return sentence.starts_with(place) ? sentence.substr(place.size()) : sentence;
}

TEST(DnsTransfer, TakesAZoneInOneMessage) {
  const DnsStub stub{answer({{soa(), host("a.example."), soa()}})};
  const auto outcome = transfer_from({&stub});
  ASSERT_TRUE(outcome.transfer) << outcome.transfer.error().message;
  EXPECT_THAT(outcome.transfer->records, ElementsAre(soa(), host("a.example."), soa()));
  EXPECT_EQ(outcome.transfer->messages, 1u);
  EXPECT_EQ(outcome.transfer->bytes,
            wires_of(stub.queries().front().message, {{soa(), host("a.example."), soa()}}).front().size());
  EXPECT_EQ(stub.queries().size(), 1u);
  EXPECT_EQ(stub.queries().front().transport, test::Transport::tcp);
  EXPECT_EQ(stub.queries().front().message.question->type, dns::Type::axfr);
  EXPECT_EQ(outcome.sent, 1u);
  EXPECT_EQ(outcome.received, 1u);
}

TEST(DnsTransfer, TakesAZoneInManyMessages) {
  const DnsStub stub{answer({{soa()}, {host("a.example.")}, {host("b.example."), host("c.example.")}, {soa()}})};
  const auto outcome = transfer_from({&stub});
  ASSERT_TRUE(outcome.transfer) << outcome.transfer.error().message;
  EXPECT_EQ(outcome.transfer->records.size(), 5u);
  EXPECT_EQ(outcome.transfer->messages, 4u);
  EXPECT_EQ(outcome.received, 4u);
}

TEST(DnsTransfer, TheSoaOfAnotherNameDoesNotCloseIt) {
  auto other = soa();
  other.name = *dns::parse_name("sub.example.");
  const DnsStub stub{answer({{soa(), other}, {soa()}})};
  EXPECT_EQ(transfer_from({&stub}).transfer->records.size(), 3u);
}

TEST(DnsTransfer, SaysWhatIsNoTransfer) {
  EXPECT_EQ(transfer_fault(answer({{host("a.example."), soa()}})), "the transfer does not begin with the zone's SOA");
  EXPECT_EQ(transfer_fault(answer({{soa(7), soa(8)}})),
            "the zone has changed on the way: the closing SOA is not the one at the beginning");
  EXPECT_EQ(transfer_fault(answer({{soa(), soa(), host("a.example.")}})), "there are records behind the closing SOA");
  EXPECT_EQ(transfer_fault(answer({{soa()}, {}})), "a message of the transfer has no records");
  EXPECT_EQ(transfer_fault(answer({{soa()}})), "the server closes the connection before the closing SOA");
  EXPECT_EQ(transfer_fault(answer({})), "the server closes the connection before the closing SOA");
}

TEST(DnsTransfer, TakesNoRecordThatIsNotOfTheZone) {
  EXPECT_EQ(transfer_fault(answer({{soa(), host("www.other."), soa()}})),
            "there is a record that is not of the zone: www.other. IN A");
  EXPECT_EQ(transfer_fault(answer({{soa()}, {host("wwwexample.")}, {soa()}})),
            "there is a record that is not of the zone: wwwexample. IN A");
  auto chaos = host("a.example.");
  chaos.dns_class = dns::Class::ch;
  EXPECT_EQ(transfer_fault(answer({{soa(), chaos, soa()}})),
            "there is a record that is not of the zone: a.Example. CH A");
}

TEST(DnsTransfer, SaysWhatTheServerSays) {
  const auto refusal = [](const Message& query, test::Transport) {
    auto reply = reply_to(query);
    reply.header.rcode = dns::Rcode::refused;
    return std::vector<Buffer>{to_wire(reply)};
  };
  EXPECT_EQ(transfer_fault(refusal), "the server says REFUSED");
}

TEST(DnsTransfer, TakesNoMessageOfAnotherQuestionOrId) {
  const auto changed = [](const std::function<void(Message&)>& change) {
    return [change](const Message& query, test::Transport) {
      auto wires = wires_of(query, {{soa()}});
      auto second = reply_to(query);
      second.answers = {soa()};
      change(second);
      wires.push_back(to_wire(second));
      return wires;
    };
  };
  EXPECT_EQ(transfer_fault(changed([](Message&) {})), "");
  const std::string no_reply = "what came is no reply to the question";
  EXPECT_EQ(transfer_fault(changed([](Message& message) { ++message.header.id; })), no_reply);
  EXPECT_EQ(transfer_fault(changed([](Message& message) { message.header.response = false; })), no_reply);
  EXPECT_EQ(transfer_fault(changed([](Message& message) { message.question->name = *dns::parse_name("other."); })),
            no_reply);
}

TEST(DnsTransfer, SaysWhatIsWrongWithABrokenMessage) {
  const auto broken = [](const Message& query, test::Transport) {
    auto wires = wires_of(query, {{soa(), soa()}});
    wires.front().pop_back();
    return wires;
  };
  EXPECT_THAT(transfer_fault(broken), HasSubstr(" bytes is no DNS message: "));
  const auto empty = [](const Message&, test::Transport) { return std::vector<Buffer>{{}}; };
  EXPECT_EQ(transfer_fault(empty), "what came is no reply to the question");
}

TEST(DnsTransfer, GoesToItsLimitsAndNotBeyond) {
  const Parts parts{{soa(), host("a.example.")}, {host("b.example."), soa()}};
  EXPECT_EQ(transfer_fault(answer(parts), {.records_max = 4}), "");
  EXPECT_EQ(transfer_fault(answer(parts), {.records_max = 3}), "the zone has more than 3 records");
  EXPECT_EQ(transfer_fault(answer(parts), {.time_max = std::chrono::milliseconds{0}}),
            "the transfer takes longer than 0 s");
  const DnsStub stub{answer(parts)};
  const auto bytes = transfer_from({&stub}).transfer->bytes;
  EXPECT_EQ(transfer_fault(answer(parts), {.bytes_max = bytes}), "");
  EXPECT_EQ(transfer_fault(answer(parts), {.bytes_max = bytes - 1}),
            "the zone takes more than " + std::to_string(bytes - 1) + " bytes");
}

TEST(DnsTransfer, AsksTheNextServerIfOneGivesNoZone) {
  const DnsStub empty{answer({})};
  const DnsStub good{answer({{soa(), soa()}})};
  const auto outcome = transfer_from({&empty, &good});
  ASSERT_TRUE(outcome.transfer);
  EXPECT_EQ(outcome.transfer->server.port, good.port());
  EXPECT_THAT(outcome.notices, ElementsAre(EndsWith("the server closes the connection before the closing SOA")));
  EXPECT_EQ(transfer_from({}).transfer.error().message, "there is no name server to ask");
}

TEST(DnsTransfer, EachMessageHasTheWholeTime) {
  const DnsStub slow{answer({{soa()}, {host("a.example.")}, {soa()}}), 0, {}, 1s};
  const auto outcome = transfer_from({&slow}, {}, {.timeout = 1800ms});
  ASSERT_TRUE(outcome.transfer) << outcome.transfer.error().message;
  EXPECT_GT(outcome.transfer->duration, 1800ms);
  const DnsStub slower{answer({{soa()}, {soa()}}), 0, 20ms};
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(transfer_from({&slower}, {}, {.timeout = 300ms}).transfer.error().message,
              EndsWith(": no whole message came in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1500ms);
}

}  // namespace
}  // namespace labnet::dns_client
