// One vector per record type: its text in a zone file and its octets on the wire, checked in both directions.
#include "common/dns/rdata.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

/// The tokens of a line as a zone file's reader makes them.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const bool quoted = text[at] == '"';
    const auto start = at + quoted;
    auto end = start;
    while (end < text.size() && text[end] != '"' && (quoted || text[end] != ' ')) end += text[end] == '\\' ? 2 : 1;
    if (end > start || quoted) tokens.push_back({text.substr(start, end - start), quoted, 1, at + 1});
    at = end;
    if (quoted || (at < text.size() && text[at] == ' ')) ++at;
  }
  return tokens;
}

Result<Rdata, TextFault> parse(Type type, std::string_view text) {
  return parse_rdata(type, tokens_of(text), name("labredes71.com."));
}

Result<Rdata, WireFault> read(Type type, const Buffer& wire) {
  ByteReader reader{wire};
  return read_rdata(type, reader);
}

Buffer written(const Rdata& data) {
  Buffer out;
  ByteWriter writer{out};
  write_rdata(data, writer);
  return out;
}

struct Vector {
  Type type;
  std::string_view text;
  std::string_view wire;
};

const Vector vectors[] = {
    {Type::a, "192.168.1.10", "c0a8010a"},
    {Type::aaaa, "2001:db8::10", "20010db8 00000000 00000000 00000010"},
    {Type::ns, "dns.example.", "03646e73 076578616d706c65 00"},
    {Type::cname, "web.example.", "03776562 076578616d706c65 00"},
    {Type::ptr, "dns.example.", "03646e73 076578616d706c65 00"},
    {Type::mx, "10 mail.example.", "000a 046d61696c 076578616d706c65 00"},
    {Type::soa, "dns.example. admin.example. 2026010101 86400 7200 3600000 3600",
     "03646e73 076578616d706c65 00 0561646d696e 076578616d706c65 00 78c275f5 00015180 00001c20 0036ee80 00000e10"},
    {Type::txt, "\"v=lab\" \"\" \"a\\\"b\\007\"", "05 763d6c6162 00 04 61226207"},
    {Type::srv, "0 5 5060 voip.example.", "0000 0005 13c4 04766f6970 076578616d706c65 00"},
    {Type::hinfo, "\"PC\" \"Linux 5.10\"", "02 5043 0a 4c696e757820352e3130"},
    {Type::naptr, "100 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.",
     "0064 0032 01 73 07 5349502b443255 00 045f736970 045f756470 076578616d706c65 00"},
    {Type::naptr, "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.!\" .",
     "0064 000a 01 75 07 4532552b736970 18 215e2e2a24217369703a696e666f406578616d706c652e21 00"},
    {Type::dname, "elsewhere.example.", "09656c73657768657265 076578616d706c65 00"},
    {Type::caa, "0 issue \"ca.example; a=\\\"b\\\"\"", "00 05 6973737565 63612e6578616d706c653b20613d226222"},
    {Type::caa, "128 issue \"\"", "80 05 6973737565"},
    {Type::svcb, "16 foo.example.com. port=53", "0010 03666f6f 076578616d706c65 03636f6d 00 0003 0002 0035"},
    {Type::https, "0 foo.example.com.", "0000 03666f6f 076578616d706c65 03636f6d 00"},
    {Type::https, "1 . alpn=\"h2,h3\" ipv4hint=192.168.1.10", "0001 00 0001 0006 026832 026833 0004 0004 c0a8010a"},
    {static_cast<Type>(65280), "\\# 3 0a0bff", "0a0bff"},
    {static_cast<Type>(65281), "\\# 0", ""},
};

TEST(RdataVectors, TextBecomesTheOctets) {
  for (const auto& vector : vectors)
    EXPECT_EQ(written(*parse(vector.type, vector.text)), octets(vector.wire)) << vector.text;
}

TEST(RdataVectors, OctetsBecomeTheText) {
  for (const auto& vector : vectors) {
    const auto data = read(vector.type, octets(vector.wire));
    ASSERT_TRUE(data) << vector.text;
    EXPECT_EQ(to_text(*data), vector.text);
    EXPECT_EQ(type_of(*data), vector.type);
  }
}

TEST(RdataVectors, CoverEveryTypeOfTheList) {
  const auto covered = [](const auto& record) {
    return std::ranges::find(vectors, record.type, &Vector::type) != std::end(vectors);
  };
  const auto all = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (covered(std::variant_alternative_t<I, Rdata>{}) && ...);
  };
  EXPECT_TRUE(all(std::make_index_sequence<std::variant_size_v<Rdata> - 1>{}));
}

bool may_be_cut(Type type) {
  return type == Type::txt || type == Type::caa || type == Type::svcb || type == Type::https;
}

TEST(RdataVectors, EveryCutAndOneOctetMoreAreAFault) {
  for (const auto& vector : vectors) {
    if (std::holds_alternative<Unknown>(*parse(vector.type, vector.text))) continue;
    const auto whole = octets(vector.wire);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto data = read(vector.type, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      // A TXT record may end behind any of its strings, the value of a CAA record anywhere, and an HTTPS record behind
      // any of its parameters.
      if (may_be_cut(vector.type) && data) continue;
      ASSERT_FALSE(data) << vector.text << ", " << size << " octets";
      EXPECT_EQ(data.error(), WireFault::rdata_length);
    }
    if (vector.type == Type::caa) continue;
    auto longer = whole;
    longer.push_back(std::byte{1});
    EXPECT_FALSE(read(vector.type, longer)) << vector.text;
  }
}

TEST(RdataVectors, AreTheSameInTheGenericForm) {
  for (const auto& vector : vectors) {
    const auto wire = octets(vector.wire);
    std::string text = "\\# " + std::to_string(wire.size());
    std::string digits{vector.wire};
    std::erase(digits, ' ');
    if (!digits.empty()) text += " " + digits;
    EXPECT_EQ(written(*parse(vector.type, text)), wire) << vector.text;
  }
}

TEST(RdataText, NamesAreBelowTheOriginAndAtIsTheOrigin) {
  EXPECT_EQ(to_text(*parse(Type::mx, "10 mail")), "10 mail.labredes71.com.");
  EXPECT_EQ(to_text(*parse(Type::ns, "@")), "labredes71.com.");
}

TEST(RdataText, SaysWhichTokenIsWrongAndWhatWasExpected) {
  const auto fault = [](Type type, std::string_view text) { return parse(type, text).error(); };
  EXPECT_EQ(fault(Type::a, "192.168.1").token, 0u);
  EXPECT_EQ(fault(Type::a, "192.168.1").expected, "address: an IPv4 address, as in 192.168.1.10");
  EXPECT_EQ(fault(Type::mx, "10").token, 1u);
  EXPECT_EQ(fault(Type::mx, "10").expected, "exchange: a domain name");
  EXPECT_EQ(fault(Type::mx, "65536 a").token, 0u);
  EXPECT_EQ(fault(Type::mx, "1 a..b").expected, "exchange: a domain name (a label is empty)");
  EXPECT_EQ(fault(Type::a, "1.2.3.4 5").token, 1u);
  EXPECT_EQ(fault(Type::a, "1.2.3.4 5").expected, "the end of the record");
  EXPECT_EQ(fault(Type::loc, "51 N").token, 0u);
}

TEST(RdataText, SaysSoOfTheFieldsOfLaterTypes) {
  const auto fault = [](Type type, std::string_view text) {
    const auto found = parse(type, text).error();
    return fmt::format("{}: {}", found.token, found.expected);
  };
  EXPECT_EQ(fault(Type::hinfo, "PC"), "1: os: a string of up to 255 octets");
  EXPECT_EQ(fault(Type::hinfo, "PC Linux 5.10"), "2: the end of the record");
  EXPECT_EQ(fault(Type::dname, "a..b"), "0: target: a domain name (a label is empty)");
  EXPECT_EQ(fault(Type::dname, "a b"), "1: the end of the record");
  EXPECT_EQ(fault(Type::naptr, "1 65536 s x y ."), "1: preference: a number of 0 to 65535");
  EXPECT_EQ(fault(Type::naptr, "1 2 s x y"), "5: replacement: a domain name");
  EXPECT_EQ(fault(Type::caa, "256 issue x"), "0: flags: a number of 0 to 255");
  EXPECT_EQ(fault(Type::caa, "0 is-sue x"), "1: tag: letters and digits, as in issue");
  EXPECT_EQ(fault(Type::caa, "0 \"\" x"), "1: tag: letters and digits, as in issue");
  EXPECT_EQ(fault(Type::caa, "0 issue"), "2: value: a string");
  EXPECT_EQ(fault(Type::caa, "0 issue a b"), "3: the end of the record");
  EXPECT_EQ(fault(Type::svcb, "1"), "1: target: a domain name");
  EXPECT_EQ(fault(Type::https, "x ."), "0: priority: a number of 0 to 65535");
}

TEST(RdataText, OfACaaRecordMayHaveALongValueAndATagOf255Letters) {
  EXPECT_TRUE(parse(Type::caa, fmt::format("0 issue {}", std::string(1000, 'a'))));
  EXPECT_TRUE(parse(Type::caa, fmt::format("0 {} a", std::string(255, 'a'))));
  EXPECT_FALSE(parse(Type::caa, fmt::format("0 {} a", std::string(256, 'a'))));
}

TEST(RdataWire, ATagHasLettersAndDigitsOnly) {
  EXPECT_EQ(read(Type::caa, octets("00 00 61")).error(), WireFault::rdata_value);
  EXPECT_EQ(read(Type::caa, octets("00 03 612d62")).error(), WireFault::rdata_value);
}

TEST(RdataText, ACharacterStringHolds255OctetsAndNot256) {
  EXPECT_TRUE(parse(Type::txt, std::string(255, 'a')));
  EXPECT_FALSE(parse(Type::txt, std::string(256, 'a')));
}

TEST(RdataText, TheTimesOfASoaAreAsWideAsOnTheWire) {
  const std::string text = "a. b. 1 4294967295 4294967295 4294967295 4294967295";
  const auto soa = parse(Type::soa, text);
  ASSERT_TRUE(soa);
  EXPECT_EQ(to_text(*soa), text);
  EXPECT_FALSE(parse(Type::soa, "a. b. 1 4294967296 2 3 4"));
  EXPECT_FALSE(parse(Type::soa, "a. b. 1 7000w 2 3 4"));
}

TEST(RdataText, TheGenericFormMustBeWhatItSays) {
  EXPECT_FALSE(parse(Type::a, "\\# 4 c0a801"));
  EXPECT_FALSE(parse(Type::a, "\\# 3 c0a801"));
  EXPECT_FALSE(parse(Type::a, "\\# 4 c0a8010"));
  EXPECT_FALSE(parse(Type::a, "\\# 4 c0a8010g"));
  EXPECT_FALSE(parse(Type::a, "\\#"));
  EXPECT_FALSE(parse(Type::a, "\\# 0")) << "no octets are no address";
  EXPECT_FALSE(parse(Type::mx, "\\# 17 000a 0c6161616161616161616161 61c002")) << "a compression pointer";
}

TEST(CompressibleNames, StandWhereTheTypesOfRfc1035HaveThem) {
  const auto check = [](Type type, std::size_t offset, std::size_t count) {
    const auto names = compressible_names(type);
    EXPECT_EQ(names.count, count) << to_text(type);
    EXPECT_EQ(names.offset, offset) << to_text(type);
  };
  check(Type::ns, 0, 1);
  check(Type::soa, 0, 2);
  check(Type::mx, 2, 1);
  check(Type::a, 0, 0);
  check(Type::srv, 0, 0);
  for (const auto type : {Type::hinfo, Type::dname, Type::naptr, Type::svcb, Type::https}) check(type, 0, 0);
}

}  // namespace
}  // namespace labnet::dns
