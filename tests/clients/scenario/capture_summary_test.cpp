// What a capture file shows, and the sentences about what it does not show.
#include "clients/scenario/capture_summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/dns/message.hpp"
#include "common/packet/pcap.hpp"
#include "tests/common/packet/frames.hpp"
#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

using packet::from_hex;
using testing::ElementsAre;
using testing::IsEmpty;

const Ipv4Address client{0xc0a80106};
const Ipv4Address server{0xc0a80107};

/// A frame with a DNS message from one to the other.
Buffer dns_frame(const dns::Message& message, bool to_server) {
  Buffer payload;
  dns::write_message(message, payload);
  Buffer datagram;
  ByteWriter udp{datagram};
  packet::Udp header{.payload = payload};
  header.source_port = to_server ? 40000 : dns_port;
  header.destination_port = to_server ? dns_port : 40000;
  const auto source = to_server ? client : server;
  const auto destination = to_server ? server : client;
  packet::write(header, source, destination, udp);
  Buffer packet_bytes;
  ByteWriter ip{packet_bytes};
  packet::write(
      packet::Ipv4{.ttl = 64, .protocol = 17, .source = source, .destination = destination, .payload = datagram}, ip);
  Buffer frame;
  ByteWriter ethernet{frame};
  packet::write(packet::Ethernet{.type = packet::Ethernet::type_ipv4, .payload = packet_bytes}, ethernet);
  return frame;
}

dns::Message question() {
  dns::Message message;
  message.header.id = 7;
  message.header.recursion_desired = true;
  message.question = dns::Question{*dns::parse_name("web.labredes71.com."), dns::Type::a, dns::Class::in};
  return message;
}

dns::Message answer() {
  auto message = question();
  message.header.response = true;
  message.header.authoritative = true;
  message.header.recursion_available = true;
  message.answers.push_back(
      {*dns::parse_name("web.labredes71.com."), dns::Class::in, 3600, dns::A{Ipv4Address{0xc0a8010a}}});
  return message;
}

struct CaptureSummaryTest : testing::Test {
  CaptureSummary summary_of(const std::vector<Buffer>& frames) {
    Buffer file;
    const packet::PcapHeader header{};
    packet::append_pcap_header(header, file);
    for (const auto& frame : frames) {
      packet::append_pcap_frame(header, packet::CapturedFrame{{}, static_cast<std::uint32_t>(frame.size()), frame},
                                file);
    }
    auto summary = summarize(folder.write("x.pcap", std::string{as_text(file)}));
    EXPECT_TRUE(summary) << summary.error().message;
    return *std::move(summary);
  }
  std::vector<Buffer> ping() const {
    return {from_hex(packet::arp_request), from_hex(packet::arp_reply), from_hex(packet::echo_request),
            from_hex(packet::echo_reply)};
  }
  test::TemporaryFolder folder;
};

TEST_F(CaptureSummaryTest, CountsProtocolsInTheOrderOfTheirFirstFrames) {
  auto frames = ping();
  frames.push_back(from_hex(packet::tcp_syn));
  frames.push_back(dns_frame(question(), true));
  const auto summary = summary_of(frames);
  std::vector<std::string> names;
  for (const auto& protocol : summary.protocols) names.push_back(protocol.name);
  EXPECT_THAT(names, ElementsAre("ARP", "ICMP", "TCP", "DNS"));
  EXPECT_EQ(summary.protocols[0].frames, 2u);
  EXPECT_EQ(summary.wrong_checksums, 0u);
  EXPECT_EQ(summary.pings.frames, 6u);
}

TEST_F(CaptureSummaryTest, PairsAQuestionWithItsAnswer) {
  const auto summary = summary_of({dns_frame(question(), true), dns_frame(answer(), false)});
  ASSERT_EQ(summary.dns.size(), 1u);
  const auto& exchange = summary.dns.front();
  EXPECT_EQ(exchange.name, "web.labredes71.com");
  EXPECT_EQ(exchange.type, "A");
  EXPECT_EQ(exchange.client_port, 40000);
  EXPECT_FALSE(exchange.has_edns);
  ASSERT_TRUE(exchange.answer);
  EXPECT_THAT(exchange.answer->flags, ElementsAre("aa", "rd", "ra"));
  EXPECT_EQ(exchange.answer->last_data, "192.168.1.10");
  EXPECT_EQ(exchange.answer->udp_bytes, 60);
}

TEST_F(CaptureSummaryTest, SeesWhereAReplyWithoutAnswersRefersTo) {
  auto referral = answer();
  referral.answers.clear();
  referral.authorities.push_back({*dns::parse_name("labredes71.com"), dns::Class::in, 60, dns::Ns{}});
  const auto summary = summary_of({dns_frame(question(), true), dns_frame(referral, false)});
  ASSERT_EQ(summary.dns.size(), 1u);
  EXPECT_EQ(summary.dns.front().answer->referral, "labredes71.com");
  const auto sentence = [&](DnsExpectation expect) {
    expect.name = "web.labredes71.com";
    expect.flags = {"aa", "rd", "ra"};
    const auto all = failures({.dns = {{std::move(expect)}}}, summary);
    return all.empty() ? "none" : all.front();
  };
  EXPECT_EQ(sentence({.server = server, .referral = "labredes71.COM"}), "none");
  EXPECT_EQ(sentence({.server = client}),
            "server asked the question web.labredes71.com A: expected 192.168.1.6, found 192.168.1.7");
  EXPECT_EQ(sentence({.referral = "com"}),
            "referral in the answer to the question web.labredes71.com A: expected com, found labredes71.com");
  EXPECT_EQ(sentence({.referral = ""}),
            "referral in the answer to the question web.labredes71.com A: expected , found labredes71.com");
}

TEST_F(CaptureSummaryTest, WhatIsAsExpectedGivesNoSentence) {
  CaptureExpectation expect{.protocols = {"ARP", "ICMP"},
                            .echoes = 1,
                            .frame_bytes = 74,
                            .request_ttl = 128,
                            .reply_ttl = 64,
                            .arps = {server}};
  EXPECT_THAT(failures(expect, summary_of(ping())), IsEmpty());
  CaptureExpectation dns{
      .dns = {
          {{.name = "web.labredes71.com", .answer = "192.168.1.10", .flags = {"aa", "rd", "ra"}, .udp_bytes = 60}}}};
  EXPECT_THAT(failures(dns, summary_of({dns_frame(question(), true), dns_frame(answer(), false)})), IsEmpty());
}

TEST_F(CaptureSummaryTest, EachThingThatIsNotGivesItsSentence) {
  const auto sentence = [&](const CaptureExpectation& expect, const std::vector<Buffer>& frames) {
    const auto all = failures(expect, summary_of(frames));
    return all.empty() ? "none" : all.front();
  };
  EXPECT_EQ(sentence({.protocols = {"ICMP"}}, ping()), "protocols: expected ICMP, found ARP, ICMP");
  EXPECT_EQ(sentence({.echoes = 2}, ping()), "echo requests: expected 2, found 1");
  EXPECT_EQ(sentence({.echoes = 1}, {from_hex(packet::echo_request)}), "echo request 1 has no reply");
  EXPECT_EQ(sentence({.frame_bytes = 98}, ping()), "bytes of the frame of echo request 1: expected 98, found 74");
  EXPECT_EQ(sentence({.request_ttl = 64}, ping()), "TTL of echo request 1: expected 64, found 128");
  EXPECT_EQ(sentence({.reply_ttl = 63}, ping()), "TTL of the reply to echo request 1: expected 63, found 64");
  EXPECT_EQ(sentence({.arps = {server}}, {from_hex(packet::arp_request)}),
            "expected an ARP exchange about 192.168.1.7, found none");
  auto broken = ping();
  broken[3][50] ^= std::byte{1};
  EXPECT_EQ(sentence({}, broken), "1 frames have a wrong checksum");
  const std::vector<Buffer> asked{dns_frame(question(), true)};
  EXPECT_EQ(sentence({.dns = std::vector<DnsExpectation>{}}, asked), "DNS questions: expected 0, found 1");
  EXPECT_EQ(sentence({.dns = {{{.name = "web.labredes71.com"}}}}, asked),
            "the question web.labredes71.com A has no answer");
  EXPECT_EQ(sentence({.dns = {{{.name = "a.example"}}}}, asked),
            "expected the question a.example A, found web.labredes71.com A");
}

TlsConnection tls(std::string server_name, std::string version, std::string cipher = "TLS_AES_256_GCM_SHA384") {
  TlsConnection one;
  one.server_name = std::move(server_name);
  one.version = std::move(version);
  one.cipher_suite = std::move(cipher);
  return one;
}

TEST(TlsExpectations, AreOfKindsAndNotOfConnections) {
  CaptureSummary summary;
  summary.tls = {tls("a.example", "TLS 1.3"), tls("b.example", "TLS 1.2", "TLS_X"), tls("a.example", "TLS 1.3"),
                 tls("", "TLS 1.3")};
  const auto sentences = [&](std::vector<TlsExpectation> expect) {
    return failures({.tls = std::move(expect)}, summary);
  };
  EXPECT_THAT(
      sentences({{.server_name = "", .version = "1.3"}, {.server_name = "B.example"}, {.server_name = "a.example"}}),
      IsEmpty());
  EXPECT_THAT(sentences({{.server_name = "a.example", .version = "1.3", .cipher = "TLS_AES_256_GCM_SHA384"},
                         {.server_name = "b.example", .version = "1.2", .cipher = "TLS_X"},
                         {.server_name = ""}}),
              IsEmpty());
  EXPECT_THAT(
      sentences({{.server_name = "a.example"}, {.server_name = ""}, {.server_name = "b.example", .version = "1.3"}}),
      ElementsAre("TLS connections: expected b.example TLS 1.3, found a.example TLS 1.3 "
                  "TLS_AES_256_GCM_SHA384; b.example TLS 1.2 TLS_X; - TLS 1.3 TLS_AES_256_GCM_SHA384",
                  "TLS connections: did not expect b.example TLS 1.2 TLS_X"));
  EXPECT_THAT(sentences({}), testing::SizeIs(3));
  EXPECT_THAT(failures({.tls = {{{.server_name = "a.example"}}}}, {}),
              ElementsAre("TLS connections: expected a.example, found none"));
  EXPECT_THAT(failures({}, summary), IsEmpty());
}

SeenCredential credential(CredentialWay way, std::string user, std::string password) {
  SeenCredential one;
  one.way = way;
  one.user = std::move(user);
  one.password = std::move(password);
  return one;
}

TEST(CredentialExpectations, AreAllThatThereAre) {
  CaptureSummary summary;
  summary.credentials = {credential(CredentialWay::form, "ann", "secret"), credential(CredentialWay::digest, "ann", ""),
                         credential(CredentialWay::cookie, "", "")};
  summary.credentials[2].cookie = "session=1";
  const auto sentences = [&](std::vector<CredentialExpectation> expect) {
    return failures({.credentials = std::move(expect)}, summary);
  };
  EXPECT_THAT(
      sentences(
          {{.how = "cookie"}, {.how = "digest", .user = "ann"}, {.how = "form", .user = "ann", .password = "secret"}}),
      IsEmpty());
  EXPECT_THAT(sentences({}), ElementsAre("credentials in clear: did not expect form ann secret",
                                         "credentials in clear: did not expect digest ann",
                                         "credentials in clear: did not expect cookie session=1"));
  EXPECT_THAT(
      sentences({{.how = "cookie"}, {.how = "digest"}, {.how = "form", .password = "Secret"}}),
      ElementsAre("credentials in clear: expected form Secret, found form ann secret; digest ann; cookie session=1",
                  "credentials in clear: did not expect form ann secret"));
  EXPECT_THAT(failures({.credentials = std::vector<CredentialExpectation>{}}, {}), IsEmpty());
}

TEST_F(CaptureSummaryTest, AFileThatIsCutOrNoneIsAFault) {
  Buffer file;
  const packet::PcapHeader header{};
  packet::append_pcap_header(header, file);
  const auto bytes = from_hex("01020304");
  packet::append_pcap_frame(header, packet::CapturedFrame{{}, 4, bytes}, file);
  file.pop_back();
  EXPECT_THAT(summarize(folder.write("cut.pcap", std::string{as_text(file)})).error().message,
              testing::HasSubstr("ends in the middle of a frame"));
  EXPECT_FALSE(summarize(folder.write("none.pcap", "hello, I am a text")));
  EXPECT_FALSE(summarize(folder.path() + "/missing.pcap"));
}

}  // namespace
}  // namespace labnet::scenario
