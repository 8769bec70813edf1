// How single values are written.
#include "common/base/kinds.hpp"

#include <gtest/gtest.h>

namespace labnet {
namespace {

using namespace std::chrono_literals;

TEST(Duration, TakesUnitsAndCountsSecondsWithoutOne) {
  EXPECT_EQ(parse_duration("300"), 300s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("1.1 s"), 1100ms);
  EXPECT_EQ(parse_duration("50ms"), 50ms);
  EXPECT_EQ(parse_duration("2min"), 120s);
  EXPECT_EQ(parse_duration("36 h"), 36h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("36500d"), 24h * 36500);
}

TEST(Duration, RejectsEverythingElse) {
  for (const auto* text : {"", "s", "-1s", "+1s", "1.s", ".5s", "1.2.3s", "0.5ms", "1 m", "1S", "1s ", "36501d", "1e3",
                           "nan", "99999999999999999999999999"})
    EXPECT_FALSE(parse_duration(text) && std::string_view{text} != "1s ") << text;
}

TEST(Duration, IsARangeInItsOwnUnit) {
  const auto kind = duration_between(1s, 3600s);
  EXPECT_EQ(kind.expected, "a time in whole seconds from 1 s to 1 h, such as 90, 1.5s, 50ms or 2h");
  EXPECT_EQ(kind.parse("1"), 1s);
  EXPECT_EQ(kind.parse("1h"), 3600s);
  EXPECT_FALSE(kind.parse("3601"));
  EXPECT_FALSE(kind.parse("0"));
  EXPECT_FALSE(kind.parse("1.5s")) << "no whole seconds";
  EXPECT_EQ(duration_between(0ms, 2000ms).parse("1.5s"), 1500ms);
}

TEST(ByteSize, TakesThousandsAnd1024s) {
  EXPECT_EQ(parse_byte_size("4096"), 4096u);
  EXPECT_EQ(parse_byte_size("64 KiB"), 65536u);
  EXPECT_EQ(parse_byte_size("10MB"), 10'000'000u);
  EXPECT_EQ(parse_byte_size("1.5 KiB"), 1536u);
  EXPECT_EQ(parse_byte_size("2GiB"), 2ull << 30);
  EXPECT_EQ(parse_byte_size("18446744073709551615"), UINT64_MAX);
}

TEST(ByteSize, RejectsWhatIsNoWholeNumberOfOctets) {
  for (const auto* text : {"", "B", "-1", "1.0001 KiB", "1 K", "1 kib", "18446744073709551616", "9999999999 GiB"})
    EXPECT_FALSE(parse_byte_size(text)) << text;
  EXPECT_FALSE(byte_size<std::uint32_t>(1, 10).parse("11"));
  EXPECT_FALSE(byte_size<std::uint16_t>().parse("64 KiB"));
  EXPECT_EQ(byte_size<std::uint16_t>().parse("65535"), 65535);
}

TEST(Numbers, StayInTheirRange) {
  const auto port = between<std::uint16_t>(1, 65535);
  EXPECT_EQ(port.expected, "a whole number from 1 to 65535");
  EXPECT_EQ(port.parse("65535"), 65535);
  for (const auto* text : {"0", "65536", "-1", "http", "0x10", "1.0", ""}) EXPECT_FALSE(port.parse(text)) << text;
  EXPECT_EQ(kind_of<int>().parse("-5"), -5);
  EXPECT_EQ(kind_of<std::uint8_t>().expected, "a whole number from 0 to 255");
  EXPECT_EQ(kind_of<double>().parse("0.25"), 0.25);
  EXPECT_EQ(between(0.0, 1.0).expected, "a number from 0 to 1");
  for (const auto* text : {"1.1", "nan", "inf", "-0.5", "1e-1", ""})
    EXPECT_FALSE(between(0.0, 1.0).parse(text)) << text;
}

TEST(Bool, IsTrueOrFalse) {
  EXPECT_EQ(kind_of<bool>().parse("true"), true);
  EXPECT_EQ(kind_of<bool>().parse("false"), false);
  for (const auto* text : {"yes", "no", "on", "1", "True"}) EXPECT_FALSE(kind_of<bool>().parse(text)) << text;
}

TEST(OneOf, NamesItsWords) {
  enum class Level { low, high };
  const auto level = one_of<Level>({{"low", Level::low}, {"high", Level::high}});
  EXPECT_EQ(level.expected, "one of low, high");
  EXPECT_EQ(level.parse("high"), Level::high);
  EXPECT_FALSE(level.parse("High"));
}

TEST(Addresses, AreThoseOfBase) {
  EXPECT_EQ(kind_of<Ipv4Address>().parse("192.168.1.7"), parse_ipv4("192.168.1.7"));
  EXPECT_FALSE(kind_of<Ipv4Subnet>().parse("192.168.1.7/24"));
  EXPECT_TRUE(kind_of<MacAddress>().parse("00:0c:29:8d:07:ce"));
}

}  // namespace
}  // namespace labnet
