// $GENERATE: its ranges, its patterns, and the records that a zone file gets by it.
#include "servers/dns/zone/generate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;

TEST(GenerateRange, HasBothEndsAndAStep) {
  const auto range = parse_generate_range("3-10");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->start, 3u);
  EXPECT_EQ(range->count(), 8u);
  EXPECT_EQ(parse_generate_range("0-0")->count(), 1u);
  EXPECT_EQ(parse_generate_range("0-9/5")->count(), 2u);
  EXPECT_EQ(parse_generate_range("0-10/5")->count(), 3u);
  EXPECT_EQ(parse_generate_range("0-2147483647")->count(), 2147483648u);
}

TEST(GenerateRange, RejectsWhatIsNone) {
  for (const auto* text : {"", "1", "-", "1-", "-1", "2-1", "1-2/0", "1-2/", "1-2/-1", "1/2-3", "1-2-3", "1-2x",
                           "0-2147483648", "+1-2", "1 -2"}) {
    EXPECT_FALSE(parse_generate_range(text)) << text;
  }
}

std::string expanded(std::string_view pattern, std::uint32_t number) {
  const auto text = expand_generate_pattern(pattern, number);
  return text ? *text : "expected " + text.error().message;
}

TEST(GeneratePattern, HasTheNumberInPlaceOfEachDollar) {
  EXPECT_EQ(expanded("host-$.$", 12), "host-12.12");
  EXPECT_EQ(expanded("plain", 12), "plain");
  EXPECT_EQ(expanded("", 12), "");
  EXPECT_EQ(expanded("$$$\\$\\\\$", 7), "$7\\$\\\\7") << "the zone file's own escapes are for who reads the name";
  EXPECT_EQ(expanded("a\\", 7), "a\\");
}

TEST(GeneratePattern, ModifiersAddFillUpAndChangeTheBase) {
  EXPECT_EQ(expanded("${0}", 12), "12");
  EXPECT_EQ(expanded("${-10}", 12), "2");
  EXPECT_EQ(expanded("${+10}x", 12), "22x");
  EXPECT_EQ(expanded("${0,3}", 12), "012");
  EXPECT_EQ(expanded("${0,1}", 12), "12");
  EXPECT_EQ(expanded("${0,0,d}", 12), "12");
  EXPECT_EQ(expanded("${0,4,o}", 12), "0014");
  EXPECT_EQ(expanded("${0,4,x}", 171), "00ab");
  EXPECT_EQ(expanded("${0,0,X}", 171), "AB");
  EXPECT_EQ(expanded("${1,2}-${2,2}", 1), "02-03");
}

TEST(GeneratePattern, NibblesStandBackwardsWithDotsThatTheWidthCountsIn) {
  EXPECT_EQ(expanded("${0,0,n}", 0), "0");
  EXPECT_EQ(expanded("${0,0,n}", 0x1ab), "b.a.1");
  EXPECT_EQ(expanded("${0,0,N}", 0x1ab), "B.A.1");
  EXPECT_EQ(expanded("${0,7,n}", 0x1a), "a.1.0.0");
  EXPECT_EQ(expanded("${0,8,n}", 0x1a), "a.1.0.0.");
}

TEST(GeneratePattern, SaysWhatAModifierMayBe) {
  for (const auto* pattern : {"${}", "${x}", "${,1}", "${0,1,d,}", "${0 }", "${+-1}", "${99999999999}"}) {
    EXPECT_EQ(expanded(pattern, 1), "expected ${offset}, ${offset,width} or ${offset,width,base}") << pattern;
  }
  EXPECT_EQ(expanded("${0,x}", 1), "expected a width of 0 to 127");
  EXPECT_EQ(expanded("${0,128}", 1), "expected a width of 0 to 127");
  EXPECT_EQ(expanded("${0,127}", 1).size(), generate_width_max);
  for (const auto* pattern : {"${0,1,}", "${0,1,b}", "${0,1,dd}"}) {
    EXPECT_EQ(expanded(pattern, 1), "expected base d, o, x, X, n or N") << pattern;
  }
  EXPECT_EQ(expanded("${0", 1), "expected '}' after '{'");
  EXPECT_EQ(expanded("${-2}", 1), "expected numbers of 0 to 2147483647 with their offset, not -1");
  EXPECT_EQ(expanded("${1}", 2147483647), "expected numbers of 0 to 2147483647 with their offset, not 2147483648");
}

TEST(Generate, MakesARecordOfEachNumber) {
  EXPECT_THAT(texts(read_text("$TTL 1\n$GENERATE 1-3 host$ A 192.0.2.$\n")),
              ElementsAre("host1.example. 1 IN A 192.0.2.1", "host2.example. 1 IN A 192.0.2.2",
                          "host3.example. 1 IN A 192.0.2.3"));
  EXPECT_THAT(
      texts(read_text("$TTL 1\n$ORIGIN 2.0.192.in-addr.arpa.\n$generate 0-4/4 $ PTR host${100,3,x}.example.\n")),
      ElementsAre("0.2.0.192.in-addr.arpa. 1 IN PTR host064.example.",
                  "4.2.0.192.in-addr.arpa. 1 IN PTR host068.example."));
}

TEST(Generate, TakesTtlAndClassInEitherOrder) {
  EXPECT_THAT(texts(read_text("$GENERATE 1-1 a$ 1m IN NS b$\n$GENERATE 2-2 a$ IN 2m NS b$\n"
                              "$GENERATE 3-3 a$ 5 NS b$\n$GENERATE 4-4 a$ IN NS b$\n")),
              ElementsAre("a1.example. 60 IN NS b1.example.", "a2.example. 120 IN NS b2.example.",
                          "a3.example. 5 IN NS b3.example.", "a4.example. 5 IN NS b4.example."));
}

TEST(Generate, DataOfSeveralPartsStandsInQuotes) {
  EXPECT_THAT(texts(read_text("$TTL 1\n"
                              "$GENERATE 1-1 a$ MX \"1$ mail$\"\n"
                              "$GENERATE 2-2 b TXT \"c \\\"d $;\\\" \\\\e\"\n"
                              "$GENERATE 3-3 f$ NS @\n"
                              "$GENERATE 4-4 @ TXT $$$\n")),
              ElementsAre("a1.example. 1 IN MX 11 mail1.example.", "b.example. 1 IN TXT \"c\" \"d 2;\" \"\\\\e\"",
                          "f3.example. 1 IN NS example.", "example. 1 IN TXT \"$4\""));
}

TEST(Generate, LeavesTheOwnerForTheNextRecordAlone) {
  EXPECT_THAT(
      texts(read_text("$TTL 1\na NS b\n$GENERATE 1-1 c$ NS d\n NS e\n")),
      ElementsAre("a.example. 1 IN NS b.example.", "c1.example. 1 IN NS d.example.", "a.example. 1 IN NS e.example."));
}

TEST(Generate, HasALimitOfRecords) {
  EXPECT_EQ(read_text("$TTL 1\n$GENERATE 0-65535 h$ A 192.0.2.1\n").records.size(), generated_records_max);
  EXPECT_THAT(texts(read_text("$TTL 1\n$GENERATE 0-65536 h$ A 192.0.2.1\n")),
              ElementsAre("test.zone:2:11: found \"0-65536\", expected a range of no more than 65536 numbers"));
  EXPECT_EQ(read_text("$TTL 1\n$GENERATE 0-131071/2 h$ A 192.0.2.1\n").records.size(), generated_records_max);
}

TEST(Generate, SaysWhatIsWrongAndWhere) {
  const auto only = [](std::string text) { return texts(read_text("$TTL 1\n$GENERATE " + std::move(text))).at(0); };
  EXPECT_EQ(only("1-2 a A"),
            "test.zone:2:18: found the end of the entry, expected $GENERATE <start>-<stop>[/<step>] <owner> [<ttl>] "
            "[<class>] <type> <data>");
  EXPECT_EQ(only("2-1 a$ A 192.0.2.$"), "test.zone:2:11: found \"2-1\", expected a range, as in 1-10 or 0-254/2");
  EXPECT_EQ(only("1-2 a$ 1 IN A"), "test.zone:2:24: found the end of the entry, expected the data of the records");
  EXPECT_EQ(only("1-2 a$ 1 IN"), "test.zone:2:22: found the end of the entry, expected a record type");
  EXPECT_EQ(only("1-2 a$ AX b$"), "test.zone:2:18: found \"AX\", expected a TTL, a class or a record type");
  EXPECT_EQ(only("1-2 a$ AXFR b$"),
            "test.zone:2:18: found \"AXFR\", expected a type of records: this one is only for queries");
  EXPECT_EQ(only("1-2 a$ CH NS b$"), "test.zone:2:18: found \"CH\", expected class IN");
  EXPECT_EQ(
      only("1-2 a$ MX 10 mail$"),
      "test.zone:2:24: found \"mail$\", expected the end of the entry: data of several parts stands in quotes, as "
      "in \"10 mail$\"");
  EXPECT_EQ(only("1-2 a${0,1,z} NS b$"), "test.zone:2:15: found \"a${0,1,z}\", expected base d, o, x, X, n or N");
  EXPECT_EQ(only("1-2 a..$ NS b$"), "test.zone:2:15: found \"a..1\", expected a domain name (a label is empty)");
  EXPECT_EQ(only("1-2 a$ NS b${0"), "test.zone:2:21: found \"b${0\", expected '}' after '{'");
  EXPECT_EQ(only("254-256 a$ A 192.0.2.$"),
            "test.zone:2:24: found \"192.0.2.256\", expected address: an IPv4 address, as in 192.168.1.10");
  EXPECT_EQ(only("1-2 a$ MX \"10\""), "test.zone:2:21: found \"10\", expected exchange: a domain name");
  EXPECT_EQ(only("1-2 a$ TXT \"\\\"b\""),
            "test.zone:2:22: found \"\"b\", expected the data of a record (found a quote that is not closed on its "
            "line)");
  EXPECT_EQ(texts(read_text("$GENERATE 1-2 a$ NS b$")).at(0),
            "test.zone:1:15: found \"a$\", expected a TTL in this record, in one before it, or by $TTL");
}

TEST(Generate, EndsWithItsFirstFault) {
  EXPECT_EQ(read_text("$TTL 1\n$GENERATE 255-300 a$ A 192.0.2.$\n").faults.size(), 1u);
}

}  // namespace
}  // namespace labnet::dns_server
