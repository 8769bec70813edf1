// What own zones say to the resolver that comes by their names.
#include "servers/dns/own_zones.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string label(63, 'x');

const ZoneSet& own_zones() {
  static const auto set = *ZoneSet::make(
      {zone_of("$TTL 60\n@ SOA ns a 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nns A 192.0.2.2\nwww CNAME web.sub\n"
               "*.wild TXT x\nold DNAME new\n" +
               fmt::format("long DNAME {0}.{0}.{0}.{1}.\n", label, label.substr(4)) +
               "sub NS ns.sub\nsub NS ns.elsewhere.\nsub DS \\# 5 00010802aa\nns.sub A 192.0.2.53\nns.sub AAAA "
               "2001:db8::53\n"),
       zone_of("$TTL 60\n@ SOA ns a 1 2 3 4 5\n@ NS ns\nns A 192.0.2.9\n", "child.example.")});
  return set;
}

std::optional<Accepted> find(std::string_view text, Type type = Type::a) {
  return find_in_zones(own_zones(), question(text, type));
}

TEST(OwnZones, TellTheRecordsOfANameAsItIsAsked) {
  EXPECT_THAT(texts(find("NS.example.")->answers),
              ElementsAre("NS.example. 60 IN A 192.0.2.1", "NS.example. 60 IN A 192.0.2.2"));
  EXPECT_THAT(texts(find("a.b.wild.example.", Type::txt)->answers), ElementsAre("a.b.wild.example. 60 IN TXT \"x\""));
}

TEST(OwnZones, TellWhatIsNotThere) {
  const auto no_name = find("no.example.");
  EXPECT_EQ(no_name->rcode, Rcode::nxdomain);
  EXPECT_EQ(to_text(*no_name->soa), "example. 5 IN SOA ns.example. a.example. 1 2 3 4 5");
  const auto no_data = find("ns.example.", Type::mx);
  EXPECT_EQ(no_data->rcode, Rcode::noerror);
  EXPECT_TRUE(no_data->soa);
  EXPECT_THAT(no_data->answers, IsEmpty());
}

TEST(OwnZones, TellAliasesLinkByLink) {
  const auto alias = find("www.example.");
  EXPECT_THAT(texts(alias->answers), ElementsAre("www.example. 60 IN CNAME web.sub.example."));
  EXPECT_EQ(alias->continues_at, name("web.sub.example."));
  EXPECT_FALSE(find("www.example.", Type::cname)->continues_at);
  const auto redirected = find("a.old.example.");
  EXPECT_THAT(texts(redirected->answers),
              ElementsAre("old.example. 60 IN DNAME new.example.", "a.old.example. 60 IN CNAME a.new.example."));
  EXPECT_EQ(redirected->continues_at, name("a.new.example."));
  EXPECT_FALSE(find("a.old.example.", Type::cname)->continues_at);
  EXPECT_EQ(find("a.long.example.")->rcode, Rcode::noerror);
  EXPECT_EQ(find("a.b.c.long.example.")->rcode, Rcode::yxdomain);
}

TEST(OwnZones, KnowNothingOfOtherNames) {
  EXPECT_FALSE(find("www.elsewhere."));
  EXPECT_FALSE(find("web.sub.example."));
  EXPECT_FALSE(find_delegation(own_zones(), name("www.elsewhere.")));
  EXPECT_FALSE(find_delegation(own_zones(), name("www.example.")));
}

TEST(OwnZones, TellDsOnTheParentsSide) {
  EXPECT_EQ(find("sub.example.", Type::ds)->answers.size(), 1u);
  EXPECT_EQ(find("child.example.", Type::ds)->soa->name, name("example."));
}

TEST(OwnZones, TellWhereTheyDelegateTo) {
  const auto delegation = find_delegation(own_zones(), name("a.b.SUB.example."));
  ASSERT_TRUE(delegation);
  EXPECT_EQ(delegation->zone, name("sub.example."));
  EXPECT_EQ(delegation->ttl, 60u);
  ASSERT_EQ(delegation->servers.size(), 2u);
  EXPECT_EQ(delegation->servers[0].name, name("ns.sub.example."));
  EXPECT_THAT(delegation->servers[0].addresses, ElementsAre(Ipv4Address{0xc0000235}));
  EXPECT_EQ(delegation->servers[1].name, name("ns.elsewhere."));
  EXPECT_THAT(delegation->servers[1].addresses, IsEmpty());
}

}  // namespace
}  // namespace labnet::dns_server
