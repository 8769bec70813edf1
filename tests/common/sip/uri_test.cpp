// URIs read, compared and written.
#include "common/sip/uri.hpp"

#include <gtest/gtest.h>

#include "common/sip/escape.hpp"
#include "common/sip/limits.hpp"

namespace labnet::sip {
namespace {

using namespace std::literals;

bool are_same(std::string_view a, std::string_view b) {
  const auto left = parse_uri(a), right = parse_uri(b);
  EXPECT_TRUE(left && right) << a << " " << b;
  EXPECT_EQ(*left == *right, *right == *left) << a << " " << b;
  return *left == *right;
}

FaultKind fault_of(std::string_view text) {
  const auto uri = parse_uri(text);
  EXPECT_FALSE(uri) << text;
  return uri ? FaultKind::line_end : uri.error();
}

TEST(SipUri, IsTakenApart) {
  const auto uri = *parse_uri("SIPS:alice:secret@[2001:db8::10]:5061;transport=tcp;lr?Subject=hi%20you&a=");
  EXPECT_EQ(uri.scheme, Scheme::sips);
  EXPECT_EQ(uri.scheme_text, "SIPS");
  EXPECT_EQ(uri.user, "alice");
  EXPECT_EQ(uri.host, (Host{HostKind::ipv6, "2001:db8::10"}));
  EXPECT_EQ(uri.port, 5061);
  EXPECT_EQ(uri.parameters, ";transport=tcp;lr");
  EXPECT_EQ(uri.parameter("TRANSPORT"), "tcp");
  EXPECT_EQ(uri.parameter("lr"), "");
  EXPECT_EQ(uri.parameter("maddr"), std::nullopt);
  EXPECT_EQ(headers_of(uri), (std::vector<std::pair<std::string, std::string>>{{"Subject", "hi you"}, {"a", ""}}));
}

TEST(SipUri, MayBeAHostAlone) {
  const auto uri = *parse_uri("sip:sip.lab");
  EXPECT_EQ(uri.user, std::nullopt);
  EXPECT_EQ(uri.user_name(), "");
  EXPECT_EQ(uri.host, (Host{HostKind::name, "sip.lab"}));
  EXPECT_EQ(uri.port, std::nullopt);
  EXPECT_TRUE(headers_of(uri).empty());
}

TEST(SipUri, KeepsAnotherSchemeAsItIs) {
  const auto uri = *parse_uri("tel:+1-201-555-0123;phone-context=x");
  EXPECT_EQ(uri.scheme, Scheme::other);
  EXPECT_EQ(uri.scheme_text, "tel");
  EXPECT_EQ(uri.opaque, "+1-201-555-0123;phone-context=x");
  EXPECT_FALSE(uri.is_sip());
  EXPECT_TRUE(uri.host.empty());
  EXPECT_TRUE(parse_uri("soap.beep://192.0.2.103:3002"));
}

TEST(SipUri, HasAUserThatIsUnescapedOnce) {
  EXPECT_EQ(parse_uri("sip:sips%3Auser%40example.com@example.net")->user_name(), "sips:user@example.com");
  EXPECT_EQ(parse_uri("sip:%2541@a")->user_name(), "%41");
  EXPECT_EQ(parse_uri("sip:null-%00-null@a")->user_name(), "null-\0-null"s);
  EXPECT_EQ(parse_uri("sip:user;par=u%40example.net@example.com")->user_name(), "user;par=u@example.net");
}

TEST(SipUri, HasParametersWhoseNamesMayBeEscaped) {
  const auto uri = *parse_uri("sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
  EXPECT_EQ(uri.parameter("lr"), "");
  EXPECT_EQ(unescaped(*uri.parameter("name")), "value%41");
}

TEST(SipUri, KnowsItsTransportAndPort) {
  EXPECT_EQ(parse_uri("sip:a")->transport(), Transport::udp);
  EXPECT_EQ(parse_uri("sip:a;transport=TCP")->transport(), Transport::tcp);
  EXPECT_EQ(parse_uri("sip:a;transport=ws")->transport(), Transport::other);
  EXPECT_EQ(parse_uri("sips:a;transport=tcp")->transport(), Transport::tls);
  EXPECT_EQ(parse_uri("sips:a")->port_or_default(), 5061);
  EXPECT_EQ(parse_uri("sip:a:7000")->port_or_default(), 7000);
}

TEST(SipUri, IsRefusedForWhatIsWrong) {
  for (const auto* text : {"", "sip", "sip:@a", ":a", "1sip:a", "sip:a b", "sip:a@b;", "sip:a@b;=c",
                           "sip:a@b;c=", "sip:a@b?", "sip:a@b?c=d&", "<sip:a>", "sip:a@b;c=\"d\"", "sip:a@b;lr;x;%6Cr",
                           "sip:a@b;c=1;C=2", "tel:", "sip:a[b@c", "sip:a@b?c=d=e", "sip:\x80@b"}) {
    EXPECT_EQ(fault_of(text), FaultKind::malformed_uri) << text;
  }
  for (const auto* text : {"sip:", "sip:a@", "sip:a@b@c", "sip:a@b_c!d", "sip:a@[2001:db8:::192.0.2.1]", "sip:a@[::1",
                           "sip:a@[::1]x", "sip:192.168.1.300", "sip:2001:db8::10", "sip:a@[b]"}) {
    EXPECT_EQ(fault_of(text), FaultKind::malformed_host) << text;
  }
  for (const auto* text : {"sip:db8::10", "sip:a:", "sip:a:0", "sip:a:65536", "sip:a:+5", "sip:a:5060x"}) {
    EXPECT_EQ(fault_of(text), FaultKind::malformed_port) << text;
  }
  for (const auto* text : {"sip:a%@b", "sip:a%4@b", "sip:a%4g@b", "sip:a@b;c=%", "sip:a@b?%zz=1"}) {
    EXPECT_EQ(fault_of(text), FaultKind::malformed_escape) << text;
  }
}

TEST(SipUri, IsNoLongerThanTheLimit) {
  const std::string text = "sip:" + std::string(uri_bytes_max - 6, 'a') + "@b";
  EXPECT_TRUE(parse_uri(text));
  EXPECT_EQ(fault_of(text + "c"), FaultKind::uri_too_long);
}

TEST(SipUri, HasNoMoreParametersThanTheLimit) {
  std::string text = "sip:a";
  for (std::size_t i = 0; i < parameters_max; ++i) text += ";b" + std::to_string(i);
  EXPECT_TRUE(parse_uri(text));
  EXPECT_EQ(fault_of(text + ";c"), FaultKind::too_many_elements);
}

/// The examples of RFC 3261, section 19.1.4.
TEST(SipUri, IsTheSameAsInTheExamplesOfTheRfc) {
  EXPECT_TRUE(are_same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(are_same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(are_same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
  EXPECT_TRUE(are_same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                       "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  EXPECT_TRUE(are_same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                       "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST(SipUri, IsAnotherAsInTheExamplesOfTheRfc) {
  EXPECT_FALSE(are_same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(are_same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(are_same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(are_same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
  EXPECT_FALSE(are_same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  EXPECT_FALSE(are_same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  EXPECT_FALSE(are_same("sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on"));
}

TEST(SipUri, IsComparedPartByPart) {
  EXPECT_TRUE(are_same("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0::1]"));
  EXPECT_FALSE(are_same("sip:a@b", "sips:a@b"));
  EXPECT_FALSE(are_same("sip:a@b", "sip:a:@b"));
  EXPECT_FALSE(are_same("sip:a@b", "sip:b"));
  EXPECT_FALSE(are_same("sip:a;b@c", "sip:a%3Bb@c")) << "a reserved character is not the same as its escape";
  EXPECT_TRUE(are_same("TEL:+1", "tel:+1"));
  EXPECT_FALSE(are_same("tel:+1", "tel:+2"));
  EXPECT_FALSE(are_same("tel:+1", "sip:a"));
}

TEST(SipUri, ComesBackAsItWasWritten) {
  for (const auto* text :
       {"sips:alice:se,cret@[2001:db8::10]:5061;transport=tcp;lr?Subject=hi&b=", "sip:sip.lab", "tel:+1;a=b",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
        "@example.com"}) {
    EXPECT_EQ(to_text(*parse_uri(text)), text);
  }
  Uri uri;
  uri.user = "101";
  uri.host = {HostKind::ipv4, "192.168.1.7"};
  uri.port = 49152;
  uri.parameters = ";ob";
  EXPECT_EQ(to_text(uri), "sip:101@192.168.1.7:49152;ob");
}

TEST(SipUri, HasAUserOfWhateverWasTyped) {
  const auto user = escaped_user("a b@c;d:\"\r\n%\xc3\xa9");
  EXPECT_EQ(user, "a%20b%40c%3Bd%3A%22%0D%0A%25%C3%A9");
  EXPECT_EQ(parse_uri("sip:" + user + "@e")->user_name(), "a b@c;d:\"\r\n%\xc3\xa9");
  EXPECT_EQ(escaped_user("+34.911-22"), "+34.911-22");
}

TEST(SipHost, IsANameOrAnAddress) {
  EXPECT_EQ(parse_host("sip_1.lab")->kind, HostKind::name);
  EXPECT_EQ(parse_host("127.0.0.1")->kind, HostKind::ipv4);
  EXPECT_EQ(parse_host("[::ffff:192.0.2.2]")->text, "::ffff:192.0.2.2");
  for (const auto* text : {"", "::1", "[]", "[127.0.0.1]", "a b", "1.2.3", "a%41"}) {
    EXPECT_EQ(parse_host(text), std::nullopt) << text;
  }
  const auto host_port = *parse_host_port("[2001:db8::10:5070]");
  EXPECT_EQ(host_port.host.text, "2001:db8::10:5070");
  EXPECT_EQ(host_port.port, std::nullopt);
  EXPECT_EQ(parse_host_port("[2001:db8::10]:5070")->port, 5070);
}

}  // namespace
}  // namespace labnet::sip
