// Zone files in BIND's dialect, and what is said of wrong ones.
#include "servers/dns/zone/master_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servers/dns/limits.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MasterFile, ReadsOwnersTtlsAndClassesInEveryOrder) {
  EXPECT_THAT(texts(read_text("$TTL 1h\n"
                              "@       SOA a b 1 2 3 4 5\n"
                              "        IN NS a\n"
                              "a 60 IN A 192.0.2.1\n"
                              "b IN 2m A 192.0.2.2\n"
                              "c in a 192.0.2.3\n"
                              "C.Example. 1w A 192.0.2.4\n")),
              ElementsAre("example. 3600 IN SOA a.example. b.example. 1 2 3 4 5", "example. 3600 IN NS a.example.",
                          "a.example. 60 IN A 192.0.2.1", "b.example. 120 IN A 192.0.2.2",
                          "c.example. 3600 IN A 192.0.2.3", "C.Example. 604800 IN A 192.0.2.4"));
}

TEST(MasterFile, WithoutADefaultTheTtlIsThatOfTheRecordBefore) {
  EXPECT_THAT(texts(read_text("@ SOA a b 1 2 3 4 77\n@ NS a\n@ 5 NS b\n@ NS c")),
              ElementsAre("example. 77 IN SOA a.example. b.example. 1 2 3 4 77", "example. 77 IN NS a.example.",
                          "example. 5 IN NS b.example.", "example. 5 IN NS c.example."));
}

TEST(MasterFile, OriginChangesWhatRelativeNamesAreBelow) {
  EXPECT_THAT(texts(read_text("$TTL 1\n$ORIGIN sub\na NS b\n$ORIGIN other.\na NS @")),
              ElementsAre("a.sub.example. 1 IN NS b.sub.example.", "a.other. 1 IN NS other."));
}

TEST(MasterFile, StringsKeepQuotedBlanksAndEscapes) {
  EXPECT_THAT(texts(read_text("$TTL 1\na TXT \"b ; c\" d \"\\\"\\007\" (\n e)")),
              ElementsAre("a.example. 1 IN TXT \"b ; c\" \"d\" \"\\\"\\007\" \"e\""));
}

TEST(MasterFile, NamesMayHaveEscapedDotsAndLookLikeNumbers) {
  EXPECT_THAT(texts(read_text("$TTL 1\na\\.b NS c\n10 PTR d\n* A 192.0.2.1")),
              ElementsAre("a\\.b.example. 1 IN NS c.example.", "10.example. 1 IN PTR d.example.",
                          "*.example. 1 IN A 192.0.2.1"));
}

TEST(MasterFile, UnknownTypesTravelAsOctets) {
  EXPECT_THAT(
      texts(read_text("$TTL 1\na TYPE65280 \\# 2 abcd\nb LOC \\# 0\nc A \\# 4 c0000201")),
      ElementsAre("a.example. 1 IN TYPE65280 \\# 2 abcd", "b.example. 1 IN LOC \\# 0", "c.example. 1 IN A 192.0.2.1"));
}

TEST(MasterFile, KnowsItsTypesByNumberAndTheirDataAsOctets) {
  EXPECT_THAT(texts(read_text("$TTL 1\n"
                              "a TYPE13 PC Linux\n"
                              "b TYPE39 c\n"
                              "d TYPE257 0 issue e\n"
                              "f TYPE35 \\# 8 0001 0002 00 00 00 00\n"
                              "g SVCB \\# 3 000100\n"
                              "h TYPE65 \\# 10 0001 00 0001 0003 026832\n")),
              ElementsAre("a.example. 1 IN HINFO \"PC\" \"Linux\"", "b.example. 1 IN DNAME c.example.",
                          "d.example. 1 IN CAA 0 issue \"e\"", "f.example. 1 IN NAPTR 1 2 \"\" \"\" \"\" .",
                          "g.example. 1 IN SVCB 1 .", "h.example. 1 IN HTTPS 1 . alpn=\"h2\""));
  EXPECT_THAT(texts(read_text("$TTL 1\na HTTPS \\# 7 0001 00 0001 0000\n")),
              ElementsAre("test.zone:2:14: found \"0001\", expected octets that are the data of a HTTPS record"));
}

TEST(MasterFile, ReadsParametersWithAndWithoutQuotes) {
  EXPECT_THAT(texts(read_text("$TTL 1\n"
                              "a HTTPS 1 . alpn=\"h2,h3\" port=\"8443\" ( ; two\n"
                              "  ipv4hint=192.0.2.1 key9=\"a ; b\" )\n"
                              "b SVCB 2 svc no-default-alpn alpn=h3\n"
                              "c HTTPS 0 svc.other.\n"
                              "d HTTPS 1 . key9=\"\" key10\n")),
              ElementsAre("a.example. 1 IN HTTPS 1 . alpn=\"h2,h3\" port=8443 ipv4hint=192.0.2.1 key9=\"a ; b\"",
                          "b.example. 1 IN SVCB 2 svc.example. alpn=\"h3\" no-default-alpn",
                          "c.example. 1 IN HTTPS 0 svc.other.", "d.example. 1 IN HTTPS 1 . key9 key10"));
}

TEST(MasterFile, SaysWhichParameterIsWrong) {
  const auto only = [](std::string text) { return texts(read_text("$TTL 1\n" + std::move(text))).at(0); };
  EXPECT_EQ(only("a HTTPS 1 . alpn=h2 port=x"),
            "test.zone:2:21: found \"port=x\", expected port: a number of 0 to 65535");
  EXPECT_EQ(only("a HTTPS 1 . port=\"x\""), "test.zone:2:18: found \"x\", expected port: a number of 0 to 65535");
  EXPECT_EQ(only("a HTTPS 1 . port=1 port=1"), "test.zone:2:20: found \"port=1\", expected port no more than once");
  EXPECT_EQ(only("a HTTPS 1 . mandatory=port"),
            "test.zone:2:27: found the end of the entry, expected port, which is said to be mandatory");
  EXPECT_EQ(only("a HTTPS 1 . alpn= \"h2\""),
            "test.zone:2:13: found \"alpn=\", expected alpn: protocols of 1 to 255 octets, as in h2,h3");
  EXPECT_EQ(only("a HTTPS 1 . \"port=1\""),
            "test.zone:2:13: found \"port=1\", expected a key and its value, as in port=8443, or the end of the "
            "record");
}

TEST(MasterFile, IncludesAFileOfItsOwnFolderAndKeepsItsOwnOriginAndOwner) {
  const auto file =
      read_master_file("zones/main.zone", name("example."),
                       read_from({{"zones/main.zone", "$TTL 1\na NS b\n$INCLUDE parts/one.inc sub\n NS c\nd NS e"},
                                  {"zones/parts/one.inc", "x NS y\n$INCLUDE two.inc\n$ORIGIN gone."},
                                  {"zones/parts/two.inc", "z NS @"}}));
  EXPECT_THAT(texts(file), ElementsAre("a.example. 1 IN NS b.example.", "x.sub.example. 1 IN NS y.sub.example.",
                                       "z.sub.example. 1 IN NS sub.example.", "a.example. 1 IN NS c.example.",
                                       "d.example. 1 IN NS e.example."));
  EXPECT_THAT(file.files, ElementsAre("zones/main.zone", "zones/parts/one.inc", "zones/parts/two.inc"));
  EXPECT_EQ(file.records[2].file, 2u);
  EXPECT_EQ(file.records[4].line, 5u);
}

TEST(MasterFile, IncludesEndAtTheirDepth) {
  EXPECT_THAT(
      texts(read_text("$INCLUDE test.zone")),
      ElementsAre("test.zone:1:10: found \"test.zone\", expected no more than 10 files that include one another"));
}

TEST(MasterFile, IncludesEndAtTheirNumber) {
  // Each file but the last includes the next one a hundred times: 100^9 files in all.
  std::string hundred_times;
  for (int i = 0; i < 100; ++i) hundred_times += "$INCLUDE {0}\n";
  std::map<std::string, std::string> files{{"9", ""}};
  for (int i = 0; i < 9; ++i) {
    files[std::to_string(i)] = fmt::format(fmt::runtime(hundred_times), std::to_string(i + 1));
  }
  const auto file = read_master_file("0", name("example."), read_from(files));
  EXPECT_EQ(file.files.size(), zone_files_max);
  ASSERT_EQ(file.faults.size(), faults_max);
  EXPECT_THAT(to_text(file.faults.front()), HasSubstr("found \"9\", expected no more than 1000 files for one zone"));
}

TEST(MasterFile, TellsOfAFileThatCannotBeRead) {
  EXPECT_THAT(texts(read_text("$INCLUDE none.inc")),
              ElementsAre("test.zone:1:10: found \"none.inc\", expected a file to include: none.inc there is no such "
                          "file"));
}

TEST(MasterFile, SaysOneWordAboutAFileThatIsNoText) {
  using namespace std::string_literals;
  EXPECT_THAT(texts(read_text("$TTL 1\n@ \0\1\2\n\0\n"s)),
              ElementsAre("test.zone:2:3: found an octet 0, expected text: this is no zone file"));
}

TEST(MasterFile, SaysWhereWhatWasFoundAndWhatWasExpected) {
  const auto only = [](std::string text) { return texts(read_text("$TTL 1\n" + std::move(text))).at(0); };
  EXPECT_EQ(only("a A 192.168.1"),
            "test.zone:2:5: found \"192.168.1\", expected address: an IPv4 address, as in 192.168.1.10");
  EXPECT_EQ(only("a MX 10"), "test.zone:2:8: found the end of the entry, expected exchange: a domain name");
  EXPECT_EQ(only("a A 192.0.2.1 2"), "test.zone:2:15: found \"2\", expected the end of the record");
  EXPECT_EQ(only("a AX 1"), "test.zone:2:3: found \"AX\", expected a TTL, a class or a record type");
  EXPECT_EQ(only("a 2147483648 A 192.0.2.1"),
            "test.zone:2:3: found \"2147483648\", expected a TTL, a class or a record type");
  EXPECT_EQ(only("a 1 2 A 192.0.2.1"), "test.zone:2:5: found \"2\", expected a TTL, a class or a record type");
  EXPECT_EQ(only("a CH A 192.0.2.1"), "test.zone:2:3: found \"CH\", expected class IN");
  EXPECT_EQ(only("a AXFR x"),
            "test.zone:2:3: found \"AXFR\", expected a type of records: this one is only for queries");
  EXPECT_EQ(only("a 1 IN"), "test.zone:2:7: found the end of the entry, expected a record type");
  EXPECT_EQ(only("a..b NS c"), "test.zone:2:1: found \"a..b\", expected a domain name (a label is empty)");
  EXPECT_EQ(only(" NS c"),
            "test.zone:2:2: found \"NS\", expected a record with an owner before one that starts with a blank");
  EXPECT_EQ(only("$ORIGN a."), "test.zone:2:1: found \"$ORIGN\", expected $ORIGIN, $TTL, $INCLUDE or $GENERATE");
  EXPECT_EQ(only("$ORIGIN"), "test.zone:2:8: found the end of the entry, expected $ORIGIN <name>");
  EXPECT_EQ(only("$TTL 1 2"), "test.zone:2:8: found \"2\", expected $TTL <seconds>");
  EXPECT_EQ(only("$TTL x"), "test.zone:2:6: found \"x\", expected a TTL in seconds or with units, as in 1h30m");
  EXPECT_EQ(only("a TXT \"b"), "test.zone:2:7: found a quote that is not closed on its line");
}

TEST(MasterFile, ATtlFromASoaIsNoLongerThanATtlMayBe) {
  EXPECT_THAT(texts(read_text("@ SOA a b 1 2 3 4 4294967295\n@ NS c")),
              ElementsAre("example. 2147483647 IN SOA a.example. b.example. 1 2 3 4 4294967295",
                          "example. 2147483647 IN NS c.example."));
}

TEST(MasterFile, WithoutAnyTtlSaysSo) {
  EXPECT_THAT(texts(read_text("a NS b")),
              ElementsAre("test.zone:1:1: found \"a\", expected a TTL in this record, in one before it, or by $TTL"));
}

TEST(MasterFile, TellsOfSeveralFaultsButNotOfAllOfThem) {
  std::string text = "$TTL 1\n";
  for (std::size_t i = 0; i < faults_max + 5; ++i) text += "a A x\n";
  EXPECT_EQ(read_text(text).faults.size(), faults_max);
  EXPECT_THAT(texts(read_text("$TTL 1\na A x\nb NS c\nd A y")),
              ElementsAre(HasSubstr("test.zone:2:"), HasSubstr("test.zone:4:"), "b.example. 1 IN NS c.example."));
}

TEST(MasterFile, SurvivesEveryCut) {
  const std::string whole = "$TTL 1\n@ SOA a b ( 1 2\n 3 4 5 ) ; c\n a\\.b\\012 TXT \"c\\\"d\" e\n$ORIGIN x.\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto file = read_text(whole.substr(0, size));
    EXPECT_LE(file.records.size() + file.faults.size(), 3u) << size << " characters";
  }
}

}  // namespace
}  // namespace labnet::dns_server
