// The table of SIP messages that a capture shows.
#include "clients/scenario/sip_table.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/clients/scenario/datagrams.hpp"
#include "tests/clients/scenario/segments.hpp"

namespace labnet::scenario {
namespace {

using testing::ElementsAre;

constexpr DatagramEnds to_exchange{{0xac140a01}, {0xac140a0c}, 40'000, sip_port};

std::string message(std::string_view first_line, std::string_view cseq, std::string_view more = {},
                    std::string_view body = {}) {
  return fmt::format(
      "{}\r\nVia: SIP/2.0/UDP 172.20.10.1:40000;branch=z9hG4bK1;rport\r\nFrom: <sip:101@lab>;tag=a\r\n"
      "To: <sip:102@lab>\r\nCall-ID: c\r\nCSeq: {}\r\n{}Content-Length: {}\r\n\r\n{}",
      first_line, cseq, more, body.size(), body);
}

/// Datagrams one after the other.
class SipCapture {
 public:
  void add(const DatagramEnds& ends, std::string_view payload) {
    const auto frame = datagram_frame(ends, payload);
    const auto parsed = packet::parse_frame(frame);
    builder.add(++number_, {}, parsed);
    last_is_sip = SipTableBuilder::is_sip(parsed);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& one : builder.messages()) names.push_back(one.name());
    return names;
  }

  SipTableBuilder builder;
  bool last_is_sip = false;

 private:
  std::uint64_t number_ = 0;
};

TEST(SipTable, TellsRequestsAndResponsesApart) {
  SipCapture capture;
  capture.add(to_exchange,
              message("REGISTER sip:lab SIP/2.0", "1 REGISTER", "Contact: <sip:101@172.20.10.1:40000>\r\n"));
  EXPECT_TRUE(capture.last_is_sip);
  capture.add(to_exchange.turned(), message("SIP/2.0 200 Fine", "1 REGISTER",
                                            "Contact: <sip:101@172.20.10.1:40000>;expires=60\r\n"
                                            "Contact: <sip:101@172.20.10.3>;expires=9, <sip:101@172.20.10.4>\r\n"));
  EXPECT_THAT(capture.names(), ElementsAre("REGISTER", "200 REGISTER"));
  const auto& request = capture.builder.messages()[0];
  EXPECT_EQ(request.number, 1u);
  EXPECT_EQ(to_string(request.source), "172.20.10.1");
  EXPECT_EQ(request.source_port, 40'000);
  EXPECT_EQ(request.destination_port, 5060);
  EXPECT_EQ(request.request_uri, "sip:lab");
  EXPECT_EQ(request.call_id, "c");
  EXPECT_EQ(request.cseq, 1u);
  EXPECT_EQ(request.from, "sip:101@lab");
  EXPECT_FALSE(request.is_by_tcp);
  EXPECT_FALSE(request.tells_bindings());
  const auto& response = capture.builder.messages()[1];
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.reason, "Fine");
  EXPECT_TRUE(response.tells_bindings());
  EXPECT_EQ(response.contacts, 3u);
}

TEST(SipTable, IsNamedAsAScenarioNamesIt) {
  SipCapture capture;
  capture.add(to_exchange, message("OPTIONS sip:lab SIP/2.0", "7 OPTIONS"));
  capture.add(to_exchange.turned(), message("SIP/2.0 401 No", "7 OPTIONS"));
  const auto& request = capture.builder.messages()[0];
  const auto& response = capture.builder.messages()[1];
  EXPECT_TRUE(request.is_named("OPTIONS"));
  EXPECT_FALSE(request.is_named("INVITE"));
  EXPECT_FALSE(request.is_named("0"));
  for (const auto* const name : {"401", "401 OPTIONS"}) EXPECT_TRUE(response.is_named(name)) << name;
  for (const auto* const name : {"OPTIONS", "400", "401 INVITE"}) EXPECT_FALSE(response.is_named(name)) << name;
  for (const auto* const name : {"INVITE", "100", "699", "200 BYE"}) EXPECT_TRUE(is_sip_message_name(name)) << name;
  for (const auto* const name : {"", "GET", "99", "700", "BYE 200", "200 GET", "200 OK BYE", "invite"}) {
    EXPECT_FALSE(is_sip_message_name(name)) << name;
  }
}

TEST(SipTable, KnowsAMessageAtAnyPortByItsFirstLine) {
  SipCapture capture;
  const DatagramEnds phones{{0x0a000001}, {0x0a000002}, 40'000, 40'002};
  capture.add(phones, message("BYE sip:102@lab SIP/2.0", "2 BYE"));
  capture.add(phones.turned(), message("SIP/2.0 200 OK", "2 BYE"));
  EXPECT_THAT(capture.names(), ElementsAre("BYE", "200 BYE"));
  capture.add(phones, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_FALSE(capture.last_is_sip);
  EXPECT_EQ(capture.builder.unreadable(), 0u);
}

TEST(SipTable, FindsTheAudioThatIsOffered) {
  SipCapture capture;
  capture.add(to_exchange, message("INVITE sip:102@lab SIP/2.0", "1 INVITE", "Content-Type: application/sdp\r\n",
                                   "v=0\r\no=Z 0 1 IN IP4 172.20.10.1\r\ns=Z\r\nc=IN IP4 172.20.10.1\r\nt=0 0\r\n"
                                   "m=video 9000 RTP/AVP 31\r\nm=audio 0 RTP/AVP 0\r\nm=audio 8000 RTP/AVP 8 101\r\n"
                                   "a=rtpmap:101 telephone-event/8000\r\n"));
  const auto& media = capture.builder.messages().at(0).media;
  ASSERT_TRUE(media);
  EXPECT_EQ(media->address, "172.20.10.1");
  EXPECT_EQ(media->port, 8000);
  EXPECT_THAT(media->codecs, ElementsAre("PCMA/8000", "telephone-event/8000"));
}

TEST(SipTable, MarksWhatIsSentAgain) {
  SipCapture capture;
  const auto invite = message("INVITE sip:102@lab SIP/2.0", "1 INVITE");
  capture.add(to_exchange, invite);
  capture.add(to_exchange, invite);
  capture.add(to_exchange, message("INVITE sip:102@lab SIP/2.0", "2 INVITE"));
  capture.add(to_exchange.turned(), invite);  // another way
  std::vector<bool> repeats;
  for (const auto& one : capture.builder.messages()) repeats.push_back(one.is_repeat);
  EXPECT_THAT(repeats, ElementsAre(false, true, false, false));
}

TEST(SipTable, CountsWhatItCannotReadAndPassesKeepAlivesOver) {
  SipCapture capture;
  capture.add(to_exchange, "\r\n\r\n");
  EXPECT_EQ(capture.builder.unreadable(), 0u);
  capture.add(to_exchange, "INVITE sip:102@lab SIP/2.0\r\nVia: what\r\n\r\n");
  EXPECT_TRUE(capture.last_is_sip);
  EXPECT_EQ(capture.builder.unreadable(), 1u);
  EXPECT_TRUE(capture.builder.messages().empty());
}

TEST(SipTable, TellsMessagesOfAConnectionApartWhateverTheSegments) {
  const auto requests = message("OPTIONS sip:lab SIP/2.0", "1 OPTIONS") + "\r\n\r\n" +
                        message("MESSAGE sip:102@lab SIP/2.0", "2 MESSAGE", {}, "hello");
  const auto responses = message("SIP/2.0 200 OK", "1 OPTIONS") + message("SIP/2.0 202 Later", "2 MESSAGE");
  for (std::size_t bytes = 1; bytes < 90; ++bytes) {
    Segments segments{sip_port};
    SipTableBuilder builder;
    std::uint64_t number = 0;
    const auto say = [&](bool is_from_client, std::string_view text) {
      for (std::size_t at = 0; at < text.size(); at += bytes) {
        builder.add(++number, {}, segments.next(is_from_client, text.substr(at, bytes)));
      }
    };
    builder.add(++number, {}, segments.syn());
    say(true, requests);
    say(false, responses);
    ASSERT_EQ(builder.messages().size(), 4u) << bytes;
    EXPECT_EQ(builder.messages()[1].name(), "MESSAGE");
    EXPECT_TRUE(builder.messages()[1].is_by_tcp);
    EXPECT_EQ(builder.messages()[3].name(), "202 MESSAGE");
    EXPECT_EQ(builder.unreadable(), 0u);
  }
}

TEST(SipTable, GivesUpAConnectionThatIsNoSip) {
  Segments segments{sip_port};
  SipTableBuilder builder;
  builder.add(1, {}, segments.syn());
  builder.add(2, {}, segments.next(true, "no colon here\r\nnor here\r\n\r\n"));
  builder.add(3, {}, segments.next(true, message("OPTIONS sip:lab SIP/2.0", "1 OPTIONS")));
  EXPECT_EQ(builder.unreadable(), 1u);
  EXPECT_TRUE(builder.messages().empty());
}

TEST(SipTable, KeepsNoMoreOfAMessageThanItsLimit) {
  Segments segments{sip_port};
  SipTableBuilder builder;
  builder.add(1, {}, segments.syn());
  const std::string piece(60'000, 'x');
  std::uint64_t number = 1;
  builder.add(++number, {}, segments.next(true, "OPTIONS sip:lab SIP/2.0\r\nSubject: "));
  for (std::size_t sent = 0; sent <= SipTableBuilder::unfinished_bytes_max; sent += piece.size()) {
    builder.add(++number, {}, segments.next(true, piece));
  }
  EXPECT_EQ(builder.unreadable(), 1u);
}

}  // namespace
}  // namespace labnet::scenario
