// What is checked when a zone is built, and how names are found in it.
#include "servers/dns/zone/zone.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servers/dns/limits.hpp"
#include "servers/dns/zone/lookup.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;

const std::string start = "$TTL 1h\n@ SOA ns.other. admin 7 2 3 4 60\n@ NS ns.other.\n";

std::vector<std::string> faults(std::string text) {
  std::vector<std::string> lines;
  for (const auto& fault : build_text(std::move(text)).faults) lines.push_back(to_text(fault));
  return lines;
}

std::vector<std::string> warnings(std::string text) {
  std::vector<std::string> lines;
  const auto built = build_text(std::move(text));
  EXPECT_TRUE(built.zone) << "a warning hinders nothing";
  for (const auto& warning : built.warnings) lines.push_back(to_text(warning));
  return lines;
}

TEST(BuildZone, TakesAWholeZone) {
  const auto zone = zone_of(start + "a A 192.0.2.1\n");
  EXPECT_EQ(to_text(zone->origin()), "example.");
  EXPECT_EQ(zone->serial(), 7u);
  EXPECT_EQ(zone->record_count(), 3u);
  EXPECT_THAT(warnings(start), ElementsAre());
}

TEST(BuildZone, NeedsOneSoaAtTheApex) {
  EXPECT_THAT(faults("$TTL 1\n@ NS a.b.\n"), ElementsAre("test.zone:2:1: found a NS record and no SOA record, "
                                                         "expected the SOA record of example. first"));
  EXPECT_THAT(faults("; nothing\n"),
              ElementsAre("test.zone:1:1: found no record, expected the SOA record of example. first"));
  EXPECT_THAT(faults(start + "@ SOA ns.other. admin 8 2 3 4 60"),
              ElementsAre("test.zone:4:1: found a second SOA record, expected one: that of line 2"));
  EXPECT_THAT(faults(start + "x SOA ns.other. admin 8 2 3 4 60"),
              ElementsAre("test.zone:4:1: found a SOA record of x.example., expected it at example."));
  EXPECT_THAT(warnings("$TTL 1\n@ NS a.b.\n@ SOA ns.other. admin 7 2 3 4 60"),
              ElementsAre("test.zone:3:1: the SOA record is not the first one"));
}

TEST(BuildZone, NeedsANameServer) {
  EXPECT_THAT(faults("$TTL 1\n@ SOA ns.other. admin 7 2 3 4 60"),
              ElementsAre("test.zone:2:1: found no NS record of example. beside its SOA record, expected at least one: "
                          "a zone names its servers"));
}

TEST(BuildZone, RejectsRecordsOutside) {
  EXPECT_THAT(faults(start + "a.other. A 192.0.2.1"),
              ElementsAre("test.zone:4:1: found a record of a.other., expected names at or below example."));
}

TEST(BuildZone, RejectsACnameBesideOtherData) {
  EXPECT_THAT(
      faults(start + "a CNAME b\na A 192.0.2.1"),
      ElementsAre("test.zone:5:1: found a A record of a.example., which has a CNAME record in line 4; expected no "
                  "other data beside a CNAME"));
  EXPECT_EQ(faults(start + "a CNAME b\na CNAME c").size(), 1u);
  EXPECT_THAT(faults(start + "a CNAME b\na RRSIG \\# 0"), ElementsAre()) << "the records of DNSSEC may stand beside it";
}

TEST(BuildZone, RejectsWhatMayNotStandBesideOrBelowADname) {
  EXPECT_THAT(faults(start + "a DNAME b.\na A 192.0.2.1\na TXT x"), ElementsAre());
  EXPECT_THAT(faults(start + "@ DNAME b."), ElementsAre()) << "beside SOA and NS of the apex";
  EXPECT_THAT(
      faults(start + "a DNAME b.\na CNAME c."),
      ElementsAre("test.zone:5:1: found a CNAME record of a.example., which has a DNAME record in line 4; expected no "
                  "other data beside a CNAME"));
  EXPECT_THAT(faults(start + "a DNAME b.\na DNAME c."),
              ElementsAre("test.zone:5:1: found a second DNAME record of a.example., expected one: that of line 4"));
  EXPECT_THAT(
      faults(start + "x.y.A TXT z\na DNAME b.\nab A 192.0.2.1"),
      ElementsAre("test.zone:4:1: found a TXT record of x.y.A.example., which is below the DNAME record of line "
                  "5; expected no data below the owner of a DNAME"));
  EXPECT_EQ(faults(start + "@ DNAME b.\na A 192.0.2.1\nb A 192.0.2.1").size(), 2u);
  EXPECT_THAT(faults(start + "a NS b.\na DNAME c."),
              ElementsAre("test.zone:5:1: found a DNAME record of a.example., which is a delegation point; expected it "
                          "in the zone that is delegated"));
  EXPECT_THAT(warnings(start + "a DNAME b.\nA DNAME B."),
              ElementsAre("test.zone:5:1: this record stands here twice; the second one is left out"));
  EXPECT_THAT(
      warnings(start + "*.a DNAME b.\n"),
      ElementsAre("test.zone:4:1: this DNAME record of a wildcard redirects no name that the wildcard stands for"));
}

TEST(BuildZone, LeavesOutRepeatedRecordsWithAWarning) {
  EXPECT_THAT(warnings(start + "a A 192.0.2.1\nA A 192.0.2.1"),
              ElementsAre("test.zone:5:1: this record stands here twice; the second one is left out"));
  EXPECT_EQ(zone_of(start + "a A 192.0.2.1\nA A 192.0.2.1")->record_count(), 3u);
}

TEST(BuildZone, GivesAnRrsetItsLowestTtl) {
  const auto text = start + "a 60 A 192.0.2.1\na 30 A 192.0.2.2\na 90 A 192.0.2.3";
  EXPECT_EQ(warnings(text).size(), 2u);
  const auto zone = zone_of(text);
  EXPECT_EQ(zone->find(*zone->find(dns::FoldedName{name("a.example.")}), dns::Type::a)->ttl, 30u);
}

TEST(BuildZone, WarnsOfServersWithoutAnAddressAndOfAliases) {
  EXPECT_THAT(warnings(start + "@ MX 1 mail\n@ NS alias\nalias CNAME a.b."),
              ElementsAre("test.zone:5:1: alias.example. is an alias, which the name of a server may not be",
                          "test.zone:4:1: mail.example. has no address in this zone"));
  EXPECT_THAT(
      warnings(start + "@ MX 1 mail\nmail AAAA 2001:db8::1\n@ MX 2 x.y\n*.y A 192.0.2.1\n@ MX 3 z.w\nw NS a.b."),
      ElementsAre());
}

TEST(BuildZone, RejectsAnRrsetThatNoMessageCanHold) {
  const auto strings = [](std::size_t count) {
    std::string text = start + "a TXT";
    while (count-- > 0) text += " " + std::string(255, 'x');
    return text;
  };
  EXPECT_THAT(faults(strings(254)), ElementsAre());
  EXPECT_EQ(faults(strings(255)).size(), 1u);
  EXPECT_EQ(faults(strings(400)).size(), 1u);
}

TEST(BuildZone, RejectsALongRrsetBeforeItComparesAllItsRecords) {
  std::string text = start;
  for (int i = 0; i < 300'000; ++i) text += fmt::format("a TXT {}\n", i);
  EXPECT_THAT(faults(text), ElementsAre("test.zone:4:1: found more data of one name and type than a message can hold"));
}

TEST(Zone, HoldsItsNamesInCanonicalOrderWithThoseInBetween) {
  const auto zone = zone_of(start + "z A 192.0.2.1\nB.c.D A 192.0.2.1\n*.d A 192.0.2.1\nx.y.c.d A 192.0.2.1\n");
  std::vector<std::string> names;
  for (const auto& node : zone->nodes()) names.push_back(to_text(node.name));
  EXPECT_THAT(names, ElementsAre("example.", "d.example.", "*.d.example.", "c.D.example.", "B.c.D.example.",
                                 "y.c.d.example.", "x.y.c.d.example.", "z.example."));
}

// ---- look-ups

std::string found(const Zone& zone, std::string_view text, dns::Type type = dns::Type::a) {
  const auto finding = look_up(zone, dns::FoldedName{name(text)}, type);
  constexpr std::string_view kinds[] = {"data", "alias", "no data", "no name", "delegation", "redirection"};
  return fmt::format("{} {}", kinds[static_cast<std::size_t>(finding.kind)], to_text(finding.node->name));
}

TEST(LookUp, FindsNamesWithoutRegardToCase) {
  const auto zone = zone_of(start + "Web A 192.0.2.1\n");
  EXPECT_EQ(found(*zone, "wEB.eXample."), "data Web.example.");
  EXPECT_EQ(found(*zone, "web.example.", dns::Type::aaaa), "no data Web.example.");
  EXPECT_EQ(found(*zone, "ftp.example."), "no name example.");
  EXPECT_EQ(found(*zone, "a.web.example."), "no name Web.example.");
  EXPECT_EQ(found(*zone, "example.", dns::Type::soa), "data example.");
  EXPECT_EQ(found(*zone, "a.b.c.d.e.f.example."), "no name example.");
}

TEST(LookUp, NamesInBetweenExistWithoutData) {
  const auto zone = zone_of(start + "a.b.c A 192.0.2.1\n");
  EXPECT_EQ(found(*zone, "b.c.example."), "no data b.c.example.");
  EXPECT_EQ(found(*zone, "c.example."), "no data c.example.");
  EXPECT_EQ(found(*zone, "x.c.example."), "no name c.example.");
}

TEST(LookUp, WildcardsStandForWhatTheRfcSaysTheyDo) {
  // RFC 4592, section 2.2.1, its own zone.
  const auto zone = zone_of(
      "$TTL 3600\n"
      "example.                 SOA   ns.example.com. admin 1 2 3 4 5\n"
      "example.                 NS    ns.example.com.\n"
      "example.                 NS    ns.example.net.\n"
      "*.example.               TXT   \"this is a wildcard\"\n"
      "*.example.               MX    10 host1.example.\n"
      "sub.*.example.           TXT   \"this is not a wildcard\"\n"
      "host1.example.           A     192.0.2.1\n"
      "_ssh._tcp.host1.example. SRV   0 0 22 host1.example.\n"
      "_ssh._tcp.host2.example. SRV   0 0 22 host1.example.\n"
      "subdel.example.          NS    ns.example.com.\n"
      "subdel.example.          NS    ns.example.net.\n");
  using dns::Type;
  EXPECT_EQ(found(*zone, "host3.example.", Type::mx), "data *.example.");
  EXPECT_EQ(found(*zone, "host3.example.", Type::a), "no data *.example.");
  EXPECT_EQ(found(*zone, "foo.bar.example.", Type::txt), "data *.example.");
  EXPECT_EQ(found(*zone, "host1.example.", Type::mx), "no data host1.example.");
  EXPECT_EQ(found(*zone, "sub.*.example.", Type::mx), "no data sub.*.example.");
  EXPECT_EQ(found(*zone, "_telnet._tcp.host1.example.", Type::srv), "no name _tcp.host1.example.");
  EXPECT_EQ(found(*zone, "host.subdel.example.", Type::a), "delegation subdel.example.");
  EXPECT_EQ(found(*zone, "ghost.*.example.", Type::mx), "no name *.example.");
  EXPECT_EQ(found(*zone, "*.example.", Type::mx), "data *.example.") << "a wildcard may be asked for by its name";
  EXPECT_EQ(found(*zone, "host2.example.", Type::mx), "no data host2.example.") << "it exists through what is below it";
}

TEST(LookUp, BelowACutTheChildIsToBeAsked) {
  const auto zone =
      zone_of(start + "sub NS ns.sub\nns.sub A 192.0.2.1\n*.sub A 192.0.2.2\na.b.sub NS x.y.\nsub2 A 192.0.2.3\n");
  EXPECT_EQ(found(*zone, "sub.example."), "delegation sub.example.");
  EXPECT_EQ(found(*zone, "sub.example.", dns::Type::ns), "delegation sub.example.");
  EXPECT_EQ(found(*zone, "ns.sub.example."), "delegation sub.example.") << "glue is not an answer";
  EXPECT_EQ(found(*zone, "x.sub.example."), "delegation sub.example.") << "nor is a wildcard below the cut";
  EXPECT_EQ(found(*zone, "x.a.b.sub.example."), "delegation sub.example.") << "the upper cut counts";
  EXPECT_EQ(found(*zone, "sub2.example."), "data sub2.example.");
  EXPECT_EQ(found(*zone, "sub.example.", dns::Type::ds), "no data sub.example.") << "DS is the parent's";
}

TEST(LookUp, ADnameRedirectsWhatIsBelowItAndNotItself) {
  const auto zone = zone_of(start +
                            "a DNAME b.\na A 192.0.2.1\n*.w DNAME b.\nsub NS c.\nx.sub DNAME b.\n* TXT any\n"
                            "deep.er DNAME b.\n");
  EXPECT_EQ(found(*zone, "x.a.example."), "redirection a.example.");
  EXPECT_EQ(found(*zone, "x.y.z.A.EXAMPLE."), "redirection a.example.");
  EXPECT_EQ(found(*zone, "x.a.example.", dns::Type::dname), "redirection a.example.");
  EXPECT_EQ(found(*zone, "x.a.example.", dns::Type::any), "redirection a.example.");
  EXPECT_EQ(found(*zone, "a.example."), "data a.example.");
  EXPECT_EQ(found(*zone, "a.example.", dns::Type::dname), "data a.example.");
  EXPECT_EQ(found(*zone, "a.example.", dns::Type::cname), "no data a.example.");
  EXPECT_EQ(found(*zone, "aa.example."), "no data *.example.") << "no name below it, though its text ends so";
  EXPECT_EQ(found(*zone, "er.example."), "no data er.example.");
  EXPECT_EQ(found(*zone, "x.deep.er.example."), "redirection deep.er.example.");
  EXPECT_EQ(found(*zone, "y.x.sub.example."), "delegation sub.example.") << "below a cut the child has the word";
  EXPECT_EQ(found(*zone, "x.w.example."), "no data *.w.example.");
  EXPECT_EQ(found(*zone, "x.*.w.example."), "redirection *.w.example.");
  EXPECT_EQ(found(*zone_of(start + "@ DNAME b."), "x.example."), "redirection example.") << "of the apex";
}

TEST(LookUp, AnyIsOneRrset) {
  const auto zone = zone_of(start + "a A 192.0.2.1\na A 192.0.2.2\na TXT b\n");
  const auto finding = look_up(*zone, dns::FoldedName{name("a.example.")}, dns::Type::any);
  EXPECT_EQ(finding.kind, Finding::Kind::data);
  EXPECT_EQ(finding.rrset->count, 2);
}

TEST(LookUp, FindsEveryNameOfALargeZone) {
  std::string text = start;
  for (int i = 0; i < 5000; ++i) text += fmt::format("host{} A 192.0.2.1\n", i);
  const auto zone = zone_of(text);
  for (int i = 0; i < 5000; ++i) {
    const auto owner = fmt::format("host{}.example.", i);
    ASSERT_EQ(found(*zone, owner), "data " + owner);
  }
  EXPECT_EQ(found(*zone, "host5000.example."), "no name example.");
}

TEST(ZoneSet, ChoosesTheLongestOrigin) {
  const auto parent = zone_of(start);
  const auto child = zone_of(start, "Sub.example.");
  const auto set = *ZoneSet::make({parent, child});
  EXPECT_EQ(set.find(dns::FoldedName{name("a.sub.EXAMPLE.")}), child.get());
  EXPECT_EQ(set.find(dns::FoldedName{name("sub.example.")}), child.get());
  EXPECT_EQ(set.find(dns::FoldedName{name("b.example.")}), parent.get());
  EXPECT_EQ(set.find(dns::FoldedName{name("other.")}), nullptr);
  EXPECT_EQ(ZoneSet{}.find(dns::FoldedName{name("example.")}), nullptr);
}

TEST(ZoneSet, TakesTheRootZone) {
  const auto root = zone_of("$TTL 1\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n", ".");
  EXPECT_EQ(ZoneSet::make({root})->find(dns::FoldedName{name("any.thing.")}), root.get());
}

TEST(ZoneSet, RejectsTwoZonesOfOneOrigin) {
  EXPECT_EQ(ZoneSet::make({zone_of(start), zone_of(start, "EXAMPLE.")}).error().message,
            "zone example. is there twice");
}

TEST(ZoneSet, RejectsAZoneBelowADname) {
  const auto parent = zone_of(start + "a DNAME b.\nc NS d.\n");
  EXPECT_EQ(ZoneSet::make({zone_of(start, "x.a.example."), parent}).error().message,
            "zone x.a.example. is below a name that a DNAME record of zone example. redirects");
  EXPECT_TRUE(ZoneSet::make({parent, zone_of(start, "c.example."), zone_of(start, "a.example.")}));
}

}  // namespace
}  // namespace labnet::dns_server
