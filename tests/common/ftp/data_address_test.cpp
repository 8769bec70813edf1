// PORT, EPRT and the replies to PASV and EPSV, also in the forms that only some servers use.
#include "common/ftp/data_address.hpp"

#include <gtest/gtest.h>

namespace labnet::ftp {
namespace {

using namespace std::literals;

DataAddress ipv4(std::string_view text, std::uint16_t port) {
  return {parse_ipv4(text).value(), port};
}
DataAddress ipv6(std::string_view text, std::uint16_t port) {
  return {parse_ipv6(text).value(), port};
}

TEST(FtpPort, IsSixNumbersOfOneOctet) {
  EXPECT_EQ(parse_port("127,0,0,1,195,149"), ipv4("127.0.0.1", 50069));
  EXPECT_EQ(parse_port("255,255,255,255,255,255"), ipv4("255.255.255.255", 65535));
  EXPECT_EQ(parse_port("192,168,001,011,004,001"), ipv4("192.168.1.11", 1025)) << "zeros in front change nothing";
  EXPECT_EQ(parse_port("127,0,0,1,0,1"), ipv4("127.0.0.1", 1)) << "which ports are allowed is the server's matter";
}

TEST(FtpPort, RejectsEverythingElse) {
  for (const auto argument :
       {""sv, "127,0,0,1,195"sv, "127,0,0,1,195,149,1"sv, "127,0,0,1,195,256"sv, "256,0,0,1,195,149"sv,
        " 127,0,0,1,195,149"sv, "127,0,0,1,195,149 "sv, "127, 0,0,1,195,149"sv, "127,0,0,-1,195,149"sv,
        "127,0,0,+1,195,149"sv, "127,0,0,,195,149"sv, ",,,,,"sv, "127,0,0,1,0,0"sv, "127.0.0.1,195,149"sv, "abc"sv,
        "(127,0,0,1,195,149)"sv, "127,0,0,1,195,149\0"sv, "127,0,0,1,195,99999999999999999999"sv}) {
    EXPECT_EQ(parse_port(argument), std::nullopt) << argument;
  }
}

TEST(FtpPort, ComesBackAsItWasWritten) {
  EXPECT_EQ(port_argument(*parse_ipv4("127.0.0.1"), 50069), "127,0,0,1,195,149");
  for (const std::uint16_t port : {1, 255, 256, 1024, 65535}) {
    EXPECT_EQ(parse_port(port_argument(*parse_ipv4("10.71.3.255"), port)), ipv4("10.71.3.255", port));
  }
}

TEST(FtpEprt, HasAFamilyAnAddressAndAPort) {
  EXPECT_EQ(*parse_eprt("|1|127.0.0.1|50069|"), ipv4("127.0.0.1", 50069));
  EXPECT_EQ(*parse_eprt("|2|::1|50069|"), ipv6("::1", 50069));
  EXPECT_EQ(*parse_eprt("|2|1080::8:800:200C:417A|5282|"), ipv6("1080::8:800:200c:417a", 5282));
  EXPECT_EQ(*parse_eprt("|2|::ffff:127.0.0.1|65535|"), ipv6("::ffff:127.0.0.1", 65535));
}

TEST(FtpEprt, LeavesOutTheZoneOfALinksAddress) {
  EXPECT_EQ(*parse_eprt("|2|fe80::1%eth0|50069|"), ipv6("fe80::1", 50069));
  EXPECT_EQ(*parse_eprt("%2%fe80::1%50069%"), ipv6("fe80::1", 50069));
  EXPECT_EQ(parse_eprt("|2|%eth0|50069|").error(), EprtFault::syntax);
  EXPECT_EQ(parse_eprt("|1|127.0.0.1%eth0|50069|").error(), EprtFault::syntax);
}

TEST(FtpEprt, TakesAnyPrintableDelimiter) {
  EXPECT_EQ(*parse_eprt("!1!127.0.0.1!50069!"), ipv4("127.0.0.1", 50069));
  EXPECT_EQ(*parse_eprt("~2~::1~50069~"), ipv6("::1", 50069));
  for (const auto argument : {" 1 127.0.0.1 50069 "sv,
                              "\x7f"
                              "1\x7f"
                              "127.0.0.1\x7f"
                              "50069\x7f"sv,
                              "\xff"
                              "1\xff"
                              "127.0.0.1\xff"
                              "50069\xff"sv,
                              "\0001\000127.0.0.1\00050069\000"sv}) {
    EXPECT_EQ(parse_eprt(argument).error(), EprtFault::syntax);
  }
}

TEST(FtpEprt, SaysWhichFamiliesAreUnknown) {
  EXPECT_EQ(parse_eprt("|3|127.0.0.1|50069|").error(), EprtFault::family);
  EXPECT_EQ(parse_eprt("|0|127.0.0.1|50069|").error(), EprtFault::family);
  EXPECT_EQ(parse_eprt("|9|what it is called there|x|").error(), EprtFault::family);
}

TEST(FtpEprt, RejectsEverythingElse) {
  for (const auto argument : {""sv,
                              "|"sv,
                              "|||||"sv,
                              "|1|127.0.0.1|50069"sv,
                              "|1|127.0.0.1|50069|x"sv,
                              "|1|127.0.0.1|50069||"sv,
                              "1|127.0.0.1|50069|"sv,
                              "|x|127.0.0.1|50069|"sv,
                              "|-1|127.0.0.1|50069|"sv,
                              "|1|::1|50069|"sv,
                              "|2|127.0.0.1|50069|"sv,
                              "|1|127.0.0|50069|"sv,
                              "|1|127.0.0.1|0|"sv,
                              "|1|127.0.0.1|65536|"sv,
                              "|1|127.0.0.1||"sv,
                              "|1| 127.0.0.1|50069|"sv,
                              "|2|[::1]|50069|"sv,
                              "|2|fe80::1%lo|50069|"sv,
                              "|2|::1\0x|50069|"sv,
                              "9"sv}) {
    EXPECT_EQ(parse_eprt(argument).error(), EprtFault::syntax) << argument;
  }
}

TEST(FtpEprt, ComesBackAsItWasWritten) {
  EXPECT_EQ(eprt_argument(ipv4("127.0.0.1", 50069)), "|1|127.0.0.1|50069|");
  EXPECT_EQ(eprt_argument(ipv6("::1", 50069)), "|2|::1|50069|");
  EXPECT_EQ(*parse_eprt(eprt_argument(ipv6("2001:db8::71", 1))), ipv6("2001:db8::71", 1));
  EXPECT_EQ(family_of(ipv4("127.0.0.1", 1)), Family::ipv4);
  EXPECT_EQ(family_of(ipv6("::1", 1)), Family::ipv6);
}

TEST(FtpPassiveReply, HasItsNumbersAnywhere) {
  for (const auto* text : {"Entering Passive Mode (127,0,0,1,4,1)", "Entering Passive Mode (127,0,0,1,4,1).",
                           "Entering Passive Mode 127,0,0,1,4,1", "=127,0,0,1,4,1", "127,0,0,1,4,1",
                           "Passive, 127,0,0,1,4,1, go on", "Mode 2 of 3 (127,0,0,1,4,1)",
                           "(127,0,0,1,4,1)(9,9,9,9,9,9)", "1,2,3 (127,0,0,1,4,1)", "1,2,3,4,5,6,7 [127,0,0,1,4,1]"}) {
    EXPECT_EQ(parse_passive_reply(text), ipv4("127.0.0.1", 1025)) << text;
  }
}

TEST(FtpPassiveReply, WithoutSixNumbersIsNone) {
  for (const auto* text : {"", "Entering Passive Mode", "(127,0,0,1,4)", "(127,0,0,1,4,1,1)", "(127,0,0,1,4,256)",
                           "(127,0,0,1,0,0)", "127.0.0.1:1025", ",,,,,", "(127,0,0,1,4,", "(|||1025|)"}) {
    EXPECT_EQ(parse_passive_reply(text), std::nullopt) << text;
  }
}

TEST(FtpPassiveReply, IsReadWhenItIsNothingButCommas) {
  EXPECT_EQ(parse_passive_reply(std::string(4096, ',')), std::nullopt);
  EXPECT_EQ(parse_passive_reply(std::string(4090, '1') + " 127,0,0,1,4,1"), ipv4("127.0.0.1", 1025));
}

TEST(FtpExtendedPassiveReply, HasThePortBetweenDelimiters) {
  EXPECT_EQ(parse_extended_passive_reply("Entering Extended Passive Mode (|||50069|)"), 50069);
  EXPECT_EQ(parse_extended_passive_reply("Entering Extended Passive Mode (!!!50069!)."), 50069);
  EXPECT_EQ(parse_extended_passive_reply("Modo pasivo (extendido) (|||1|)"), 1);
  EXPECT_EQ(parse_extended_passive_reply("((|||65535|)"), 65535);
  EXPECT_EQ(parse_extended_passive_reply("()))50069))"), 50069) << "RFC 2428 forbids no delimiter";
  EXPECT_EQ(parse_extended_passive_reply(extended_passive_text(50069)), 50069);
}

TEST(FtpExtendedPassiveReply, WithoutThatIsNone) {
  for (const auto* text : {"", "(", "()", "(||||)", "(|||0|)", "(|||65536|)", "(|||50069|", "|||50069|", "(|||50069)",
                           "(||50069|)", "(|!|50069|)", "(|||50069!)", "(   50069 )", "(|1|127.0.0.1|50069|)",
                           "(||| 50069|)", "(127,0,0,1,4,1)", "(((((((((((("}) {
    EXPECT_EQ(parse_extended_passive_reply(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace labnet::ftp
