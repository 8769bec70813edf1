// Messages octet by octet: whole ones, broken ones, and any octets at all.
#include "common/dns/annotate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/dns/message.hpp"
#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using Kind = AnnotatedRow::Kind;

/// "  12 0377 label: "web"": the depth as blanks, the offset, the octets or bits, the meaning.
std::string text_of(const AnnotatedRow& row) {
  const auto octets = row.kind == Kind::bits ? row.bits : hexadecimal(row.octets);
  return fmt::format("{}{} {} {}: {}", std::string(row.depth, ' '), row.offset, octets, row.label, row.value);
}
std::vector<std::string> texts_of(Bytes wire) {
  std::vector<std::string> texts;
  for (const auto& row : annotate(wire)) texts.push_back(text_of(row));
  return texts;
}

std::vector<std::string> faults_in(Bytes wire) {
  std::vector<std::string> faults;
  for (const auto& row : annotate(wire)) {
    if (row.kind == Kind::fault) faults.push_back(row.value);
  }
  return faults;
}

/// What holds for any octets.
void expect_well_formed(Bytes wire) {
  const auto rows = annotate(wire);
  std::size_t next = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.offset, next) << row.label;
    if (!row.octets.empty()) {
      ASSERT_EQ(row.octets.data(), wire.data() + next) << row.label;
    }
    next += row.octets.size();
    ASSERT_FALSE(row.label.empty());
    ASSERT_EQ(row.value.find('\n'), std::string::npos);
    ASSERT_LE(row.value.size(), 4 * 255u + 40);
    ASSERT_EQ(row.bits.empty(), row.kind != Kind::bits);
  }
  ASSERT_EQ(next, wire.size());
  ASSERT_LE(rows.size(), wire.size() + annotated_rows_extra_max);
}

/// A bit of everything, names compressed.
Buffer large_wire() {
  Message message;
  message.header.id = 0x1234;
  message.header.response = true;
  message.header.recursion_desired = true;
  message.question = Question{name("labredes71.com."), Type::any, Class::in};
  message.answers = {record("labredes71.com.",
                            Soa{name("dns.labredes71.com."), name("admin.labredes71.com."), 7, {60}, {1}, {2}, {3}}),
                     record("labredes71.com.", Mx{10, name("mail.labredes71.com.")}),
                     record("labredes71.com.", Txt{{{"one"}, {"two\n"}}}),
                     record("labredes71.com.", Unknown{static_cast<Type>(65280), octets("0a0b0c")}),
                     record("_sip._udp.labredes71.com.", Srv{0, 5, 5060, name("voip.labredes71.com.")})};
  message.authorities = {record("labredes71.com.", Ns{name("dns.labredes71.com.")})};
  message.additionals = {record("dns.labredes71.com.", A{*parse_ipv4("192.168.1.7")}),
                         record("dns.labredes71.com.", Aaaa{*parse_ipv6("fd00::7")})};
  message.edns.emplace();
  message.edns->dnssec_ok = true;
  message.edns->options = {{10, octets("0102030405060708")}, {3, {}}};
  Buffer wire;
  write_message(message, wire);
  return wire;
}

const std::string header_of_answer = "1234 8580 0001 0001 0000 0000 ";
const std::string question_of_web = "03776562 00 0001 0001 ";

TEST(Annotate, NamesEveryOctetOfAnAnswer) {
  const auto wire = octets(header_of_answer + question_of_web + "c00c 0001 0001 00000e10 0004 c0a8010a");
  EXPECT_THAT(texts_of(wire), ElementsAre("0  Header: ",                                            //
                                          " 0 1234 ID: 4660",                                       //
                                          " 2 8580 flags: 0x8580",                                  //
                                          "  4 1... .... .... .... QR: response",                   //
                                          "  4 .000 0... .... .... Opcode: QUERY",                  //
                                          "  4 .... .1.. .... .... AA: authoritative answer: yes",  //
                                          "  4 .... ..0. .... .... TC: truncated: no",              //
                                          "  4 .... ...1 .... .... RD: recursion desired: yes",     //
                                          "  4 .... .... 1... .... RA: recursion available: yes",   //
                                          "  4 .... .... .0.. .... Z: reserved, but set: no",       //
                                          "  4 .... .... ..0. .... AD: authentic data: no",         //
                                          "  4 .... .... ...0 .... CD: checking disabled: no",      //
                                          "  4 .... .... .... 0000 RCODE: NOERROR",                 //
                                          " 4 0001 QDCOUNT: 1",                                     //
                                          " 6 0001 ANCOUNT: 1",                                     //
                                          " 8 0000 NSCOUNT: 0",                                     //
                                          " 10 0000 ARCOUNT: 0",                                    //
                                          "12  Question 1 of 1: ",                                  //
                                          " 12  QNAME: web.",                                       //
                                          "  12 03776562 label: \"web\"",                           //
                                          "  16 00 label: .",                                       //
                                          " 17 0001 QTYPE: A (1)",                                  //
                                          " 19 0001 QCLASS: IN (1)",                                //
                                          "21  Answer 1 of 1: ",                                    //
                                          " 21 c00c NAME: pointer to 0x000c: web.",                 //
                                          " 23 0001 TYPE: A (1)",                                   //
                                          " 25 0001 CLASS: IN (1)",                                 //
                                          " 27 00000e10 TTL: 3600 seconds",                         //
                                          " 31 0004 RDLENGTH: 4 octets",                            //
                                          " 33  RDATA: ",                                           //
                                          "  33 c0a8010a address: 192.168.1.10"));
}

TEST(Annotate, NamesTheFieldsOfEveryType) {
  const auto wire = large_wire();
  expect_well_formed(wire);
  EXPECT_THAT(faults_in(wire), ElementsAre());
  std::vector<std::string> meanings;
  for (const auto& row : annotate(wire)) meanings.push_back(row.label + ": " + row.value);
  EXPECT_THAT(meanings, IsSupersetOf({"mname: dns.labredes71.com.",
                                      "rname: admin.labredes71.com.",
                                      "serial: 7",
                                      "refresh: 60 seconds",
                                      "retry: 1 second",
                                      "preference: 10",
                                      "exchange: mail.labredes71.com.",
                                      "strings: \"one\"",
                                      "strings: \"two\\n\"",
                                      "octets: 3 octets",
                                      "TYPE: TYPE65280 (65280)",
                                      "port: 5060",
                                      "target: voip.labredes71.com.",
                                      "host: pointer to 0x002c: dns.labredes71.com.",
                                      "address: 192.168.1.7",
                                      "address: fd00::7",
                                      "Additional 3 of 3: ",
                                      "NAME: .",
                                      "UDP payload size: 1232 octets",
                                      "EXTENDED-RCODE: 0, with the header's RCODE: NOERROR",
                                      "VERSION: 0",
                                      "DO: DNSSEC wanted: yes",
                                      "OPTION-CODE: 10",
                                      "OPTION-LENGTH: 8 octets",
                                      "OPTION-DATA: 8 octets",
                                      "OPTION-LENGTH: 0 octets"}));
}

TEST(Annotate, ShowsWhereAPointerBehindLabelsLeads) {
  const auto wire = octets(header_of_answer + question_of_web + "0277 77 c00c 0001 0001 00000e10 0004 c0a8010a");
  EXPECT_THAT(texts_of(wire),
              IsSupersetOf({" 21  NAME: ww.web.", "  21 027777 label: \"ww\"", "  24 c00c pointer: to 0x000c: web."}));
}

TEST(Annotate, KeepsWhatAMessageCannotBreakFromATerminal) {
  const auto wire = octets("1234 0000 0001 0000 0000 0000 02 1b5b 00 0001 0001");
  EXPECT_THAT(texts_of(wire), IsSupersetOf({" 12  QNAME: \\027[.", "  12 021b5b label: \"\\x1b[\""}));
}

TEST(Annotate, ShowsOctetsBehindTheMessage) {
  const auto wire = octets("1234 0000 0000 0000 0000 0000 0102");
  EXPECT_THAT(texts_of(wire).back(), "12 0102 behind the message: 2 octets");
  EXPECT_THAT(faults_in(wire), ElementsAre());
}

TEST(Annotate, SaysWhatIsWrongAndShowsTheRest) {
  const auto start = header_of_answer + question_of_web;
  const auto cut = [](std::size_t offset) {
    return fmt::format("{}  wrong: ends inside a record, or its counts promise more records than it holds", offset);
  };
  const auto expect_end = [](const std::string& hex, const std::vector<std::string>& end) {
    const auto wire = octets(hex);
    expect_well_formed(wire);
    auto texts = texts_of(wire);
    ASSERT_GE(texts.size(), end.size());
    texts.erase(texts.begin(), texts.end() - static_cast<std::ptrdiff_t>(end.size()));
    EXPECT_EQ(texts, end);
  };
  expect_end("", {"0  Header: ", "0  wrong: shorter than a header"});
  expect_end("1234 00", {" 0 1234 ID: 4660", "2  wrong: shorter than a header", "2 00 unread: 1 octet"});
  expect_end(start + "c015 0001",
             {" 21  NAME: ", "  21 c015 pointer: to 0x0015", "23  wrong: a compression pointer does not point backward",
              "23 0001 unread: 2 octets"});
  expect_end(start + "0161 80ff", {" 21  NAME: ", "  21 0161 label: \"a\"",
                                   "23  wrong: a label is of a type that is not in use", "23 80ff unread: 2 octets"});
  expect_end(start + "0161 0562", {" 21  NAME: ", "  21 0161 label: \"a\"", cut(23), "23 0562 unread: 2 octets"});
  expect_end(start + "00 00", {" 21 00 NAME: .", cut(22), "22 00 unread: 1 octet"});
  expect_end(start, {"21  Answer 1 of 1: ", " 21  NAME: ", cut(21)});
  expect_end(start + "00 0001 0001 00000e10 0004 c0a801",
             {" 30 0004 RDLENGTH: 4 octets", cut(32), "32 c0a801 unread: 3 octets"});
}

TEST(Annotate, DataThatIsNotAsItsTypeAsksCostsItsOwnRecordAlone) {
  const std::string start = "1234 8580 0000 0002 0000 0000 ";
  const std::string second = "00 0001 0001 00000e10 0004 c0a8010a";
  const auto wrong = "   wrong: the data of a record is longer or shorter than its type asks";
  for (const auto* const first : {"00 0001 0001 00000e10 0005 c0a8010aff", "00 0001 0001 00000e10 0003 c0a801",
                                  "00 000f 0001 00000e10 0004 000a 0561", "00 0010 0001 00000e10 0000",
                                  "00 0010 0001 00000e10 0002 0561", "00 0002 0001 00000e10 0001 05"}) {
    const auto wire = octets(start + first + second);
    expect_well_formed(wire);
    EXPECT_THAT(faults_in(wire), ElementsAre(std::string{wrong}.substr(10))) << first;
    EXPECT_THAT(texts_of(wire).back(), HasSubstr("c0a8010a address: 192.168.1.10")) << first;
  }
}

TEST(Annotate, SaysWhatIsWrongWithQuestionsAndOptRecords) {
  EXPECT_THAT(faults_in(octets("1234 0000 0002 0000 0000 0000" + question_of_web + question_of_web)),
              ElementsAre("more than one question"));
  const std::string opt = "00 0029 04d0 00000000 0000";
  EXPECT_THAT(faults_in(octets("1234 0000 0000 0001 0000 0000" + opt)),
              ElementsAre("an OPT record outside the additional section"));
  EXPECT_THAT(faults_in(octets("1234 0000 0000 0000 0000 0002" + opt + opt)), ElementsAre("more than one OPT record"));
  EXPECT_THAT(faults_in(octets("1234 0000 0000 0000 0000 0001 0161 00 0029 04d0 00000000 0000")),
              ElementsAre("an OPT record whose owner is not the root"));
  for (const auto* const options : {"0001 00", "0003 000a 00", "0005 000a 0002 00"}) {
    const auto wire = octets("1234 0000 0000 0000 0000 0001 00 0029 04d0 00000000" + std::string{options});
    expect_well_formed(wire);
    EXPECT_THAT(faults_in(wire), ElementsAre("an EDNS option runs past its OPT record")) << options;
  }
}

TEST(Annotate, ShowsTheParametersOfAServiceAndPropertiesOfAnAuthority) {
  // HTTPS 1 . alpn=h2 no-default-alpn, and CAA 128 issue "ca"
  const auto wire = octets(
      "1234 8000 0000 0002 0000 0000"
      "00 0041 0001 00000000 000e 0001 00 0001 0003 026832 0002 0000"
      "00 0101 0001 00000000 0009 80 05 6973737565 6361");
  expect_well_formed(wire);
  EXPECT_TRUE(faults_in(wire).empty());
  EXPECT_THAT(texts_of(wire),
              IsSupersetOf({"  26  SvcParam: alpn=\"h2\"", "   26 0001 SvcParamKey: 1", "   28 0003 length: 3",
                            "  33  SvcParam: no-default-alpn", "  48 80 flags: 128", "  49 056973737565 tag: \"issue\"",
                            "  55 6361 value: \"ca\""}));
  for (const auto& [data, fault] : {std::pair{"0041 0001 00000000 0007 0001 00 0003 0000", "the data of a record"},
                                    std::pair{"0101 0001 00000000 0003 80 01 2d", "the data of a record"}}) {
    const auto broken = octets(fmt::format("1234 8000 0000 0001 0000 0000 00 {}", data));
    expect_well_formed(broken);
    EXPECT_THAT(faults_in(broken), ElementsAre(testing::HasSubstr(fault)));
  }
}

TEST(Annotate, TakesTheUpperBitsOfTheRcodeFromTheOptRecord) {
  EXPECT_THAT(texts_of(octets("1234 8000 0000 0000 0000 0001 00 0029 04d0 01000000 0000")),
              IsSupersetOf({" 17 01 EXTENDED-RCODE: 1, with the header's RCODE: BADVERS"}));
}

TEST(Annotate, ReadsAMessageThatIsCutAnywhere) {
  const auto wire = large_wire();
  for (std::size_t n = 0; n <= wire.size(); ++n) expect_well_formed(Bytes{wire}.first(n));
  for (std::size_t n = 0; n < wire.size(); ++n) {
    EXPECT_FALSE(faults_in(Bytes{wire}.first(n)).empty()) << n << " octets";
  }
}

TEST(Annotate, ReadsAnyOctets) {
  std::mt19937 random{7};
  const auto wire = large_wire();
  for (int i = 0; i < 20'000; ++i) {
    auto mutated = wire;
    for (auto changes = random() % 8 + 1; changes > 0; --changes) {
      mutated[random() % mutated.size()] = static_cast<std::byte>(random());
    }
    mutated.resize(random() % (mutated.size() + 1));
    expect_well_formed(mutated);
    if (HasFatalFailure()) return;
  }
}

TEST(Annotate, FindsAFaultWhereverTheParserDoes) {
  std::mt19937 random{8};
  const auto wire = large_wire();
  for (int i = 0; i < 20'000; ++i) {
    auto mutated = wire;
    for (auto changes = random() % 4 + 1; changes > 0; --changes) {
      mutated[random() % mutated.size()] = static_cast<std::byte>(random());
    }
    const auto parsed = parse_message(mutated);
    const auto faults = faults_in(mutated);
    ASSERT_EQ(faults.empty(), parsed.has_value()) << hexadecimal(mutated);
    if (!parsed) {
      EXPECT_EQ(faults.front(), describe(parsed.error())) << hexadecimal(mutated);
    }
  }
}

TEST(Annotate, TheLargestMessageHasNoMoreRowsThanOctets) {
  // As many labels, strings, records and options as octets allow.
  const std::string header = "1234 0000 0000 ffff 0000 0000";
  for (const auto* const record : {"00 0001 0001 00000000 0000", "00 0010 0001 00000000 0004 00000000",
                                   "0161 00 fff0 0001 00000000 0000", "00 0029 04d0 00000000 0004 000a0000"}) {
    auto wire = octets(header);
    const auto one = octets(record);
    while (wire.size() + one.size() <= message_bytes_max) wire.insert(wire.end(), one.begin(), one.end());
    expect_well_formed(wire);
  }
}

}  // namespace
}  // namespace labnet::dns
