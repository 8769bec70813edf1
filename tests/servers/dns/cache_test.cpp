// The cache: what it remembers of an answer, for how long, and what has to go when there is no more room.
#include "servers/dns/cache.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "servers/dns/cache_report.hpp"
#include "servers/dns/limits.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using namespace std::chrono_literals;
using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Cache::Time start = 1h;

Accepted positive(const std::vector<std::string>& lines) {
  return {.answers = records(lines), .soa = {}, .continues_at = {}};
}

/// As accept_reply makes it: the TTL of the SOA record is that of the answer.
Accepted negative(Rcode rcode, std::uint32_t ttl, const std::vector<std::string>& aliases = {}) {
  auto soa = record(example_soa);
  soa.ttl = ttl;
  return {.rcode = rcode, .answers = records(aliases), .soa = soa, .continues_at = {}};
}

std::vector<std::string> found(Cache& cache, const dns::Question& asked, Cache::Time now = start) {
  const auto answer = cache.find(asked, now);
  return answer ? texts(answer->answers) : std::vector<std::string>{"nothing"};
}

const auto nothing = ElementsAre("nothing");

TEST(Cache, KnowsNothingAtFirst) {
  Cache cache;
  EXPECT_FALSE(cache.find(question("web.example."), start));
  EXPECT_THAT(cache.entries(start), IsEmpty());
}

TEST(Cache, TheTtlCountsDownUntilTheRecordIsGone) {
  Cache cache;
  cache.store(question("web.example."), positive({"web.example. 60 IN A 192.0.2.1"}), start);
  EXPECT_THAT(found(cache, question("web.example.")), ElementsAre("web.example. 60 IN A 192.0.2.1"));
  EXPECT_THAT(found(cache, question("web.example."), start + 1s), ElementsAre("web.example. 59 IN A 192.0.2.1"));
  EXPECT_THAT(found(cache, question("web.example."), start + 59'999ms), ElementsAre("web.example. 1 IN A 192.0.2.1"));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_THAT(found(cache, question("web.example."), start + 60s), nothing);
  EXPECT_EQ(cache.size(), 0u) << "what is over takes no room once it was asked for";
}

TEST(Cache, OtherTypesOfTheNameAreNotKnown) {
  Cache cache;
  cache.store(question("web.example."), positive({"web.example. 60 IN A 192.0.2.1"}), start);
  EXPECT_THAT(found(cache, question("web.example.", Type::aaaa)), nothing);
  EXPECT_THAT(found(cache, question("web.example.", Type::any)), nothing);
  EXPECT_FALSE(cache.find({name("web.example."), Type::a, dns::Class::ch}, start)) << "it knows the Internet's names";
}

TEST(Cache, TheLowestTtlIsThatOfTheWholeSet) {
  Cache cache;
  cache.store(question("web.example."), positive({"web.example. 60 IN A 192.0.2.1", "web.example. 30 IN A 192.0.2.2"}),
              start);
  EXPECT_THAT(found(cache, question("web.example."), start + 10s),
              ElementsAre("web.example. 20 IN A 192.0.2.1", "web.example. 20 IN A 192.0.2.2"));
}

TEST(Cache, ATtlOfZeroIsNotRemembered) {
  Cache cache;
  cache.store(question("web.example."), positive({"web.example. 0 IN A 192.0.2.1"}), start);
  cache.store(question("no.example."), negative(Rcode::nxdomain, 0), start);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(Cache, TtlsAreCutToTheirLimits) {
  Cache cache{{.ttl_max = 100s, .negative_ttl_max = 10s}};
  cache.store(question("web.example."), positive({"web.example. 101 IN A 192.0.2.1"}), start);
  cache.store(question("ftp.example."), positive({"ftp.example. 99 IN A 192.0.2.1"}), start);
  cache.store(question("no.example."), negative(Rcode::nxdomain, 11), start);
  EXPECT_THAT(found(cache, question("web.example.")), ElementsAre("web.example. 100 IN A 192.0.2.1"));
  EXPECT_THAT(found(cache, question("ftp.example.")), ElementsAre("ftp.example. 99 IN A 192.0.2.1"));
  EXPECT_EQ(cache.find(question("no.example."), start)->soa->ttl, 10u);
}

TEST(Cache, CaseDoesNotMatter) {
  Cache cache;
  cache.store(question("WEB.example."), positive({"wEb.Example. 60 IN A 192.0.2.1"}), start);
  EXPECT_THAT(found(cache, question("web.EXAMPLE.")), ElementsAre("wEb.Example. 60 IN A 192.0.2.1"));
  cache.store(question("web.example."), positive({"web.example. 60 IN A 192.0.2.2"}), start);
  EXPECT_EQ(cache.size(), 1u) << "the newer answer takes the place of the older";
  EXPECT_THAT(found(cache, question("web.EXAMPLE.")), ElementsAre("web.example. 60 IN A 192.0.2.2"));
}

TEST(Cache, NoSuchNameHoldsForEveryType) {
  Cache cache;
  cache.store(question("no.example."), negative(Rcode::nxdomain, 60), start);
  for (const auto type : {Type::a, Type::mx, Type::any, Type{0}}) {
    const auto answer = cache.find(question("no.example.", type), start + 20s);
    ASSERT_TRUE(answer) << to_text(type);
    EXPECT_EQ(answer->rcode, Rcode::nxdomain);
    EXPECT_THAT(answer->answers, IsEmpty());
    EXPECT_EQ(answer->soa->ttl, 40u);
  }
  EXPECT_FALSE(cache.find(question("www.no.example."), start)) << "names below it are asked for";
  EXPECT_FALSE(cache.find(question("no.example."), start + 60s));
}

TEST(Cache, NoDataHoldsForOneType) {
  Cache cache;
  cache.store(question("web.example.", Type::mx), negative(Rcode::noerror, 60), start);
  const auto answer = cache.find(question("web.example.", Type::mx), start + 59s);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, Rcode::noerror);
  EXPECT_EQ(to_text(*answer->soa), "example. 1 IN SOA ns.example. admin.example. 1 2 3 4 60");
  EXPECT_THAT(found(cache, question("web.example.")), nothing);
}

TEST(Cache, ThatANameIsNoAliasDoesNotHideItsRecords) {
  Cache cache;
  cache.store(question("web.example.", Type::cname), negative(Rcode::noerror, 60), start);
  EXPECT_TRUE(cache.find(question("web.example.", Type::cname), start));
  EXPECT_THAT(found(cache, question("web.example.")), nothing) << "not \"no data\"";
}

TEST(Cache, NoTypesNumberIsTakenForThatThereIsNoSuchName) {
  Cache cache;
  cache.store(question("web.example.", Type{0}), negative(Rcode::noerror, 60), start);
  EXPECT_THAT(found(cache, question("web.example.")), nothing);
  cache.store(question("ftp.example.", Type{0}), positive({"ftp.example. 60 IN TYPE0 \\# 1 00"}), start);
  EXPECT_THAT(found(cache, question("ftp.example.")), nothing);
  EXPECT_EQ(cache.find(question("ftp.example.", Type{0}), start)->answers.size(), 1u);
}

TEST(Cache, ANegativeAnswerWithoutSoaIsNotRemembered) {
  Cache cache;
  cache.store(question("no.example."), {.rcode = Rcode::nxdomain, .answers = {}, .soa = {}, .continues_at = {}}, start);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(Cache, ANameThatAppearsIsNoLongerDenied) {
  Cache cache;
  cache.store(question("new.example."), negative(Rcode::nxdomain, 60), start);
  cache.store(question("new.example."), positive({"new.example. 60 IN A 192.0.2.1"}), start + 1s);
  EXPECT_THAT(found(cache, question("new.example."), start + 2s), ElementsAre("new.example. 59 IN A 192.0.2.1"));
  EXPECT_THAT(found(cache, question("new.example.", Type::mx), start + 2s), nothing);
  cache.store(question("new.example."), negative(Rcode::nxdomain, 60), start + 3s);
  EXPECT_EQ(cache.find(question("new.example."), start + 4s)->rcode, Rcode::nxdomain) << "and the other way round";
}

TEST(Cache, FollowsAliasesEachWithATtlOfItsOwn) {
  Cache cache;
  cache.store(question("www.example."),
              positive({"www.example. 300 IN CNAME web.example.", "web.example. 60 IN CNAME host.example.",
                        "host.example. 20 IN A 192.0.2.1"}),
              start);
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_THAT(found(cache, question("www.example."), start + 10s),
              ElementsAre("www.example. 290 IN CNAME web.example.", "web.example. 50 IN CNAME host.example.",
                          "host.example. 10 IN A 192.0.2.1"));
  EXPECT_THAT(found(cache, question("web.example."), start).size(), 2u);
  EXPECT_THAT(found(cache, question("www.example.", Type::cname), start),
              ElementsAre("www.example. 300 IN CNAME web.example."));
  EXPECT_THAT(found(cache, question("www.example."), start + 20s), nothing) << "half a chain is no answer";
}

TEST(Cache, AliasesMayEndInANegativeAnswer) {
  Cache cache;
  cache.store(question("www.example."), negative(Rcode::nxdomain, 60, {"www.example. 300 IN CNAME no.example."}),
              start);
  cache.store(question("mail.example.", Type::mx),
              negative(Rcode::noerror, 60, {"mail.example. 300 IN CNAME host.example."}), start);
  const auto no_name = cache.find(question("www.example."), start);
  EXPECT_EQ(no_name->rcode, Rcode::nxdomain);
  EXPECT_EQ(no_name->answers.size(), 1u);
  EXPECT_TRUE(cache.find(question("no.example.", Type::txt), start)) << "the last name is the one that is not there";
  const auto no_data = cache.find(question("mail.example.", Type::mx), start);
  EXPECT_EQ(no_data->rcode, Rcode::noerror);
  EXPECT_TRUE(no_data->soa);
  EXPECT_TRUE(cache.find(question("host.example.", Type::mx), start));
}

TEST(Cache, AliasesThatGoRoundInACircleEndTheSearch) {
  Cache cache;
  cache.store(question("a.example."), positive({"a.example. 60 IN CNAME b.example."}), start);
  cache.store(question("b.example."), positive({"b.example. 60 IN CNAME a.example."}), start);
  EXPECT_FALSE(cache.find(question("a.example."), start));
}

TEST(Cache, FollowsAsManyAliasesAsTheLimitSays) {
  Cache cache;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i <= cname_chain_max; ++i) {
    lines.push_back(fmt::format("n{}.example. 60 IN CNAME n{}.example.", i, i + 1));
  }
  lines.push_back(fmt::format("n{}.example. 60 IN A 192.0.2.1", cname_chain_max + 1));
  cache.store(question("n0.example."), positive(lines), start);
  EXPECT_EQ(cache.find(question("n1.example."), start)->answers.size(), cname_chain_max + 1);
  EXPECT_FALSE(cache.find(question("n0.example."), start)) << "one more";
}

TEST(Cache, WhatAnyShowsIsNotRemembered) {
  Cache cache;
  cache.store(question("web.example.", Type::any), positive({"web.example. 60 IN A 192.0.2.1"}), start);
  EXPECT_EQ(cache.size(), 0u);
}

void store_host(Cache& cache, int number) {
  const auto host = fmt::format("h{}.example.", number);
  cache.store(question(host), positive({fmt::format("{} 60 IN A 192.0.2.1", host)}), start);
}

TEST(Cache, OnePastTheLimitTheLeastRecentlyUsedEntryGoes) {
  Cache cache{{.entries_max = 3}};
  for (int i = 1; i <= 3; ++i) store_host(cache, i);
  EXPECT_TRUE(cache.find(question("h1.example."), start));
  store_host(cache, 4);
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_FALSE(cache.find(question("h2.example."), start)) << "h1 was used since, h3 is newer";
  for (const auto* host : {"h1.example.", "h3.example.", "h4.example."}) {
    EXPECT_TRUE(cache.find(question(host), start)) << host;
  }
}

TEST(Cache, WhatIsStoredAgainTakesNoMoreRoom) {
  Cache cache{{.entries_max = 2}};
  store_host(cache, 1);
  store_host(cache, 2);
  store_host(cache, 1);
  EXPECT_TRUE(cache.find(question("h2.example."), start));
  store_host(cache, 3);
  EXPECT_FALSE(cache.find(question("h1.example."), start)) << "it was used before h2";
}

TEST(Cache, ManyMoreThanFitLeaveTheLimitUntouched) {
  Cache cache{{.entries_max = 10}};
  for (int i = 0; i < 1000; ++i) store_host(cache, i);
  EXPECT_EQ(cache.size(), 10u);
  EXPECT_EQ(cache.entries(start).size(), 10u);
  EXPECT_TRUE(cache.find(question("h990.example."), start));
  EXPECT_FALSE(cache.find(question("h989.example."), start));
}

TEST(Cache, MemoryIsBoundedWhateverTheEntriesHold) {
  const auto store_large = [](Cache& cache, int number, int addresses) {
    const auto host = fmt::format("h{}.example.", number);
    std::vector<std::string> records;
    for (int i = 0; i < addresses; ++i)
      records.push_back(fmt::format("{} 60 IN A 192.0.{}.{}", host, i / 256, i % 256));
    cache.store(question(host), positive(records), start);
  };
  constexpr std::size_t bytes_max = 1'000'000;
  Cache cache{{.bytes_max = bytes_max}};
  for (int i = 0; i < 100; ++i) store_large(cache, i, 1000);
  EXPECT_LE(cache.bytes(), bytes_max);
  EXPECT_GT(cache.bytes(), bytes_max / 2);
  EXPECT_TRUE(cache.find(question("h99.example."), start));
  EXPECT_FALSE(cache.find(question("h0.example."), start));
  const auto before = cache.size();
  store_large(cache, 100, 10'000);  // alone more than there is room for
  EXPECT_FALSE(cache.find(question("h100.example."), start));
  EXPECT_EQ(cache.size(), before) << "and nothing made room for it";
  EXPECT_EQ(cache.flush(), before);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(Cache, NoTimeToLiveIsToldThatIsLongerThanTheLimit) {
  const Cache cache{{.ttl_max = std::chrono::seconds{100}, .negative_ttl_max = std::chrono::seconds{10}}};
  auto answer = positive({"h.example. 2147483647 IN A 192.0.2.1", "h.example. 99 IN A 192.0.2.2"});
  answer.soa = answer.answers.front();
  cache.cap_ttls(answer);
  EXPECT_EQ(answer.answers[0].ttl, 100u);
  EXPECT_EQ(answer.answers[1].ttl, 99u);
  EXPECT_EQ(answer.soa->ttl, 10u);
}

TEST(Cache, WithoutRoomNothingIsRemembered) {
  Cache cache{{.entries_max = 0}};
  store_host(cache, 1);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(Cache, FlushesAll) {
  Cache cache;
  for (int i = 0; i < 5; ++i) store_host(cache, i);
  EXPECT_EQ(cache.flush(), 5u);
  EXPECT_EQ(cache.flush(), 0u);
  EXPECT_FALSE(cache.find(question("h1.example."), start));
  store_host(cache, 1);
  EXPECT_TRUE(cache.find(question("h1.example."), start));
}

TEST(Cache, FlushesAllOfOneName) {
  Cache cache;
  cache.store(question("web.example."), positive({"web.example. 60 IN A 192.0.2.1"}), start);
  cache.store(question("web.example.", Type::mx), negative(Rcode::noerror, 60), start);
  cache.store(question("www.web.example."), positive({"www.web.example. 60 IN A 192.0.2.1"}), start);
  cache.store(question("no.example."), negative(Rcode::nxdomain, 60), start);
  EXPECT_EQ(cache.flush(name("WEB.example.")), 2u);
  EXPECT_EQ(cache.flush(name("no.example.")), 1u);
  EXPECT_EQ(cache.flush(name("unknown.example.")), 0u);
  EXPECT_EQ(cache.entries(start).size(), 1u) << "names below it stay";
}

TEST(Cache, ShowsItsEntriesInTheOrderOfStoring) {
  Cache cache;
  store_host(cache, 2);
  cache.store(question("no.example."), negative(Rcode::nxdomain, 30), start);
  store_host(cache, 1);
  cache.store(question("short.example."), positive({"short.example. 5 IN A 192.0.2.1"}), start);
  EXPECT_TRUE(cache.find(question("h2.example."), start)) << "being used changes nothing";
  std::vector<std::string> shown;
  for (const auto& entry : cache.entries(start + 5s)) {
    shown.push_back(fmt::format("{} {}", to_text(entry.name), entry.ttl));
  }
  EXPECT_THAT(shown, ElementsAre("h2.example. 55", "no.example. 25", "h1.example. 55"));
}

TEST(CacheReport, DescribesEachRecordAndWhatIsNotThere) {
  Cache cache;
  cache.store(question("www.example."),
              positive({"www.example. 30 IN CNAME web.example.", "web.example. 60 IN A 192.0.2.1",
                        "web.example. 60 IN A 192.0.2.2"}),
              start);
  cache.store(question("no.example."), negative(Rcode::nxdomain, 30), start);
  cache.store(question("web.example.", Type::mx), negative(Rcode::noerror, 30), start);
  std::vector<std::string> lines;
  for (const auto& entry : report(cache.entries(start + 3s), {})) lines.push_back(boost::json::serialize(entry));
  EXPECT_THAT(
      lines,
      ElementsAre(
          R"({"name":"www.example","type":"CNAME","type_number":5,"ttl":27,"data_bytes":13,"section":"Answer","data":"web.example"})",
          R"({"name":"web.example","type":"A","type_number":1,"ttl":57,"data_bytes":4,"section":"Answer","data":"192.0.2.1"})",
          R"({"name":"web.example","type":"A","type_number":1,"ttl":57,"data_bytes":4,"section":"Answer","data":"192.0.2.2"})",
          R"({"name":"no.example","ttl":27,"negative":"NXDOMAIN"})",
          R"({"name":"web.example","ttl":27,"type":"MX","type_number":15,"negative":"NODATA"})"));
}

TEST(CacheReport, ListsDelegationsAsTheReferralsToldThem) {
  Delegations known{1h};
  known.store({name("test."), {{name("ns.elsewhere."), {}}}, 30}, start);
  known.store({name("Example."), {{name("a.example."), {Ipv4Address{0xc0000201}}}, {name("b.test."), {}}}, 60}, start);
  known.store({name("gone."), {{name("ns.gone."), {}}}, 3}, start);
  std::vector<std::string> lines;
  for (const auto& entry : report({}, known.entries(start + 3s))) lines.push_back(boost::json::serialize(entry));
  EXPECT_THAT(
      lines,
      ElementsAre(
          R"({"name":"example","type":"NS","type_number":2,"ttl":57,"data_bytes":11,"section":"Authority","data":"a.example"})",
          R"({"name":"example","type":"NS","type_number":2,"ttl":57,"data_bytes":8,"section":"Authority","data":"b.test"})",
          R"({"name":"a.example","type":"A","type_number":1,"ttl":57,"data_bytes":4,"section":"Additional","data":"192.0.2.1"})",
          R"({"name":"test","type":"NS","type_number":2,"ttl":27,"data_bytes":14,"section":"Authority","data":"ns.elsewhere"})"));
}

}  // namespace
}  // namespace labnet::dns_server
