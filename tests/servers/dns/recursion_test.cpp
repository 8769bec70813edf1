// The DNS service asks others: servers that the test plays lie, stay silent, cut and fail.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

using dns::Rcode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A resolver that asks servers of the test.
class Recursion : public testing::Test {
 protected:
  /// recursion  lines of the file's section, beside "forward"; others: lines of the file
  void start(const std::string& recursion = patient, const std::string& others = "") {
    start_with_rules(fmt::format(".: [\"{}\"]", upstream.address()), recursion + others);
  }
  void start_with_rules(const std::string& rules, const std::string& rest = patient) {
    const auto file = fmt::format("recursion:\n  forward: {{ {} }}\n{}", rules, rest);
    dns.emplace(std::vector<std::string>{"-c", folder.write("dns.yaml", file)});
  }
  /// However busy the machine is, the servers of the test answer in time.
  inline static const std::string patient = "  timeout: 9s\n";

  /// Asks with dig; `play` is the server's part.
  Dug dig(const std::string& words, const auto& play) {
    const auto client = dns->start_dig(words);
    play();
    return read_dig(client->wait());
  }
  Dug dig_and_answer(const std::string& words, const std::vector<std::string>& answers) {
    return dig(words, [&] {
      const auto query = upstream.next();
      upstream.reply(query, answer_to(query, answers));
    });
  }

  test::TemporaryFolder folder;
  Upstream upstream;
  std::optional<RunningDns> dns;
};

const std::string address = "www.example. 60 IN A 192.0.2.1";
const std::string forged = "www.example. 86400 IN A 203.0.113.66";

TEST_F(Recursion, AsksAndRemembers) {
  start();
  const auto reply = dig_and_answer("www.example +noedns", {address});
  EXPECT_EQ(reply.status, "NOERROR");
  EXPECT_EQ(reply.flags, "qr rd ra") << "what others say is not authoritative";
  EXPECT_THAT(reply.answers, ElementsAre(address));
  EXPECT_THAT(dns->cached(), ElementsAre("www.example A 192.0.2.1"));
  EXPECT_EQ(dns->dig("www.example").answers.size(), 1u);
  EXPECT_EQ(dns->dig("www.example +tcp").answers.size(), 1u);
  EXPECT_FALSE(upstream.has_query()) << "the cache has answered";
}

TEST_F(Recursion, AsksOverTcpClientsToo) {
  start();
  EXPECT_THAT(dig_and_answer("www.example +tcp", {address}).answers, ElementsAre(address));
}

TEST_F(Recursion, AsksWithEdnsAndInRandomCase) {
  start();
  const std::string name = "a-rather-long-name-with-many-letters.of-a-zone.example";
  std::string sent;
  const auto reply = dig(name + " +noedns", [&] {
    const auto query = upstream.next();
    EXPECT_TRUE(query.message.edns);
    EXPECT_TRUE(query.message.header.recursion_desired);
    sent = to_text(query.message.question->name);
    // The owner points to the question, and so has its case.
    auto answer = answer_to(query, {fmt::format("{} 60 IN A 192.0.2.1", sent)});
    upstream.reply(query, answer);
  });
  EXPECT_NE(sent, name + ".") << "46 letters are all small once in 2^46 times";
  EXPECT_THAT(reply.answers, ElementsAre(name + ". 60 IN A 192.0.2.1"));
  EXPECT_FALSE(reply.has_edns);
  EXPECT_THAT(dns->cached(), ElementsAre(name + " A 192.0.2.1")) << "nobody wants to see the random case";
}

TEST_F(Recursion, AsksPlainlyIfItIsTold) {
  start(patient + "  edns: false\n  random_case: false\n");
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    EXPECT_FALSE(query.message.edns);
    EXPECT_EQ(to_text(query.message.question->name), "www.example.");
    upstream.reply(query, answer_to(query, {address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
}

TEST_F(Recursion, WaitsForTheTrueReplyAmongForgedOnes) {
  start();
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    const auto stranger = PlainSocket::bound(SOCK_DGRAM);
    stranger.send_to(to_wire(answer_to(query, {forged})), query.from);
    auto other_id = answer_to(query, {forged});
    other_id.header.id ^= 1;
    upstream.reply(query, other_id);
    auto other_question = answer_to(query, {forged, "bank.example. 86400 IN A 203.0.113.66"});
    other_question.question = question("bank.example.");
    upstream.reply(query, other_question);
    auto other_case = answer_to(query, {forged});
    auto name_in_other_case = to_text(query.message.question->name);
    name_in_other_case.front() ^= 0x20;
    other_case.question->name = name(name_in_other_case);
    upstream.reply(query, other_case);
    auto no_reply = answer_to(query, {forged});
    no_reply.header.response = false;
    upstream.reply(query, no_reply);
    upstream.udp().send_to(octets("00"), query.from);
    upstream.udp().send_to({}, query.from);
    upstream.reply(query, answer_to(query, {address, "bank.example. 86400 IN A 203.0.113.66"}));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
  EXPECT_THAT(dns->cached(), ElementsAre("www.example A 192.0.2.1")) << "nothing else has got into the cache";
  EXPECT_FALSE(upstream.has_query()) << "and it has asked but once";
}

TEST_F(Recursion, ASilentServerIsServfail) {
  start("  timeout: 50ms\n  tries: 2\n");
  const auto reply = dns->dig("www.example");
  EXPECT_EQ(reply.status, "SERVFAIL");
  EXPECT_EQ(reply.flags, "qr rd ra");
  EXPECT_NO_THROW(upstream.next());
  EXPECT_NO_THROW(upstream.next());
  EXPECT_FALSE(upstream.has_query()) << "two tries";
  EXPECT_THAT(dns->cached(), IsEmpty());
}

TEST_F(Recursion, EachTryHasAnIdAndAPortOfItsOwn) {
  start("  timeout: 50ms\n  tries: 10\n");
  EXPECT_EQ(dns->dig("www.example").status, "SERVFAIL");
  std::vector<int> ids, ports;
  for (int i = 0; i < 10; ++i) {
    const auto query = upstream.next();
    ids.push_back(query.message.header.id);
    ports.push_back(query.from.sin_port);
  }
  const auto distinct = [](std::vector<int> numbers) {
    std::ranges::sort(numbers);
    return std::ranges::unique(numbers).begin() - numbers.begin();
  };
  EXPECT_GE(distinct(ids), 8) << "one pair may be alike by chance";
  EXPECT_GE(distinct(ports), 5);
}

TEST_F(Recursion, ALateReplyToAnEarlierTryIsNotBelieved) {
  start("  timeout: 1s\n  tries: 2\n");
  const auto reply = dig("www.example", [&] {
    const auto first = upstream.next();
    const auto second = upstream.next();
    upstream.reply(first, answer_to(first, {forged}));
    upstream.reply(second, answer_to(second, {address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
}

TEST_F(Recursion, AsksTheNextServerIfOneDoesNotKnow) {
  const Upstream second;
  start_with_rules(fmt::format(".: [\"{}\", \"{}\"]", upstream.address(), second.address()));
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    upstream.reply(query, answer_to(query, {forged}, Rcode::refused));
    const auto again = second.next();
    second.reply(again, answer_to(again, {address}));
  });
  EXPECT_EQ(reply.status, "NOERROR");
  EXPECT_THAT(reply.answers, ElementsAre(address));
}

TEST_F(Recursion, AServerThatIsNotThereIsServfail) {
  const auto free_port = Upstream{}.address();
  dns.emplace(std::vector<std::string>{"--forward", free_port});
  EXPECT_EQ(dns->dig("www.example").status, "SERVFAIL");
}

TEST_F(Recursion, AsksOverTcpForWhatIsTruncated) {
  start();
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    auto cut = answer_to(query, {forged});
    cut.header.truncated = true;
    upstream.reply(query, cut);
    const auto connection = upstream.tcp().accept();
    const auto again = dns::parse_message(connection.receive_message()).value().message;
    EXPECT_EQ(again.question, query.message.question);
    auto whole = reply_to(*again.question, again.header.id);
    for (int i = 0; i < 200; ++i) whole.answers.push_back(record(fmt::format("www.example. 60 IN A 192.0.2.{}", i)));
    connection.send_message(to_wire(whole));
  });
  EXPECT_EQ(reply.flags, "qr tc rd ra") << "nor does it fit on the way to the client";
  EXPECT_EQ(dns->cached().size(), 200u);
  EXPECT_EQ(dns->dig("www.example +tcp").answers.size(), 200u);
}

TEST_F(Recursion, AsksOverTcpIfATruncatedReplyBreaksOffInARecord) {
  start();
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    auto cut = answer_to(query, {forged});
    cut.header.truncated = true;
    auto wire = to_wire(cut);
    wire.resize(wire.size() - 2);
    upstream.udp().send_to(wire, query.from);
    const auto connection = upstream.tcp().accept();
    const auto again = dns::parse_message(connection.receive_message()).value().message;
    auto whole = reply_to(*again.question, again.header.id);
    whole.answers = records({address});
    connection.send_message(to_wire(whole));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
}

TEST_F(Recursion, ATcpServerThatStopsInTheMiddleIsServfail) {
  start("  timeout: 1s\n  tries: 1\n");
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    auto cut = answer_to(query, {});
    cut.header.truncated = true;
    upstream.reply(query, cut);
    const auto connection = upstream.tcp().accept();
    EXPECT_FALSE(connection.receive_message().empty());
    connection.send(octets("ffff 00"));
    EXPECT_TRUE(connection.is_at_end()) << "the resolver gives up";
  });
  EXPECT_EQ(reply.status, "SERVFAIL");
}

TEST_F(Recursion, EqualQuestionsUnderWayAreAskedOnce) {
  start();
  const auto client = PlainSocket::connected(SOCK_DGRAM, dns->udp_port());
  const auto ask = [&](std::string_view text, std::uint16_t id, bool wants_recursion) {
    dns::Message query;
    query.header.id = id;
    query.header.recursion_desired = wants_recursion;
    query.question = question(text);
    client.send(to_wire(query));
  };
  ask("www.example.", 1, true);
  const auto query = upstream.next();
  ask("WWW.example.", 2, true);
  ask("www.example.", 3, false);
  EXPECT_EQ(dns::parse_message(client.receive())->message.header.id, 3)
      << "refused at once, so that those before it have been read";
  EXPECT_FALSE(upstream.has_query());
  upstream.reply(query, answer_to(query, {address}));
  std::vector<std::string> replies;
  for (int i = 0; i < 2; ++i) {
    const auto reply = dns::parse_message(client.receive()).value().message;
    replies.push_back(fmt::format("{} {} {}", reply.header.id, to_text(reply.question->name), reply.answers.size()));
  }
  EXPECT_THAT(replies, UnorderedElementsAre("1 www.example. 1", "2 WWW.example. 1"));
  EXPECT_FALSE(upstream.has_query());
}

TEST_F(Recursion, OneQuestionTooManyIsServfailAtOnce) {
  start(patient + "  questions_max: 1\n");
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    EXPECT_EQ(dns->dig("ftp.example").status, "SERVFAIL");
    EXPECT_FALSE(upstream.has_query());
    upstream.reply(query, answer_to(query, {address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
  EXPECT_EQ(dig_and_answer("ftp.example", {"ftp.example. 60 IN A 192.0.2.2"}).status, "NOERROR")
      << "there is room again";
}

TEST_F(Recursion, OneClientLeavesRoomForOthers) {
  start(patient + "  questions_per_address_max: 1\n");
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    EXPECT_EQ(dns->dig("ftp.example").status, "SERVFAIL");
    const auto other = dig_and_answer("-b 127.0.0.9 ftp.example", {"ftp.example. 60 IN A 192.0.2.2"});
    EXPECT_EQ(other.status, "NOERROR");
    upstream.reply(query, answer_to(query, {address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre(address));
}

TEST_F(Recursion, SilentServersOfADomainLeaveRoomForOtherDomains) {
  const Upstream silent;
  start_with_rules(fmt::format("silent: [\"{}\"], .: [\"{}\"]", silent.address(), upstream.address()),
                   patient + "  questions_per_zone_max: 1\n");
  const auto waiting = dns->start_dig("www.silent");
  const auto query = silent.next();
  EXPECT_EQ(dns->dig("ftp.silent").status, "SERVFAIL") << "at once";
  EXPECT_FALSE(silent.has_query());
  EXPECT_THAT(dig_and_answer("www.example", {address}).answers, ElementsAre(address));
  silent.reply(query, answer_to(query, {"www.silent. 60 IN A 192.0.2.2"}));
  EXPECT_EQ(read_dig(waiting->wait()).status, "NOERROR");
}

TEST_F(Recursion, RemembersThatANameIsNotThere) {
  start();
  const auto reply = dig("no.example", [&] {
    const auto query = upstream.next();
    auto answer = answer_to(query, {}, Rcode::nxdomain);
    answer.authorities = records({std::string{example_soa}});
    upstream.reply(query, answer);
  });
  EXPECT_EQ(reply.status, "NXDOMAIN");
  EXPECT_THAT(reply.authorities, ElementsAre("example. 60 IN SOA ns.example. admin.example. 1 2 3 4 60"));
  EXPECT_THAT(dns->cached(), ElementsAre("no.example NXDOMAIN"));
  EXPECT_EQ(dns->dig("no.example MX").status, "NXDOMAIN") << "whatever the type";
  EXPECT_FALSE(upstream.has_query());
}

TEST_F(Recursion, WithAZeroTtlItAsksEachTime) {
  start();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(dig_and_answer("www.example", {"www.example. 0 IN A 192.0.2.1"}).answers,
                ElementsAre("www.example. 0 IN A 192.0.2.1"));
  }
  EXPECT_THAT(dns->cached(), IsEmpty());
}

TEST_F(Recursion, AsksTheRightServerForTheRestOfAChain) {
  const Upstream others;
  start_with_rules(fmt::format("example: [\"{}\"], .: [\"{}\"]", upstream.address(), others.address()));
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    upstream.reply(
        query, answer_to(query, {"www.example. 60 IN CNAME www.bank.test.", "www.bank.test. 86400 IN A 203.0.113.66"}));
    const auto rest = others.next();
    others.reply(rest, answer_to(rest, {"www.bank.test. 60 IN A 192.0.2.7"}));
  });
  EXPECT_THAT(reply.answers,
              ElementsAre("www.example. 60 IN CNAME www.bank.test.", "www.bank.test. 60 IN A 192.0.2.7"));
  EXPECT_THAT(dns->cached(), ElementsAre("www.example CNAME www.bank.test", "www.bank.test A 192.0.2.7"));
}

TEST_F(Recursion, AsksForTheRestOfAChainThatLeavesItsOwnZones) {
  folder.write("own.zone",
               "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\naway 60 IN CNAME www.example.\n");
  start(patient, "zones: { own: own.zone }\n");
  const auto whole = ElementsAre("away.own. 60 IN CNAME www.example.", address);
  const auto reply = dig("away.own", [&] {
    const auto query = upstream.next();
    EXPECT_EQ(query.message.question->name, name("www.example."));
    upstream.reply(query, answer_to(query, {address}));
  });
  EXPECT_EQ(reply.flags, "qr aa rd ra") << "the first name is of its own zone";
  EXPECT_THAT(reply.answers, whole);
  EXPECT_THAT(dns->cached(), ElementsAre("www.example A 192.0.2.1"));
  for (const auto* again : {"away.own", "away.own +tcp"}) {
    const auto cached = dns->dig(again).answers;
    EXPECT_EQ(cached.size(), 2u) << again;
    EXPECT_THAT(cached.front(), "away.own. 60 IN CNAME www.example.");
  }
  EXPECT_FALSE(upstream.has_query());
  EXPECT_THAT(dns->dig("away.own +norecurse").answers, ElementsAre("away.own. 60 IN CNAME www.example."));
}

TEST_F(Recursion, AsksForWhatADnameOfItsOwnZonesLeadsTo) {
  folder.write("own.zone",
               "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\naway 60 IN DNAME example.\n");
  start(patient, "zones: { own: own.zone }\n");
  const auto reply = dig("www.away.own", [&] {
    const auto query = upstream.next();
    EXPECT_EQ(query.message.question->name, name("www.example."));
    upstream.reply(query, answer_to(query, {address}));
  });
  EXPECT_THAT(reply.answers,
              ElementsAre("away.own. 60 IN DNAME example.", "www.away.own. 60 IN CNAME www.example.", address));
}

TEST_F(Recursion, GoesOnWhereAnUpstreamsDnameComesWithoutTheAlias) {
  start(patient);
  const auto reply = dig("www.old.example", [&] {
    const auto query = upstream.next();
    upstream.reply(query, answer_to(query, {"old.example. 60 IN DNAME example."}));
    const auto rest = upstream.next();
    EXPECT_EQ(rest.message.question->name, name("www.example."));
    upstream.reply(rest, answer_to(rest, {address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre("www.old.example. 60 IN CNAME www.example.", address));
  EXPECT_THAT(dns->cached(), ElementsAre("www.old.example CNAME www.example", "www.example A 192.0.2.1"));
}

TEST_F(Recursion, PassesYxdomainOn) {
  start(patient);
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    upstream.reply(query, answer_to(query, {}, Rcode::yxdomain));
  });
  EXPECT_EQ(reply.status, "YXDOMAIN");
  EXPECT_THAT(dns->cached(), IsEmpty());
}

TEST_F(Recursion, ForwardsWhatItsOwnZonesDelegate) {
  folder.write("example.zone",
               "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\nwww 60 IN NS ns.www\n");
  start(patient, "zones: { example: example.zone }\n");
  EXPECT_THAT(dig_and_answer("www.example", {address}).answers, ElementsAre(address));
  EXPECT_EQ(dns->dig("www.example +norecurse").authorities.size(), 1u);
}

TEST_F(Recursion, AnUpstreamsDnameCountsAsTheAliasThatItMakes) {
  start(patient);
  const auto reply = dig("www.old.example", [&] {
    const auto query = upstream.next();
    upstream.reply(query, answer_to(query, {"old.example. 60 IN DNAME example.",
                                            "www.old.example. 60 IN CNAME www.example.", address}));
  });
  EXPECT_THAT(reply.answers, ElementsAre("www.old.example. 60 IN CNAME www.example.", address));
}

TEST_F(Recursion, ALoopOfAliasesOverSeveralRepliesIsServfail) {
  start(patient + "  tries: 1\n");
  const auto reply = dig("a.example", [&] {
    const auto first = upstream.next();
    upstream.reply(first, answer_to(first, {"a.example. 60 IN CNAME b.example."}));
    const auto second = upstream.next();
    upstream.reply(second, answer_to(second, {"b.example. 60 IN CNAME a.example."}));
  });
  EXPECT_EQ(reply.status, "SERVFAIL");
  EXPECT_FALSE(upstream.has_query());
}

TEST_F(Recursion, LooksUpForThoseWhoMay) {
  start(patient + "  allow: [127.0.0.2/32]\n");
  const auto refused = dns->dig("www.example");
  EXPECT_EQ(refused.status, "REFUSED");
  EXPECT_EQ(refused.flags, "qr rd");
  EXPECT_FALSE(upstream.has_query());
  EXPECT_THAT(dig_and_answer("-b 127.0.0.2 www.example", {address}).flags, "qr rd ra");
  EXPECT_EQ(dns->dig("www.example").status, "REFUSED") << "nor is the cache for everybody";
}

TEST_F(Recursion, OneWhoIsAskedForAllNamesTellsNothingOfThoseThatOthersAreAskedFor) {
  const Upstream inner;
  start_with_rules(fmt::format(".: ['{}'], corp.test: ['{}']", upstream.address(), inner.address()));
  const auto reply = dig("evil.test", [&] {
    const auto query = upstream.next();
    upstream.reply(
        query, answer_to(query, {"evil.test. 60 IN CNAME mail.corp.test.", "mail.corp.test. 86400 IN A 203.0.113.66"}));
    const auto rest = inner.next();
    inner.reply(rest, answer_to(rest, {"mail.corp.test. 60 IN A 192.0.2.25"}));
  });
  EXPECT_THAT(reply.answers,
              ElementsAre("evil.test. 60 IN CNAME mail.corp.test.", "mail.corp.test. 60 IN A 192.0.2.25"));
  EXPECT_THAT(dns->cached(), UnorderedElementsAre("evil.test CNAME mail.corp.test", "mail.corp.test A 192.0.2.25"));
}

TEST_F(Recursion, AReferralFromOneWhoIsToLookThingsUpIsNoAnswer) {
  start(patient + "  tries: 1\n");
  const auto reply = dig("www.example", [&] {
    const auto query = upstream.next();
    auto referral = answer_to(query, {});
    referral.authorities = records({"example. 60 IN NS ns.example."});
    upstream.reply(query, referral);
  });
  EXPECT_EQ(reply.status, "SERVFAIL");
}

TEST_F(Recursion, AnyOfAnAliasIsTheAliasAlsoFromTheCache) {
  start();
  dig_and_answer("al.example", {"al.example. 60 IN CNAME www.example.", address});
  EXPECT_THAT(dns->dig("al.example ANY +notcp").answers, ElementsAre("al.example. 60 IN CNAME www.example."));
}

TEST_F(Recursion, WithoutRdItTellsWhatItKnowsAndAsksNobody) {
  start();
  EXPECT_EQ(dns->dig("www.example +norecurse").status, "REFUSED");
  EXPECT_FALSE(upstream.has_query());
  dig_and_answer("www.example", {address});
  const auto known = dns->dig("www.example +norecurse");
  EXPECT_EQ(known.flags, "qr ra");
  EXPECT_THAT(known.answers, ElementsAre(address));
}

TEST_F(Recursion, TheCacheIsFlushedOnRequest) {
  start();
  dig_and_answer("www.example", {address});
  dig_and_answer("ftp.example", {"ftp.example. 60 IN A 192.0.2.2"});
  EXPECT_EQ(dns->ask({{"do", "cache.flush"}, {"name", "WWW.example"}})->at("flushed"), 1);
  EXPECT_THAT(dns->cached(), ElementsAre("ftp.example A 192.0.2.2"));
  EXPECT_EQ(dns->ask({{"do", "cache.flush"}})->at("flushed"), 1);
  EXPECT_THAT(dns->cached(), IsEmpty());
  EXPECT_EQ(dig_and_answer("ftp.example", {"ftp.example. 60 IN A 192.0.2.3"}).answers.size(), 1u) << "asked again";
}

TEST_F(Recursion, TheCacheKeepsToItsSize) {
  start(patient, "cache: { entries_max: 2 }\n");
  for (int i = 1; i <= 3; ++i) {
    dig_and_answer(fmt::format("h{}.example", i), {fmt::format("h{}.example. 60 IN A 192.0.2.{}", i, i)});
  }
  EXPECT_THAT(dns->cached(), ElementsAre("h2.example A 192.0.2.2", "h3.example A 192.0.2.3"));
}

TEST_F(Recursion, EndsAlthoughAQuestionIsUnderWay) {
  start("  timeout: 1min\n");
  const auto client = dns->start_dig("www.example +time=1");
  upstream.next();
  EXPECT_EQ(dns->terminate(), 0);
}

}  // namespace
}  // namespace labnet::dns_server
