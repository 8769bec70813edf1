// Via read, marked and followed back.
#include "common/sip/via.hpp"

#include <gtest/gtest.h>

#include "common/sip/limits.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using test::Received;
using test::request_with;

FaultKind fault_of_via(std::string_view value) {
  const auto via = parse_via(value);
  EXPECT_FALSE(via) << value;
  return via ? FaultKind::line_end : via.error();
}

std::string marked(std::string_view value, const Source& source) {
  return via_with_source(*parse_via(value), source);
}

TEST(SipVia, IsTakenApart) {
  const auto via = *parse_via(
      "SIP/2.0/TLS [2001:db8::9:1]:6050;branch=z9hG4bKas3-111;received=[2001:db8::9:255];rport=5070;maddr=224.2.0.1;"
      "ttl=16;x");
  EXPECT_EQ(via.transport, Transport::tls);
  EXPECT_EQ(via.host, (Host{HostKind::ipv6, "2001:db8::9:1"}));
  EXPECT_EQ(via.port, 6050);
  EXPECT_EQ(via.branch, "z9hG4bKas3-111");
  EXPECT_TRUE(via.has_unique_branch());
  EXPECT_EQ(via.received, (Host{HostKind::ipv6, "2001:db8::9:255"}));
  EXPECT_TRUE(via.has_rport);
  EXPECT_EQ(via.rport, 5070);
  EXPECT_EQ(via.maddr, (Host{HostKind::ipv4, "224.2.0.1"}));
  EXPECT_EQ(via.ttl, 16);
  EXPECT_TRUE(via.parameters.has("x"));
}

TEST(SipVia, MayHaveWhiteSpaceAndFoldsInIt) {
  const auto via = *parse_via("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2 : 5070 ;  branch =\r\n z9hG4bK30239");
  EXPECT_EQ(via.transport, Transport::udp);
  EXPECT_EQ(via.host.text, "192.0.2.2");
  EXPECT_EQ(via.port, 5070);
  EXPECT_EQ(via.branch, "z9hG4bK30239");
}

TEST(SipVia, MayAskForItsPort) {
  const auto asks = *parse_via("SIP/2.0/UDP a;rport;branch=z9hG4bK");
  EXPECT_TRUE(asks.has_rport);
  EXPECT_EQ(asks.rport, std::nullopt);
  EXPECT_FALSE(asks.has_unique_branch()) << "there is nothing behind the magic";
  EXPECT_FALSE(parse_via("SIP/2.0/UDP a;branch=390skdjuw")->has_unique_branch());
  EXPECT_EQ(parse_via("SIP/2.0/SCTP a")->transport, Transport::other);
  EXPECT_EQ(parse_via("SIP/2.0/UDP a;received=2001:db8::9:255")->received, (Host{HostKind::ipv6, "2001:db8::9:255"}));
}

TEST(SipVia, IsRefusedForWhatIsWrong) {
  for (const auto* value :
       {"", "SIP/2.0", "SIP/2.0/", "SIP/2.0/UDP", "SIP/2.0/UDP[::1]", "SIP/2.0/UDP a;;", "SIP/2.0/UDP a;,",
        "SIP/2.0/UDP a b", "SIP/2.0/UDP a;branch=", "SIP/2.0/UDP a;ttl=256", "SIP/2.0/UDP a,SIP/2.0/UDP b"}) {
    EXPECT_EQ(fault_of_via(value), FaultKind::malformed_value) << value;
  }
  for (const auto* value : {"SIP/2.0/UDP ", "SIP/2.0/UDP ;branch=a", "SIP/2.0/UDP [a]", "SIP/2.0/UDP a;maddr=[x]"}) {
    EXPECT_NE(fault_of_via(value), FaultKind::line_end) << value;
  }
  for (const auto* value :
       {"SIP/2.0/UDP a:0", "SIP/2.0/UDP a:65536", "SIP/2.0/UDP a:", "SIP/2.0/UDP a;rport=0", "SIP/2.0/UDP a;rport=x"}) {
    EXPECT_EQ(fault_of_via(value), FaultKind::malformed_port) << value;
  }
  EXPECT_EQ(fault_of_via("SIP/7.0/UDP a"), FaultKind::version_not_supported);
  EXPECT_EQ(fault_of_via("SIP/2.0/UDP a;x=\"b"), FaultKind::unbalanced_quote);
}

TEST(SipVias, AreThoseOfAllLines) {
  const Received message{request_with("v: SIP/2.0/TCP b, SIP/2.0/TLS c\r\n")};
  const auto vias = *parse_vias(message->headers());
  ASSERT_EQ(vias.size(), 3u);
  EXPECT_EQ(vias[0].host.text, "192.168.1.7");
  EXPECT_EQ(vias[2].transport, Transport::tls);
}

TEST(SipVias, AreNoMoreThanTheLimit) {
  std::string line = "Via: SIP/2.0/UDP a";
  for (std::size_t i = 2; i < elements_max; ++i) line += ",SIP/2.0/UDP a";
  const Received at_limit{request_with(line + "\r\n")}, above{request_with(line + ",SIP/2.0/UDP a\r\n")};
  EXPECT_EQ(parse_vias(at_limit->headers())->size(), elements_max);
  EXPECT_EQ(parse_vias(above->headers()).error(), FaultKind::too_many_elements);
}

/// RFC 3581, section 6.1, and RFC 3261, section 18.2.1.
TEST(SipVia, IsMarkedWithWhereTheRequestCameFrom) {
  EXPECT_EQ(marked("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", {"192.0.2.1", 9988}),
            "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1");
  EXPECT_EQ(marked("SIP/2.0/UDP 10.1.1.1:4540;rport", {"10.1.1.1", 4540}),
            "SIP/2.0/UDP 10.1.1.1:4540;rport=4540;received=10.1.1.1")
      << "who asks for the port gets the address too";
  EXPECT_EQ(marked("SIP/2.0/UDP 10.1.1.1;branch=a", {"10.1.1.1", 5060}), "SIP/2.0/UDP 10.1.1.1;branch=a");
  EXPECT_EQ(marked("SIP/2.0/UDP pc.lab;branch=a", {"10.1.1.1", 5060}), "SIP/2.0/UDP pc.lab;branch=a;received=10.1.1.1");
  EXPECT_EQ(marked("SIP / 2.0/UDP [2001:db8::1]:5070", {"2001:db8:0::1", 5070}), "SIP/2.0/UDP [2001:db8::1]:5070");
}

TEST(SipVia, LosesWhatItsSenderCannotKnow) {
  EXPECT_EQ(marked("SIP/2.0/UDP 10.1.1.1;received=10.9.9.9;branch=a", {"10.1.1.1", 5060}),
            "SIP/2.0/UDP 10.1.1.1;branch=a");
}

TEST(SipVia, LeadsBackToTheSource) {
  const auto target = [](std::string_view value, Source source) { return response_target(*parse_via(value), source); };
  const auto with_rport = target("SIP/2.0/UDP 10.1.1.1:4540;rport", {"192.0.2.1", 9988});
  EXPECT_EQ(with_rport.address, "192.0.2.1");
  EXPECT_EQ(with_rport.port, 9988);
  const auto without = target("SIP/2.0/UDP 10.1.1.1:4540", {"192.0.2.1", 9988});
  EXPECT_EQ(without.address, "192.0.2.1");
  EXPECT_EQ(without.port, 4540);
  EXPECT_EQ(target("SIP/2.0/UDP 10.1.1.1", {"10.1.1.1", 9988}).port, 5060);
  const auto multicast = target("SIP/2.0/UDP 10.1.1.1:4540;maddr=224.0.1.75;rport", {"192.0.2.1", 9988});
  EXPECT_EQ(multicast.address, "224.0.1.75");
  EXPECT_EQ(multicast.port, 4540);
  EXPECT_EQ(target("SIP/2.0/UDP a;received=10.9.9.9", {"192.0.2.1", 9988}).address, "192.0.2.1")
      << "what the sender says about itself counts for nothing";
}

TEST(SipVia, IsWritten) {
  EXPECT_EQ(via_text(Transport::udp, "192.168.1.7:5060", "z9hG4bKa"),
            "SIP/2.0/UDP 192.168.1.7:5060;branch=z9hG4bKa;rport");
  EXPECT_EQ(via_text(Transport::tls, "[::1]", "z9hG4bKa", false), "SIP/2.0/TLS [::1];branch=z9hG4bKa");
}

}  // namespace
}  // namespace labnet::sip
