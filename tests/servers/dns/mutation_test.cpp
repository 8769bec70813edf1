// A hundred thousand broken queries over UDP and TCP: the service lives on, answers what is right, never answers a
// reply, and keeps nothing of what it was sent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

constexpr int mutants_of_each_transport = 100'000;
constexpr int batch = 25;            // sent before a right query is, and its reply waited for
constexpr int mutants_per_turn = 5;  // fewer over TCP: one that is no query at all ends the connection
constexpr std::uint16_t right_id = 0xbeef;

Buffer right_query() {
  dns::Message query;
  query.header.id = right_id;
  query.question = question("www.example.");
  return to_wire(query);
}

/// Broken in a few places: octets changed, left out, put in, repeated.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_{seed} {
    const auto add = [&](std::string_view owner, dns::Type type, bool has_edns, dns::Class dns_class = dns::Class::in) {
      dns::Message query;
      query.header.recursion_desired = true;
      query.question = dns::Question{name(owner), type, dns_class};
      if (has_edns) query.edns = dns::Edns{{}, {{10, Buffer(8)}}};
      originals_.push_back(to_wire(query));
    };
    add("www.example.", dns::Type::a, true);
    add("a.b.wild.example.", dns::Type::txt, false);
    add("deep.sub.example.", dns::Type::aaaa, true);
    add("alias.example.", dns::Type::mx, true);
    add("many.example.", dns::Type::a, false);
    add("example.", dns::Type::axfr, false);
    add("version.bind.", dns::Type::txt, false, dns::Class::ch);
    add("outside.", dns::Type::any, true);
    dns::Message update;  // of other opcodes and with records in every section
    update.header.opcode = dns::Opcode::update;
    update.question = question("example.", dns::Type::soa);
    update.answers = update.authorities = update.additionals = records({"www.example. 60 IN A 192.0.2.7"});
    originals_.push_back(to_wire(update));
  }

  Buffer next() {
    auto packet = originals_[below(originals_.size())];
    packet[0] = octet();
    packet[1] = octet();
    for (auto count = 1 + below(4); count > 0; --count) mutate(packet);
    return packet;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  std::byte octet() { return static_cast<std::byte>(random_()); }

  void mutate(Buffer& packet) {
    const auto at = below(packet.size() + 1);
    const auto place = packet.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
      case 0:
        packet.resize(at);
        break;
      case 1:
        packet.insert(place, 1 + below(8), octet());
        break;
      case 2: {
        const Buffer again{packet.begin(), place};
        packet.insert(packet.end(), again.begin(), again.end());
        break;
      }
      case 3:
        if (at < packet.size()) packet[at] = std::byte{0xc0};  // a pointer, where there was none
        break;
      default:
        if (at < packet.size()) packet[at] ^= static_cast<std::byte>(1u << below(8));
    }
  }

  std::mt19937 random_;
  std::vector<Buffer> originals_;
};

std::uint16_t id_of(Bytes packet) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(packet[0]) << 8 | std::to_integer<unsigned>(packet[1]));
}

bool may_be_answered(Bytes packet) {
  return packet.size() >= dns::header_bytes && (packet[2] & std::byte{0x80}) == std::byte{0};
}

class Mutation : public testing::Test {
 protected:
  Mutation() {
    std::string zone =
        "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.2\n"
        "alias 60 IN CNAME www\n*.wild 60 IN TXT \"any\"\nsub 60 IN NS ns.sub\nns.sub 60 IN A 192.0.2.3\n";
    for (int i = 0; i < 100; ++i) zone += fmt::format("many 60 IN A 192.0.2.{}\n", i);
    const auto file = fmt::format("zones: {{ example: {} }}\ntransfer: {{ allow: [127.0.0.0/8] }}\n",
                                  folder.write("example.zone", zone));
    dns.emplace(std::vector<std::string>{"-c", folder.write("dns.yaml", file)});
  }

  /// Sends half of the mutants twice; the second half takes no memory that the first did not.
  void expect_no_growth(const std::function<void(int count)>& send) {
    send(mutants_of_each_transport / 2);
    const auto before = dns->resident_bytes();
    send(mutants_of_each_transport / 2);
    if (memory_is_the_programs_own) {
      EXPECT_LE(dns->resident_bytes(), before + (1 << 20));
    }
    EXPECT_THAT(dns->dig("www.example").answers, testing::ElementsAre("www.example. 60 IN A 192.0.2.2"));
    EXPECT_EQ(dns->dig("www.example +tcp").status, "NOERROR");
    EXPECT_EQ(dns->terminate(), 0);
  }

  test::TemporaryFolder folder;
  std::optional<RunningDns> dns;
  const unsigned seed = std::random_device{}();
};

TEST_F(Mutation, OverUdp) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Mutator mutator{seed};
  const auto client = PlainSocket::connected(SOCK_DGRAM, dns->udp_port());
  const auto right = right_query();
  expect_no_growth([&](int count) {
    for (int sent = 0; sent < count; sent += batch) {
      std::set<std::uint16_t> awaited{right_id};
      for (int i = 0; i < batch; ++i) {
        const auto packet = mutator.next();
        if (packet.size() >= 2 && id_of(packet) == right_id) continue;
        if (may_be_answered(packet)) awaited.insert(id_of(packet));
        client.send(packet);
      }
      client.send(right);
      for (std::uint16_t id = 0; id != right_id;) {
        const auto reply = client.receive();
        ASSERT_GE(reply.size(), dns::header_bytes) << "no reply to a query that is right";
        id = id_of(reply);
        ASSERT_TRUE(awaited.contains(id)) << "a reply to what is no query";
      }
    }
  });
}

TEST_F(Mutation, OverTcp) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Mutator mutator{seed};
  auto client = PlainSocket::connected(SOCK_STREAM, dns->tcp_port());
  expect_no_growth([&](int count) {
    for (int sent = 0; sent < count; sent += mutants_per_turn) {
      Buffer all;
      const auto append = [&](Bytes packet) {
        const auto one = framed(packet);
        all.insert(all.end(), one.begin(), one.end());
      };
      for (int i = 0; i < mutants_per_turn; ++i) append(mutator.next());
      append(right_query());
      client.send_what_is_taken(all);
      Buffer reply;
      do {
        reply = client.receive_message();
        const auto is_reply = reply.empty() || (reply[2] & std::byte{0x80}) != std::byte{0};
        ASSERT_TRUE(is_reply);
      } while (!reply.empty() && id_of(reply) != right_id);
      if (reply.empty()) client = PlainSocket::connected(SOCK_STREAM, dns->tcp_port());
    }
  });
}

}  // namespace
}  // namespace labnet::dns_server
