// Addresses that move to other networks.
#include "servers/dns/address_map.hpp"

#include <gtest/gtest.h>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

AddressMap lab_map() {
  return *AddressMap::make({{*parse_ipv4_subnet("192.168.1.0/24"), *parse_ipv4("127.71.1.0")},
                            {*parse_ipv4_subnet("172.20.10.0/28"), *parse_ipv4("127.71.2.0")}});
}

std::string moved_address(std::string_view text) {
  return to_string(lab_map().map(*parse_ipv4(text)));
}
std::string moved_name(std::string_view text) {
  return to_text(dns::NameView{lab_map().map(name(text))});
}

TEST(AddressMap, MovesAddressesOfItsSubnetsOnly) {
  EXPECT_EQ(moved_address("192.168.1.7"), "127.71.1.7");
  EXPECT_EQ(moved_address("172.20.10.12"), "127.71.2.12");
  EXPECT_EQ(moved_address("172.20.10.16"), "172.20.10.16");
  EXPECT_EQ(moved_address("203.0.113.1"), "203.0.113.1");
}

TEST(AddressMap, MovesReverseNamesAndTheOriginsOfReverseZones) {
  EXPECT_EQ(moved_name("7.1.168.192.in-addr.arpa."), "7.1.71.127.in-addr.arpa.");
  EXPECT_EQ(moved_name("1.168.192.IN-ADDR.arpa."), "1.71.127.in-addr.arpa.");
  EXPECT_EQ(moved_name("12.10.20.172.in-addr.arpa."), "12.2.71.127.in-addr.arpa.");
  EXPECT_EQ(moved_name("10.20.172.in-addr.arpa."), "2.71.127.in-addr.arpa.") << "larger than the subnet of 28 bits";
  EXPECT_EQ(moved_name("*.1.168.192.in-addr.arpa."), "*.1.71.127.in-addr.arpa.");
  EXPECT_EQ(moved_name("a.b.7.1.168.192.in-addr.arpa."), "a.b.7.1.71.127.in-addr.arpa.");
}

TEST(AddressMap, MovesWhatLaterTypesSayOfAddresses) {
  const auto moved = [](std::string_view text) {
    auto one = record(text);
    lab_map().apply(one);
    return to_text(one);
  };
  EXPECT_EQ(moved("a. 1 IN HTTPS 1 . port=1 ipv4hint=192.168.1.7,192.0.2.1,172.20.10.12 key9=b"),
            "a. 1 IN HTTPS 1 . port=1 ipv4hint=127.71.1.7,192.0.2.1,127.71.2.12 key9=\"b\"");
  EXPECT_EQ(moved("a. 1 IN SVCB 1 . ipv4hint=192.168.1.7"), "a. 1 IN SVCB 1 . ipv4hint=127.71.1.7");
  EXPECT_EQ(moved("a. 1 IN DNAME 1.168.192.in-addr.arpa."), "a. 1 IN DNAME 1.71.127.in-addr.arpa.");
}

TEST(AddressMap, LeavesOtherNamesAlone) {
  for (const auto* text : {"168.192.in-addr.arpa.", "in-addr.arpa.", "2.168.192.in-addr.arpa.", "web.labredes71.com.",
                           "999.1.168.192.in-addr.arpa.x.", "20.10.20.172.in-addr.arpa."}) {
    EXPECT_EQ(moved_name(text), text);
  }
}

TEST(AddressMap, EmptyMovesNothing) {
  EXPECT_EQ(to_string(AddressMap{}.map(*parse_ipv4("192.168.1.7"))), "192.168.1.7");
}

TEST(AddressMap, RejectsATargetThatIsNoNetworkOfThatSize) {
  EXPECT_EQ(AddressMap::make({{*parse_ipv4_subnet("192.168.1.0/24"), *parse_ipv4("127.71.1.1")}}).error().message,
            "127.71.1.1 cannot be the network that 192.168.1.0/24 moves to: bits behind its prefix are set");
}

TEST(AddressMap, MovesAWholeReverseZone) {
  const auto built = build_text("$TTL 1\n@ SOA a.b. c.d. 1 2 3 4 5\n@ NS a.b.\n7 PTR dns.labredes71.com.\n",
                                "1.168.192.in-addr.arpa.", lab_map());
  ASSERT_TRUE(built.zone);
  EXPECT_EQ(to_text(built.zone->origin()), "1.71.127.in-addr.arpa.");
  EXPECT_TRUE(built.zone->find(dns::FoldedName{dns::reverse_name(*parse_ipv4("127.71.1.7"))}));
}

TEST(AddressMap, MovesAddressRecordsOfAZone) {
  const auto built =
      build_text("$TTL 1\n@ SOA a.b. c.d. 1 2 3 4 5\n@ NS a.b.\nweb A 192.168.1.10\n", "example.", lab_map());
  ASSERT_TRUE(built.zone);
  const auto* rrset = built.zone->find(*built.zone->find(dns::FoldedName{name("web.example.")}), dns::Type::a);
  for_each_rdata(*rrset, [](Bytes data) { EXPECT_EQ(Buffer(data.begin(), data.end()), octets("7f47010a")); });
}

}  // namespace
}  // namespace labnet::dns_server
