// Which zones a reload calls changed.
#include "servers/dns/zone/difference.hpp"

#include <gtest/gtest.h>

#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

TEST(Serial, GoesRoundInACircle) {
  EXPECT_TRUE(is_higher_serial(2, 1));
  EXPECT_FALSE(is_higher_serial(1, 1));
  EXPECT_FALSE(is_higher_serial(1, 2));
  EXPECT_TRUE(is_higher_serial(1, 0xffffffff));
  EXPECT_TRUE(is_higher_serial(0x80000000, 1));
  EXPECT_FALSE(is_higher_serial(0x80000001, 1)) << "neither is higher";
  EXPECT_FALSE(is_higher_serial(1, 0x80000001));
}

TEST(ZoneDifference, IsInRecordsAndNotInTheirOrder) {
  const std::string head = "@ 60 SOA ns a 1 2 3 4 5\n@ 60 NS ns\n";
  const std::string body = "ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww 60 TXT x\n";
  const auto zone = zone_of(head + body);
  const auto is_same = [&](const std::string& text) { return have_same_records(*zone, *zone_of(text)); };
  EXPECT_TRUE(is_same(head + body));
  EXPECT_TRUE(is_same(head + "www 60 TXT x\nwww 60 A 192.0.2.3\nns 60 A 192.0.2.2\nns 60 A 192.0.2.1 ; a comment\n"));
  for (const auto* other :
       {"ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\n",                                 // one less
        "ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww 60 TXT y\n",                   // data
        "ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww 61 TXT x\n",                   // TTL
        "ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww 60 HINFO x y\n",               // type
        "ns 60 A 192.0.2.1\nns 60 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww 60 TXT x\nftp 60 TXT x\n"}) {  // name
    EXPECT_FALSE(is_same(head + other)) << other;
  }
  EXPECT_FALSE(is_same("@ 60 SOA ns a 2 2 3 4 5\n@ 60 NS ns\n" + body)) << "the SOA is a record, too";
}

}  // namespace
}  // namespace labnet::dns_server
