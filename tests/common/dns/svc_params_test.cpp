// The test vectors of RFC 9460, appendix D, and what each key allows.
#include "common/dns/svc_params.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

/// `alpn=h2 port="53"` with blanks nowhere but between parameters; an Error if one of them is wrong.
Result<SvcParams> parse(std::string_view text) {
  SvcParams params;
  for (const auto piece : split(text, ' ')) {
    if (piece.empty()) continue;
    const auto name = piece.substr(0, piece.find('='));
    std::optional<std::string_view> value;
    if (name.size() < piece.size()) value = piece.substr(name.size() + 1);
    if (value && value->starts_with('"')) value = value->substr(1, value->size() - 2);
    auto param = parse_svc_param(name, value);
    if (!param) return param.error();
    if (!insert(params, std::move(*param))) return Error{name, " once only"};
  }
  if (const auto missing = find_inconsistency(params)) return Error{*missing};
  return params;
}

Result<SvcParams, WireFault> read(std::string_view hexadecimal) {
  const auto wire = octets(hexadecimal);
  ByteReader in{wire};
  return read_svc_params(in);
}

Buffer written(const SvcParams& params) {
  Buffer wire;
  ByteWriter out{wire};
  write_svc_params(params, out);
  return wire;
}

std::string printed(const SvcParams& params) {
  std::vector<std::string> texts;
  for (const auto& param : params.list) texts.push_back(to_text(param));
  return labnet::join(texts, " ");
}

struct ParameterVector {
  std::string_view text;
  std::string_view wire;
  std::string_view printed;  // as dig 9.18 does
};

const ParameterVector parameter_vectors[] = {
    // Appendix D.2, figures 2 to 10
    {"", "", ""},
    {"port=53", "0003 0002 0035", "port=53"},
    {"key667=hello", "029b 0005 68656c6c6f", "key667=\"hello\""},
    {"key667=\"hello\\210qoo\"", "029b 0009 68656c6c6f d2 716f6f", "key667=\"hello\\210qoo\""},
    {"ipv6hint=\"2001:db8::1,2001:db8::53:1\"",
     "0006 0020 20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00530001",
     "ipv6hint=2001:db8::1,2001:db8::53:1"},
    {"ipv6hint=\"2001:db8:122:344::192.0.2.33\"", "0006 0010 20010db8 01220344 00000000 c0000221",
     "ipv6hint=2001:db8:122:344::c000:221"},
    {"alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
     "0000 0004 0001 0004 0001 0009 026832 0568332d3139 0004 0004 c0000201",
     "mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1"},
    {"alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", "0001 000c 08665c6f6f2c626172 026832", "alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
    {"alpn=f\\\\\\092oo\\092,bar,h2", "0001 000c 08665c6f6f2c626172 026832", "alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
    // and each key
    {"no-default-alpn alpn=h3", "0001 0003 026833 0002 0000", "alpn=\"h3\" no-default-alpn"},
    {"ech=YWJjZA==", "0005 0004 61626364", "ech=YWJjZA=="},
    {"ipv4hint=192.0.2.1,192.0.2.2", "0004 0008 c0000201 c0000202", "ipv4hint=192.0.2.1,192.0.2.2"},
    {"key3=\\000\\053", "0003 0002 0035", "port=53"},
    {"key7=/q{?dns}", "0007 0008 2f717b3f646e737d", "key7=\"/q{?dns}\""},
    {"key9", "0009 0000", "key9"},
    {"key9=\"\"", "0009 0000", "key9"},
    {"key65535=\\032\\\"", "ffff 0002 2022", "key65535=\" \\\"\""},
    {"alpn=\\032\\\"", "0001 0003 02 2022", "alpn=\"\\032\\\"\""},
};

TEST(SvcParams, TextBecomesTheOctets) {
  for (const auto& vector : parameter_vectors) {
    const auto params = parse(vector.text);
    ASSERT_TRUE(params) << vector.text << ": " << params.error().message;
    EXPECT_EQ(written(*params), octets(vector.wire)) << vector.text;
  }
}

TEST(SvcParams, OctetsBecomeTheTextThatDigPrints) {
  for (const auto& vector : parameter_vectors) {
    const auto params = read(vector.wire);
    ASSERT_TRUE(params) << vector.text;
    EXPECT_EQ(printed(*params), vector.printed);
    EXPECT_EQ(written(*params), octets(vector.wire)) << vector.text;
  }
}

TEST(SvcParams, TextThatIsWrongSaysWhatWasExpected) {
  const std::pair<std::string_view, std::string_view> texts[] = {
      // Appendix D.3
      {"key123=abc key123=def", "key123 once only"},
      {"mandatory", "mandatory: other keys of this record, each once, as in alpn,port"},
      {"alpn", "alpn: protocols of 1 to 255 octets, as in h2,h3"},
      {"port", "port: a number of 0 to 65535"},
      {"ipv4hint", "ipv4hint: IPv4 addresses, as in 192.168.1.10,192.168.1.11"},
      {"ipv6hint", "ipv6hint: IPv6 addresses, as in 2001:db8::10,2001:db8::11"},
      {"no-default-alpn=abc", "no-default-alpn: no value"},
      {"mandatory=key123", "key123, which is said to be mandatory"},
      {"mandatory=mandatory", "mandatory: other keys of this record, each once, as in alpn,port"},
      {"mandatory=key123,key123 key123=abc", "mandatory: other keys of this record, each once, as in alpn,port"},
      // and more
      {"mandatory=kex alpn=h2", "mandatory: other keys of this record, each once, as in alpn,port"},
      {"no-default-alpn", "alpn, without which no-default-alpn has no meaning"},
      {"alpn=h2,,h3", "alpn: protocols of 1 to 255 octets, as in h2,h3"},
      {"alpn=", "alpn: protocols of 1 to 255 octets, as in h2,h3"},
      {"alpn=h2\\\\", "alpn: protocols of 1 to 255 octets, as in h2,h3"},
      {"port=65536", "port: a number of 0 to 65535"},
      {"port=\\053", "port: a number of 0 to 65535"},
      {"ipv4hint=192.0.2", "ipv4hint: IPv4 addresses, as in 192.168.1.10,192.168.1.11"},
      {"ipv6hint=192.0.2.1", "ipv6hint: IPv6 addresses, as in 2001:db8::10,2001:db8::11"},
      {"ech=", "ech: base64, four characters for three octets"},
      {"ech=YWJjZA", "ech: base64, four characters for three octets"},
      {"key3=abc", "key3: a number of 0 to 65535"},
      {"key9=\\256", "key9: characters, or \\ and three digits up to 255"},
      {"key09=a", "a key and its value, as in port=8443, or the end of the record"},
      {"key65536=a", "a key and its value, as in port=8443, or the end of the record"},
      {"Port=53", "a key and its value, as in port=8443, or the end of the record"},
      {"=a", "a key and its value, as in port=8443, or the end of the record"},
  };
  for (const auto& [text, expected] : texts) {
    const auto params = parse(text);
    ASSERT_FALSE(params) << text;
    EXPECT_EQ(params.error().message, expected) << text;
  }
}

TEST(SvcParams, AProtocolHasUpTo255OctetsAndAValueUpTo65535) {
  EXPECT_TRUE(parse(fmt::format("alpn={}", std::string(255, 'a'))));
  EXPECT_FALSE(parse(fmt::format("alpn={}", std::string(256, 'a'))));
  EXPECT_TRUE(parse(fmt::format("key9={}", std::string(65535, 'a'))));
  EXPECT_FALSE(parse(fmt::format("key9={}", std::string(65536, 'a'))));
}

TEST(SvcParams, OctetsThatAreWrongAreRefused) {
  for (const auto* wire : {
           "0003 0002 0035 0001 0003 026832",                      // keys that do not ascend
           "0009 0001 61 0009 0001 61",                            // a key twice
           "0000 0000",                                            // mandatory without a key
           "0000 0002 0000",                                       // mandatory with itself
           "0000 0003 000100 0001 0003 026832",                    // half a key
           "0000 0004 0003 0001 0001 0003 026832 0003 0002 0035",  // its keys do not ascend
           "0000 0002 0001",                                       // without what is mandatory
           "0001 0000",                                            // no protocol
           "0001 0001 00",                                         // an empty one
           "0001 0003 036832",                                     // one that is cut
           "0002 0000",                                            // no-default-alpn without alpn
           "0001 0003 026832 0002 0001 61",                        // with a value
           "0003 0001 35",                                         // half a port
           "0003 0004 00350035",                                   // two
           "0004 0000",
           "0004 0005 c000020100",  // addresses of a wrong length
           "0005 0000",
           "0006 0004 c0000201",
       }) {
    const auto params = read(wire);
    ASSERT_FALSE(params) << wire;
    EXPECT_EQ(params.error(), WireFault::rdata_value) << wire;
  }
  for (const auto* wire : {"00", "0003", "000300", "0003 0002", "0003 0002 00"}) {
    const auto params = read(wire);
    ASSERT_FALSE(params) << wire;
    EXPECT_EQ(params.error(), WireFault::rdata_length) << wire;
  }
}

}  // namespace
}  // namespace labnet::dns
