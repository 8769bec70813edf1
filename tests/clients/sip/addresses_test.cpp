#include "clients/sip/addresses.hpp"

#include <gtest/gtest.h>

namespace labnet::sip_client {
namespace {

TEST(ServerName, HasATransportAHostAndAPort) {
  EXPECT_EQ(*parse_server_name("voip.lab"), (ServerName{.host = "voip.lab"}));
  EXPECT_EQ(*parse_server_name("tcp:voip.lab:5070"),
            (ServerName{.transport = sip::Transport::tcp, .host = "voip.lab", .port = 5070}));
  EXPECT_EQ(*parse_server_name("tls://192.168.1.7"),
            (ServerName{.transport = sip::Transport::tls, .host = "192.168.1.7"}));
  EXPECT_EQ(*parse_server_name("udp:[::1]:5062"), (ServerName{.host = "::1", .port = 5062}));
}

TEST(ServerName, HasTheUsualPortOfItsTransport) {
  EXPECT_EQ(parse_server_name("voip.lab")->port_or_default(), 5060);
  EXPECT_EQ(parse_server_name("tls:voip.lab")->port_or_default(), 5061);
}

TEST(ServerName, StandsInUrisWithThePortThatWasGiven) {
  EXPECT_EQ(parse_server_name("tcp:voip.lab")->domain(), "voip.lab");
  EXPECT_EQ(parse_server_name("voip.lab:5060")->domain(), "voip.lab:5060");
  EXPECT_EQ(parse_server_name("[::1]:5062")->domain(), "[::1]:5062");
}

TEST(ServerName, RefusesWhatIsNoHost) {
  for (const auto* const text :
       {"", "udp:", "udp:voip.lab:0", "voip.lab:65536", "voip.lab:x", "sctp:voip.lab", "a b"}) {
    EXPECT_FALSE(parse_server_name(text)) << text;
  }
}

TEST(Addresses, AreTheSameThereAndBack) {
  for (const auto* const text : {"127.0.0.1", "192.168.1.7", "::1", "2001:db8::10"}) {
    const sip::Hop hop{.transport = sip::Transport::udp, .address = *parse_ip(text), .port = 5060};
    EXPECT_EQ(hop_of(endpoint_of(hop), sip::Transport::udp), hop) << text;
  }
}

}  // namespace
}  // namespace labnet::sip_client
