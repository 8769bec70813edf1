// What a capture file shows, and the sentences about what it does not show.
#include "clients/scenario/capture_summary.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/dns/message.hpp"
#include "common/packet/pcap.hpp"
#include "common/rtp/rtcp.hpp"
#include "tests/clients/scenario/datagrams.hpp"
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
  EXPECT_EQ(sentence({}, broken), "1 frame has a wrong checksum");
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

constexpr DatagramEnds phone_signals{{0xac140a01}, {0xac140a0c}, 40'000, sip_port};
constexpr DatagramEnds phone_talks{{0xac140a01}, {0xac140a0c}, 8000, 20'000};

Buffer sip_frame(const DatagramEnds& ends, std::string_view first_line, std::string_view cseq,
                 std::string_view more = {}) {
  return datagram_frame(ends, fmt::format("{}\r\nVia: SIP/2.0/UDP 172.20.10.1:40000;branch=z9hG4bK1\r\n"
                                          "From: <sip:101@lab>;tag=a\r\nTo: <sip:102@lab>\r\nCall-ID: c\r\n"
                                          "CSeq: {}\r\n{}Content-Length: 0\r\n\r\n",
                                          first_line, cseq, more));
}

Buffer rtp_frame(const DatagramEnds& ends, rtp::Header header, std::size_t payload_bytes = 160) {
  return datagram_frame(ends, rtp_packet(header, payload_bytes));
}

/// REGISTER, which is sent twice, and its answer; then four packets of media from the phone, with one in front.
std::vector<Buffer> call_frames() {
  const auto registering = sip_frame(phone_signals, "REGISTER sip:lab SIP/2.0", "1 REGISTER");
  std::vector<Buffer> frames{
      registering, registering,
      sip_frame(phone_signals.turned(), "SIP/2.0 200 OK", "1 REGISTER", "Contact: <sip:101@172.20.10.1:40000>\r\n"),
      rtp_frame(phone_talks, {.payload_type = 20, .sequence = 9, .ssrc = 7}, 1)};
  for (std::uint16_t i = 10; i < 14; ++i) {
    frames.push_back(rtp_frame(phone_talks, {.payload_type = 8, .marker = i == 10, .sequence = i, .ssrc = 7}));
  }
  return frames;
}

TEST_F(CaptureSummaryTest, KnowsTheProtocolsOfACall) {
  auto frames = call_frames();
  Buffer report;
  ByteWriter writer{report};
  rtp::write_compound({rtp::ReceiverReport{.ssrc = 7}}, writer);
  frames.push_back(datagram_frame({{1}, {2}, 8001, 20'001}, report));
  frames.push_back(datagram_frame({{1}, {2}, 8001, 20'001}, "neither"));
  frames.push_back(rtp_frame({{1}, {2}, 9000, 9001}, {.payload_type = 8}));  // alone, and so not known to be RTP
  const auto summary = summary_of(frames);
  std::vector<std::string> counts;
  for (const auto& protocol : summary.protocols) counts.push_back(fmt::format("{} {}", protocol.frames, protocol.name));
  EXPECT_THAT(counts, ElementsAre("3 SIP", "5 RTP", "1 RTCP", "2 UDP"));
  EXPECT_EQ(summary.sip.size(), 3u);
  EXPECT_EQ(summary.rtp.size(), 1u);
}

SipExpectation between_phone_and_exchange(std::vector<std::string> messages) {
  return {.one = phone_signals.source, .other = phone_signals.destination, .messages = std::move(messages)};
}

TEST_F(CaptureSummaryTest, ExpectsAllMessagesBetweenTwoHosts) {
  const auto summary = summary_of(call_frames());
  const auto sentences = [&](std::vector<SipExpectation> expect) {
    return failures({.sip = std::move(expect)}, summary);
  };
  EXPECT_THAT(sentences({between_phone_and_exchange({"REGISTER", "200"})}), IsEmpty());
  auto turned = between_phone_and_exchange({"REGISTER", "200 REGISTER"});
  std::swap(turned.one, turned.other);
  turned.bindings = 1;
  EXPECT_THAT(sentences({turned}), IsEmpty());
  turned.bindings = 2;
  EXPECT_THAT(sentences({turned}),
              ElementsAre("bindings in SIP message 2 between 172.20.10.12 and 172.20.10.1: expected 2, found 1"));
  EXPECT_THAT(sentences({between_phone_and_exchange({"REGISTER", "401"})}),
              ElementsAre("SIP message 2 between 172.20.10.1 and 172.20.10.12: expected 401, found 200 REGISTER"));
  EXPECT_THAT(sentences({between_phone_and_exchange({"REGISTER", "200", "INVITE"})}),
              ElementsAre("SIP message 3 between 172.20.10.1 and 172.20.10.12: expected INVITE, found none"));
  EXPECT_THAT(sentences({between_phone_and_exchange({"REGISTER"})}),
              ElementsAre("SIP message 2 between 172.20.10.1 and 172.20.10.12: expected none, found 200 REGISTER"));
  EXPECT_THAT(sentences({}), ElementsAre("SIP messages: did not expect 172.20.10.1 -> 172.20.10.12 REGISTER"));
  EXPECT_THAT(failures({}, summary), IsEmpty());
}

TEST_F(CaptureSummaryTest, ExpectsEachSipMessageToBeReadable) {
  const auto summary = summary_of({datagram_frame(phone_signals, "INVITE sip:102@lab SIP/2.0\r\n\r\n")});
  EXPECT_THAT(failures({.sip = std::vector<SipExpectation>{}}, summary), ElementsAre("1 SIP message cannot be read"));
}

RtpExpectation from_phone_to_exchange() {
  return {.from = phone_talks.source, .to = phone_talks.destination, .payload_type = 8};
}

TEST_F(CaptureSummaryTest, ExpectsStreamsAsTheyAre) {
  const auto frames = call_frames();
  const auto sentences = [&](const RtpExpectation& expect, const std::vector<Buffer>& all) {
    return failures({.rtp = {{expect}}}, summary_of(all));
  };
  auto expect = from_phone_to_exchange();
  expect.frame_bytes = 214;
  expect.packets_min = 4;
  expect.opening_bytes = 55;
  expect.begins_with_marker = true;
  EXPECT_THAT(sentences(expect, frames), IsEmpty());
  auto wrong = expect;
  wrong.payload_type = 0;
  EXPECT_THAT(sentences(wrong, frames),
              ElementsAre("payload type of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 0, found 8"));
  wrong = expect;
  wrong.frame_bytes = 294;
  wrong.opening_bytes = 60;
  wrong.begins_with_marker = false;
  wrong.packets_min = 5;
  EXPECT_THAT(
      sentences(wrong, frames),
      ElementsAre("bytes of the frames of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 294, found 214",
                  "packets of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 5 or more, found 4",
                  "marker bit of the first packet of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 0, found 1",
                  "bytes of the frame in front of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 60, found 55"));
  auto lossy = frames;
  lossy.erase(lossy.begin() + 5);
  lossy.erase(lossy.begin() + 3);
  expect.packets_min = 1;
  EXPECT_THAT(sentences(expect, lossy),
              ElementsAre("lost packets of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 0, found 1",
                          "expected a frame that opens the path in front of the RTP stream 172.20.10.1 -> "
                          "172.20.10.12, found none"));
  auto odd = frames;
  odd.push_back(rtp_frame(phone_talks, {.payload_type = 8, .sequence = 14, .ssrc = 7}, 80));
  EXPECT_THAT(
      sentences(expect, odd),
      ElementsAre("bytes of the frames of the RTP stream 172.20.10.1 -> 172.20.10.12: expected 214, found 134"));
}

TEST_F(CaptureSummaryTest, ExpectsNoStreamsButThoseAndEachWithItsOwnSource) {
  auto frames = call_frames();
  for (std::uint16_t i = 1; i < 4; ++i) {
    frames.push_back(rtp_frame(phone_talks.turned(), {.payload_type = 8, .sequence = i, .ssrc = 7}));
  }
  EXPECT_THAT(failures({.rtp = {{from_phone_to_exchange()}}}, summary_of(frames)),
              ElementsAre("RTP streams: did not expect 172.20.10.12 -> 172.20.10.1",
                          "the RTP streams 172.20.10.1 -> 172.20.10.12 and 172.20.10.12 -> 172.20.10.1 have the same "
                          "SSRC 0x00000007"));
  auto back = from_phone_to_exchange();
  std::swap(back.from, back.to);
  EXPECT_THAT(failures({.rtp = {{from_phone_to_exchange(), back}}}, summary_of(call_frames())),
              ElementsAre("expected an RTP stream 172.20.10.12 -> 172.20.10.1, found none"));
}

TEST_F(CaptureSummaryTest, ASecondStreamBetweenTheSameHostsIsNotExpected) {
  auto frames = call_frames();
  for (std::uint16_t i = 1; i < 4; ++i) {
    frames.push_back(rtp_frame(phone_talks, {.payload_type = 8, .sequence = i, .ssrc = 8}));
  }
  EXPECT_THAT(failures({.rtp = {{from_phone_to_exchange()}}}, summary_of(frames)),
              ElementsAre("RTP streams: did not expect 172.20.10.1 -> 172.20.10.12"));
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
