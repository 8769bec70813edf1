// What is sent to a name server, and which of the things that come back is taken for its reply.
#include "clients/dns/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

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
using testing::HasSubstr;

const dns::Question question{*dns::parse_name("web.example."), dns::Type::a, dns::Class::in};

Message answered(const Message& query) {
  auto reply = reply_to(query);
  reply.answers.push_back(record("web.example.", dns::A{{0xc000020a}}));
  return reply;
}

resolver::Server at(const DnsStub& stub) {
  return {Ipv4Address{127u << 24 | 1}, stub.port()};
}

struct Asked {
  Result<Reply> reply = Error{"interrupted"};
  std::vector<std::string> notices;
};

Asked ask_servers(std::vector<resolver::Server> servers, const Options& options = {}, Query query = {question}) {
  Asked asked;
  const Observer observer{.on_notice = [&](const std::string& sentence) { asked.notices.push_back(sentence); }};
  auto reply = net::run_to_end<Result<Reply>>(
      [&](net::Worker& worker) { return ask(worker.executor(), query, servers, options, observer); });
  if (reply) asked.reply = *std::move(reply);
  return asked;
}

std::vector<std::string> answers_of(const Asked& asked) {
  std::vector<std::string> texts;
  if (!asked.reply) return {asked.reply.error().message};
  for (const auto& one : asked.reply->message.answers) texts.push_back(dns::to_text(one));
  return texts;
}
const auto is_answered = ElementsAre("web.example. 3600 IN A 192.0.2.10");

TEST(DnsClient, SendsWhatTheQuerySays) {
  const DnsStub stub{
      [](const Message& query, test::Transport) { return std::vector<Buffer>{to_wire(answered(query))}; }};
  Query query{question};
  query.recursion_desired = false;
  query.checking_disabled = true;
  query.edns->udp_payload_bytes = 4000;
  query.edns->dnssec_ok = true;
  const auto asked = ask_servers({at(stub)}, {}, query);
  EXPECT_THAT(answers_of(asked), is_answered);
  EXPECT_EQ(asked.reply->transport, Transport::udp);
  EXPECT_EQ(asked.reply->server, at(stub));
  ASSERT_EQ(stub.queries().size(), 1u);
  const auto sent = stub.queries().front().message;
  EXPECT_EQ(sent.question, question);
  EXPECT_FALSE(sent.header.recursion_desired);
  EXPECT_TRUE(sent.header.authentic_data);
  EXPECT_TRUE(sent.header.checking_disabled);
  EXPECT_EQ(sent.edns->udp_payload_bytes, 4000);
  EXPECT_TRUE(sent.edns->dnssec_ok);
}

TEST(DnsClient, WithoutEdnsSendsAPlainMessage) {
  const DnsStub stub{
      [](const Message& query, test::Transport) { return std::vector<Buffer>{to_wire(answered(query))}; }};
  Query query{question};
  query.edns.reset();
  EXPECT_THAT(answers_of(ask_servers({at(stub)}, {}, query)), is_answered);
  EXPECT_FALSE(stub.queries().front().message.edns);
}

TEST(DnsClient, PassesOverWhatIsNoReplyToItsQuestion) {
  const DnsStub stub{[](const Message& query, test::Transport) {
    auto other_id = answered(query);
    ++other_id.header.id;
    auto other_question = answered(query);
    other_question.question->name = *dns::parse_name("forged.example.");
    auto other_type = answered(query);
    other_type.question->type = dns::Type::mx;
    auto no_reply = answered(query);
    no_reply.header.response = false;
    return std::vector<Buffer>{to_wire(other_id), to_wire(other_question), to_wire(other_type),
                               to_wire(no_reply), Buffer(3, std::byte{7}), to_wire(answered(query))};
  }};
  EXPECT_THAT(answers_of(ask_servers({at(stub)})), is_answered);
  EXPECT_EQ(stub.queries().size(), 1u);
}

TEST(DnsClient, AsksOverTcpIfTheReplyIsTruncatedAndSaysSo) {
  const DnsStub stub{[](const Message& query, test::Transport transport) {
    auto reply = answered(query);
    if (transport == test::Transport::udp) {
      reply.header.truncated = true;
      reply.answers.clear();
    }
    return std::vector<Buffer>{to_wire(reply)};
  }};
  const auto asked = ask_servers({at(stub)});
  EXPECT_THAT(answers_of(asked), is_answered);
  EXPECT_EQ(asked.reply->transport, Transport::tcp);
  EXPECT_THAT(asked.notices, ElementsAre("the reply is truncated, asking again over TCP"));
  const auto cut = ask_servers({at(stub)}, {.ignore_truncation = true});
  EXPECT_TRUE(cut.reply->message.header.truncated);
  EXPECT_EQ(stub.queries().size(), 3u);
}

TEST(DnsClient, AsksOverTcpFromTheStartIfToldTo) {
  const DnsStub stub{
      [](const Message& query, test::Transport) { return std::vector<Buffer>{to_wire(answered(query))}; }};
  EXPECT_THAT(answers_of(ask_servers({at(stub)}, {.over_tcp = true})), is_answered);
  ASSERT_EQ(stub.queries().size(), 1u);
  EXPECT_EQ(stub.queries().front().transport, test::Transport::tcp);
}

TEST(DnsClient, TakesTheLargestMessageThatTcpCarries) {
  const DnsStub stub{[](const Message& query, test::Transport) {
    auto reply = reply_to(query);
    const dns::Txt full{{dns::CharacterString{std::string(255, 'x')}}};
    reply.answers.assign(240, record("web.example.", full));
    auto wire = to_wire(reply);
    wire.resize(dns::message_bytes_max);  // the rest is behind the last record
    return std::vector<Buffer>{wire};
  }};
  const auto asked = ask_servers({at(stub)}, {.over_tcp = true});
  ASSERT_TRUE(asked.reply) << asked.reply.error().message;
  EXPECT_EQ(asked.reply->wire.size(), dns::message_bytes_max);
  EXPECT_GT(asked.reply->trailing_bytes, 0u);
  EXPECT_EQ(asked.reply->message.answers.size(), 240u);
}

TEST(DnsClient, TriesAgainAndThenTheNextServer) {
  std::atomic<int> silent{2};
  const DnsStub slow{[&](const Message& query, test::Transport) {
    return silent-- > 0 ? std::vector<Buffer>{} : std::vector<Buffer>{to_wire(answered(query))};
  }};
  const DnsStub mute{[](const Message&, test::Transport) { return std::vector<Buffer>{}; }};
  const auto asked = ask_servers({at(mute), at(slow)}, {.timeout = 50ms, .tries = 3});
  EXPECT_THAT(answers_of(asked), is_answered);
  EXPECT_EQ(mute.queries().size(), 3u);
  EXPECT_EQ(slow.queries().size(), 3u);
  ASSERT_EQ(asked.notices.size(), 5u);
  EXPECT_THAT(asked.notices.front(), HasSubstr("nothing came in time"));
}

TEST(DnsClient, SaysWhyThereIsNoReply) {
  const DnsStub mute{[](const Message&, test::Transport) { return std::vector<Buffer>{}; }};
  const auto server = at(mute);
  const auto silent = ask_servers({server}, {.timeout = 20ms, .tries = 1});
  EXPECT_EQ(silent.reply.error().message, "udp://127.0.0.1:" + std::to_string(server.port) + ": nothing came in time");
  EXPECT_THAT(silent.notices, ElementsAre());
  EXPECT_EQ(ask_servers({}).reply.error().message, "there is no name server to ask");
}

TEST(DnsClient, SaysThatNobodyListensThere) {
  resolver::Server server;
  {
    const DnsStub gone{[](const Message&, test::Transport) { return std::vector<Buffer>{}; }};
    server = at(gone);
  }
  EXPECT_THAT(ask_servers({server}, {.tries = 1}).reply.error().message, HasSubstr(": nobody listens there"));
  EXPECT_THAT(ask_servers({server}, {.over_tcp = true}).reply.error().message, HasSubstr(": nobody listens there"));
}

/// A server over TCP whose queue is full at first, so that the system has to knock twice, a second apart; then mute.
class LateServer {
 public:
  LateServer() : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    socklen_t length = sizeof address_;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address_), &length);
    ::listen(listener_.get(), 0);
    first_ = FileDescriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    EXPECT_EQ(::connect(first_.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
  }
  resolver::Server place() const { return {Ipv4Address{127u << 24 | 1}, ntohs(address_.sin_port)}; }
  void make_room() { accepted_ = FileDescriptor{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)}; }

 private:
  FileDescriptor listener_, first_, accepted_;
  sockaddr_in address_{};
};

TEST(DnsClient, HasOneDeadlineForAConnectionAndItsReply) {
  LateServer server;
  const std::jthread other{[&] {
    std::this_thread::sleep_for(300ms);
    server.make_room();
  }};
  const auto began = std::chrono::steady_clock::now();
  const auto asked = ask_servers({server.place()}, {.timeout = 1500ms, .over_tcp = true});
  const auto duration = std::chrono::steady_clock::now() - began;
  EXPECT_THAT(asked.reply.error().message, HasSubstr(": no whole reply came in time"));
  EXPECT_GE(duration, 1500ms);
  EXPECT_LT(duration, 2300ms);  // a second for the connection and all of the time for the reply would be 2500
}

TEST(DnsClient, SaysWhatIsWrongWithAReplyThatIsBroken) {
  const DnsStub stub{[](const Message& query, test::Transport) {
    auto wire = to_wire(answered(query));
    wire.resize(wire.size() - 1);
    return std::vector<Buffer>{wire};
  }};
  EXPECT_THAT(ask_servers({at(stub)}, {.tries = 1}).reply.error().message,
              HasSubstr("the reply of 44 bytes is no DNS message: "));
}

TEST(DnsClient, TakesARefusalForAReply) {
  const DnsStub stub{[](const Message& query, test::Transport) {
    auto reply = reply_to(query);
    reply.header.rcode = dns::Rcode::refused;
    return std::vector<Buffer>{to_wire(reply)};
  }};
  const auto asked = ask_servers({at(stub)});
  ASSERT_TRUE(asked.reply);
  EXPECT_EQ(asked.reply->message.header.rcode, dns::Rcode::refused);
}

TEST(DnsClient, TakesTheReplyOfAServerThatCouldNotReadTheQuestion) {
  const DnsStub stub{[](const Message& query, test::Transport) {
    auto reply = reply_to(query);
    reply.header.rcode = dns::Rcode::formerr;
    reply.question.reset();
    return std::vector<Buffer>{to_wire(reply)};
  }};
  const auto asked = ask_servers({at(stub)});
  ASSERT_TRUE(asked.reply);
  EXPECT_EQ(asked.reply->message.header.rcode, dns::Rcode::formerr);
}

}  // namespace
}  // namespace labnet::dns_client
