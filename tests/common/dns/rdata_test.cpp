// One vector per record type: its text in a zone file and its octets on the wire, checked in both directions.
#include "common/dns/rdata.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

/// "A B C" as the tokens of a line; none of these texts has a blank inside quotes.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (auto piece : split(text, ' ')) {
    const auto view = text.substr(tokens.empty() ? 0 : static_cast<std::size_t>(tokens.back().column));
    const auto at = view.data() - text.data() + static_cast<std::ptrdiff_t>(view.find(piece));
    auto word = text.substr(static_cast<std::size_t>(at), piece.size());
    const bool quoted = word.starts_with('"');
    if (quoted) word = word.substr(1, word.size() - 2);
    tokens.push_back({word, quoted, 1, static_cast<std::size_t>(at) + piece.size()});
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

TEST(RdataVectors, EveryCutAndOneOctetMoreAreAFault) {
  for (const auto& vector : vectors) {
    if (std::holds_alternative<Unknown>(*parse(vector.type, vector.text))) continue;
    const auto whole = octets(vector.wire);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto data = read(vector.type, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      // A TXT record may end behind any of its strings.
      if (vector.type == Type::txt && data) continue;
      ASSERT_FALSE(data) << vector.text << ", " << size << " octets";
      EXPECT_EQ(data.error(), WireFault::rdata_length);
    }
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
  EXPECT_EQ(fault(Type::caa, "0 issue x").token, 0u);
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
}

}  // namespace
}  // namespace labnet::dns
