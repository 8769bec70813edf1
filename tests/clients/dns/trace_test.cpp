// The way from the root down: with servers that play by the rules, and with one that plays others.
#include "clients/dns/trace.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/common/resolver/dns_stub.hpp"

namespace labnet::dns_client {
namespace {

using namespace std::chrono_literals;
using dns::Message;
using dns::Type;
using test::DnsStub;
using test::name;
using test::record;
using test::reply_to;
using test::to_wire;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const Ipv4Address loopback{127u << 24 | 1};

dns::Record ns(std::string_view zone, std::string_view host) {
  return record(zone, dns::Ns{name(host)});
}
dns::Record glue(std::string_view host) {
  return record(host, dns::A{loopback});
}

/// All servers at once, for all have one address: the reply to each question is as this function fills it.
using Fill = std::function<void(const Message& query, Message& reply)>;

DnsStub::Answer filled(Fill fill) {
  return [fill = std::move(fill)](const Message& query, test::Transport) {
    auto reply = reply_to(query);
    reply.header.recursion_available = false;
    fill(query, reply);
    return std::vector<Buffer>{to_wire(reply)};
  };
}

void refer(Message& reply, std::string_view zone, std::string_view host, bool with_glue = true) {
  reply.authorities.push_back(ns(zone, host));
  if (with_glue) reply.additionals.push_back(glue(host));
}

struct Traced {
  TraceEnd end;
  std::vector<std::string> servers;  // of each step
  std::vector<std::string> notices;
  std::string fault() const { return end.fault ? end.fault->message : ""; }
};

struct How {
  std::string asked = "web.leaf.test.";
  bool from_root = true;  // with --root
  bool has_local_server = true;
  TraceLimits limits{};
  resolver::Family family = resolver::Family::both;
};

Traced trace_with(const DnsStub& stub, const How& how = {}) {
  Traced traced;
  const Observer observer{.on_notice = [&](const std::string& sentence) { traced.notices.push_back(sentence); }};
  TraceStart start{.local_servers = {}, .root = {}, .port = stub.port(), .family = how.family};
  const resolver::Server server{loopback, stub.port()};
  if (how.from_root) start.root = server;
  if (how.has_local_server) start.local_servers.push_back(server);
  const Query query{{name(how.asked), Type::a, dns::Class::in}};
  const Options options{.timeout = 200ms, .tries = 1};
  const auto end = net::run_to_end<TraceEnd>([&](net::Worker& worker) {
    return trace(worker.executor(), query, start, options, how.limits, observer,
                 [&](const TraceStep& step) { traced.servers.push_back(step.server_name); });
  });
  EXPECT_TRUE(end);
  if (end) traced.end = *end;
  return traced;
}

/// Test, then leaf.test, then the answer, whoever is asked.
DnsStub::Answer three_zones() {
  auto step = std::make_shared<std::atomic<int>>(0);
  return filled([step](const Message& query, Message& reply) {
    const auto& question = *query.question;
    if (question.type == Type::ns && question.name.is_root()) {
      reply.answers.push_back(ns(".", "a.root."));
      reply.additionals.push_back(glue("a.root."));
      return;
    }
    switch ((*step)++) {
      case 0:
        return refer(reply, "test.", "ns.test.");
      case 1:
        return refer(reply, "LEAF.test.", "ns.leaf.test.");
      default:
        reply.answers.push_back(record("web.leaf.test.", dns::A{{0xc000020a}}));
    }
  });
}

TEST(DnsTrace, GoesFromTheRootsServersToTheAnswer) {
  const DnsStub stub{three_zones()};
  const auto traced = trace_with(stub, {.from_root = false});
  EXPECT_EQ(traced.fault(), "");
  EXPECT_THAT(traced.servers, ElementsAre("127.0.0.1", "a.root", "ns.test", "ns.leaf.test"));
  const auto queries = stub.queries();
  ASSERT_THAT(queries, SizeIs(4));
  EXPECT_TRUE(queries.front().message.header.recursion_desired);
  for (std::size_t i = 1; i < queries.size(); ++i) {
    EXPECT_FALSE(queries[i].message.header.recursion_desired);
    EXPECT_EQ(dns::to_text(queries[i].message.question->name), "web.leaf.test.");
  }
}

TEST(DnsTrace, StartsElsewhereWithoutALocalServer) {
  const DnsStub stub{three_zones()};
  const auto traced = trace_with(stub, {.has_local_server = false});
  EXPECT_EQ(traced.fault(), "");
  EXPECT_THAT(traced.servers, ElementsAre("127.0.0.1", "ns.test", "ns.leaf.test"));
}

TEST(DnsTrace, EndsWhereTheNameIsDenied) {
  const dns::Soa soa{name("ns.test."), name("admin.test."), 7, {}, {}, {}, {}};
  const DnsStub nothing{filled([&](const Message&, Message& reply) {
    reply.header.rcode = dns::Rcode::nxdomain;
    reply.authorities.push_back(record("test.", soa));
  })};
  EXPECT_EQ(trace_with(nothing).fault(), "");
  // Some put the zone's NS records beside the SOA of "no such data".
  const DnsStub no_data{filled([&](const Message&, Message& reply) {
    reply.authorities = {record("test.", soa), ns("test.", "ns.test.")};
  })};
  const auto traced = trace_with(no_data);
  EXPECT_EQ(traced.fault(), "");
  EXPECT_THAT(traced.servers, SizeIs(1));
}

TEST(DnsTrace, AReferralHasToLeadBelowTheZoneBefore) {
  for (const auto& [zones, sentence] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"."}, "127.0.0.1 refers to ., which is not below . (RFC 1034, section 5.3.3)"},
           {{"test.", "test."}, "ns.test refers to test., which is not below test. (RFC 1034, section 5.3.3)"},
           {{"leaf.test.", "test."},
            "ns.leaf.test refers to test., which is not below leaf.test. (RFC 1034, section 5.3.3)"},
           {{"test.", "example."}, "ns.test refers to example., which is not below test. (RFC 1034, section 5.3.3)"},
           {{"other."}, "127.0.0.1 refers to other., which does not lead to web.leaf.test."}}) {
    std::atomic<std::size_t> step{0};
    const DnsStub stub{filled([&](const Message&, Message& reply) {
      const auto& zone = zones[std::min(step++, zones.size() - 1)];
      refer(reply, zone, zone == "." ? "ns.root." : "ns." + zone);
    })};
    const auto traced = trace_with(stub);
    EXPECT_EQ(traced.fault(), sentence);
    EXPECT_TRUE(traced.end.has_reply);
    EXPECT_EQ(stub.queries().size(), zones.size());
  }
}

TEST(DnsTrace, FollowsReferralsUpToItsLimit) {
  const std::string asked = "a.b.c.d.e.";
  const auto refer_one_label_on = [&] {
    auto labels = std::make_shared<std::atomic<std::size_t>>(0);
    return filled([labels, asked](const Message&, Message& reply) {
      const auto left = 5 - std::min<std::size_t>(++*labels, 5);
      const dns::Name zone{name(asked).view().without_labels(left)};
      if (zone == name(asked)) {
        reply.answers.push_back(record(asked, dns::A{loopback}));
      } else {
        refer(reply, dns::to_text(zone), "ns." + dns::to_text(zone));
      }
    });
  };
  const DnsStub within{refer_one_label_on()};
  EXPECT_EQ(trace_with(within, {.asked = asked, .limits = {.referrals_max = 4}}).fault(), "");
  const DnsStub beyond{refer_one_label_on()};
  EXPECT_EQ(trace_with(beyond, {.asked = asked, .limits = {.referrals_max = 3}}).fault(),
            "ns.c.d.e leads on, but more than 3 referrals are not followed");
}

TEST(DnsTrace, LooksUpAServerWithoutGlueAlongItsAliases) {
  std::atomic<bool> has_referred = false;
  const DnsStub stub{filled([&](const Message& query, Message& reply) {
    if (query.header.recursion_desired) {
      reply.answers = {record("ns.elsewhere.", dns::Cname{name("host.elsewhere.")}), glue("host.elsewhere."),
                       record("forged.elsewhere.", dns::A{{0xc0000263}})};
    } else if (!has_referred.exchange(true)) {
      refer(reply, "test.", "ns.elsewhere.", false);
    } else {
      reply.answers.push_back(record("web.leaf.test.", dns::A{loopback}));
    }
  })};
  const auto traced = trace_with(stub);
  EXPECT_EQ(traced.fault(), "");
  EXPECT_THAT(traced.servers, ElementsAre("127.0.0.1", "ns.elsewhere"));
  EXPECT_EQ(stub.queries().size(), 3u);
}

TEST(DnsTrace, BelievesNoGlueFromOutsideTheZoneOfWhoRefers) {
  std::atomic<int> step = 0;
  const DnsStub stub{filled([&](const Message& query, Message& reply) {
    if (query.header.recursion_desired) {
      reply.answers.push_back(glue("ns.other."));
    } else if (step++ == 0) {
      refer(reply, "test.", "ns.test.");
    } else if (step == 2) {
      reply.authorities.push_back(ns("leaf.test.", "ns.other."));
      reply.additionals.push_back(record("ns.other.", dns::A{{0xc0000263}}));  // where nobody would answer
    } else {
      reply.answers.push_back(record("web.leaf.test.", dns::A{loopback}));
    }
  })};
  const auto traced = trace_with(stub);
  EXPECT_EQ(traced.fault(), "");
  EXPECT_THAT(traced.servers, ElementsAre("127.0.0.1", "ns.test", "ns.other"));
}

TEST(DnsTrace, SaysThatNoServerHasAnAddress) {
  const DnsStub stub{filled([&](const Message& query, Message& reply) {
    if (query.header.recursion_desired) return;
    refer(reply, "test.", "ns1.test.", false);
    refer(reply, "test.", "ns2.test.", false);
  })};
  EXPECT_EQ(trace_with(stub).fault(), "no address was found of the servers of test.: ns1.test, ns2.test");
  const auto alone = trace_with(stub, {.has_local_server = false});
  EXPECT_EQ(alone.fault(), "no address was found of the servers of test.: ns1.test, ns2.test");
  EXPECT_THAT(alone.notices, testing::Contains("there is no name server to ask"));
}

TEST(DnsTrace, TakesAddressesOfTheWantedFamilyAlone) {
  std::atomic<bool> has_referred = false;
  const DnsStub stub{filled([&](const Message&, Message& reply) {
    if (has_referred.exchange(true)) return;
    refer(reply, "test.", "ns.test.");
  })};
  EXPECT_EQ(trace_with(stub, {.family = resolver::Family::ipv6}).fault(),
            "no address was found of the servers of test.: ns.test");
  EXPECT_EQ(stub.queries().back().message.question->type, Type::aaaa);
}

TEST(DnsTrace, PassesOverServersBeyondItsLimits) {
  const auto referring = [](std::size_t names, std::size_t addresses) {
    auto has_referred = std::make_shared<std::atomic<bool>>(false);
    return filled([=](const Message& query, Message& reply) {
      if (query.header.recursion_desired) return;  // nothing is known of their addresses
      if (has_referred->exchange(true)) {
        reply.answers.push_back(record("web.leaf.test.", dns::A{loopback}));
        return;
      }
      for (std::size_t i = 1; i <= names; ++i) reply.authorities.push_back(ns("test.", fmt::format("ns{}.test.", i)));
      const auto last = fmt::format("ns{}.test.", names);
      for (std::size_t i = 1; i < addresses; ++i) {  // where nobody listens
        reply.additionals.push_back(record(last, dns::A{{127u << 24 | 0x00ff'0000 | static_cast<std::uint32_t>(i)}}));
      }
      reply.additionals.push_back(glue(last));
    });
  };
  const TraceLimits limits{.names_max = 3, .addresses_max = 4};
  for (const auto& [names, addresses, is_found] : std::vector<std::tuple<std::size_t, std::size_t, bool>>{
           {3, 1, true}, {4, 1, false}, {1, 4, true}, {1, 5, false}}) {
    const DnsStub stub{referring(names, addresses)};
    EXPECT_EQ(trace_with(stub, {.limits = limits}).fault().empty(), is_found) << names << ' ' << addresses;
  }
}

TEST(DnsTrace, SaysThatNoRootIsNamed) {
  const DnsStub stub{filled([](const Message&, Message& reply) { reply.header.rcode = dns::Rcode::refused; })};
  EXPECT_EQ(trace_with(stub, {.from_root = false}).fault(), "127.0.0.1 names no servers of the root (REFUSED)");
}

TEST(DnsTrace, SaysThatNobodyReplies) {
  const DnsStub mute{[](const Message&, test::Transport) { return std::vector<Buffer>{}; }};
  const auto traced = trace_with(mute);
  EXPECT_THAT(traced.fault(), HasSubstr("nothing came in time"));
  EXPECT_FALSE(traced.end.has_reply);
  EXPECT_THAT(traced.servers, ElementsAre());
}

}  // namespace
}  // namespace labnet::dns_client
