// The transaction layer between a played transport and a played user.
#include "common/sip/transaction_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace labnet::sip {
namespace {

using namespace std::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Hop peer{.transport = Transport::udp, .address = Ipv4Address{0x7f000002}, .port = 5060};
const Hop peer_by_tcp{.transport = Transport::tcp, .address = Ipv4Address{0x7f000002}, .port = 5060, .connection = 1};

/// Writes down what is sent, and what the user is told: "INVITE", "200 INVITE", "ack 1".
struct Played : MessageTransport, TransactionUser {
  bool send(Bytes message, const Hop& to) override {
    if (is_broken) return false;
    const auto text = as_text(message);
    sent.emplace_back(text.substr(0, text.find("\r\n")));
    last_sent = text;
    last_hop = to;
    return true;
  }
  Hop local(const Hop& to) override { return to; }

  void on_request(const Message& request, const Hop& from, TimePoint) override {
    heard.emplace_back(request.method_text());
    if (layer != nullptr) server = layer->begin(request, from);
  }
  void on_ack(ServerId invite, const Message&, const Hop&, TimePoint) override {
    heard.push_back("ack " + std::to_string(static_cast<int>(invite)));
  }
  void on_cancel(ServerId invite, const Message&, const Hop&, TimePoint) override {
    heard.push_back("cancel " + std::to_string(static_cast<int>(invite)));
  }
  void on_no_ack(ServerId invite, TimePoint) override {
    heard.push_back("no ack " + std::to_string(static_cast<int>(invite)));
  }
  void on_response(ClientId, const Message& response, const Hop&, TimePoint) override {
    heard.push_back(std::to_string(response.status()));
  }
  void on_no_response(ClientId, NoResponse reason, TimePoint) override {
    heard.emplace_back(reason == NoResponse::timed_out         ? "timed out"
                       : reason == NoResponse::not_transported ? "not transported"
                                                               : "cancelled in vain");
  }
  void on_fault(const Fault& fault, const Message&, const Hop&, TimePoint) override {
    heard.push_back("fault: " + describe(fault));
  }

  std::vector<std::string> take(std::vector<std::string>& from) { return std::exchange(from, {}); }

  TransactionLayer* layer = nullptr;
  bool is_broken = false;
  std::vector<std::string> sent, heard;
  std::string last_sent;
  Hop last_hop;
  ServerId server = ServerId::none;
};

struct RequestText {
  std::string method = "INVITE";
  std::string branch = "z9hG4bKa";
  std::string to_tag{};
  std::string cseq_method{};  // as `method` if empty
  int cseq = 1;
  std::string uri = "sip:102@lab";
  std::string more{};
};
std::string text_of(const RequestText& request) {
  const auto cseq_method = request.cseq_method.empty() ? request.method : request.cseq_method;
  return request.method + " " + request.uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=" + request.branch +
         ";rport\r\nFrom: <sip:101@lab>;tag=f\r\nTo: <sip:102@lab>" +
         (request.to_tag.empty() ? "" : ";tag=" + request.to_tag) +
         "\r\nCall-ID: c\r\nCSeq: " + std::to_string(request.cseq) + " " + cseq_method + "\r\n" + request.more +
         "Content-Length: 0\r\n\r\n";
}
std::string response_text(int status, const std::string& method = "INVITE", const std::string& branch = "z9hG4bKa",
                          const std::string& to_tag = "t") {
  return "SIP/2.0 " + std::to_string(status) + " X\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=" + branch +
         "\r\nFrom: <sip:101@lab>;tag=f\r\nTo: <sip:102@lab>;tag=" + to_tag + "\r\nCall-ID: c\r\nCSeq: 1 " + method +
         "\r\nContent-Length: 0\r\n\r\n";
}

class SipTransactionLayer : public testing::Test {
 protected:
  SipTransactionLayer() { played.layer = &layer; }

  void arrive(const std::string& text, const Hop& from = peer) { layer.receive(as_bytes(text), from, now); }
  ClientId send(const RequestText& request, const Hop& to = peer) {
    const auto text = text_of(request);
    return layer.send(as_bytes(text), to, now);
  }
  void pass(Duration time) {
    const auto until = now + time;
    while (layer.next() <= until) {
      now = std::max(now, layer.next());
      layer.on_timer(now);
    }
    now = until;
  }
  auto sent() { return played.take(played.sent); }
  auto heard() { return played.take(played.heard); }

  Played played;
  TransactionLayer layer{played, played};
  TimePoint now{};
};

TEST_F(SipTransactionLayer, AbsorbsCopiesOfARequestAndAnswersThemByCopies) {
  arrive(text_of({}));
  EXPECT_THAT(heard(), ElementsAre("INVITE"));
  arrive(text_of({}));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_TRUE(layer.respond(played.server, {.status = 180, .to_tag = "t"}, now));
  arrive(text_of({}));
  EXPECT_THAT(sent(), ElementsAre("SIP/2.0 180 Ringing", "SIP/2.0 180 Ringing"));
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(SipTransactionLayer, KeepsARequestUntilItsFinalResponse) {
  arrive(text_of({}));
  ASSERT_TRUE(layer.respond(played.server, {.status = 180, .to_tag = "t"}, now));
  ASSERT_NE(layer.request_of(played.server), nullptr);
  EXPECT_EQ(layer.request_of(played.server)->method(), Method::invite);
  ASSERT_TRUE(layer.respond(played.server, {.status = 200, .to_tag = "t"}, now));
  EXPECT_EQ(layer.request_of(played.server), nullptr);
  EXPECT_FALSE(layer.respond(played.server, {.status = 486, .to_tag = "t"}, now));
  EXPECT_EQ(layer.server_transactions(), 1u) << "copies are still absorbed";
}

TEST_F(SipTransactionLayer, KeepsWhatItHasSentUntilItsTransactionEnds) {
  const auto id = send({});
  EXPECT_EQ(as_text(layer.request_of(id)), text_of({}));
  pass(33s);
  EXPECT_TRUE(layer.request_of(id).empty());
}

TEST_F(SipTransactionLayer, ARequestWithAnotherBranchOrSentByIsAnother) {
  arrive(text_of({}));
  arrive(text_of({.branch = "z9hG4bKb"}));
  auto elsewhere = text_of({});
  elsewhere.replace(elsewhere.find("127.0.0.2:5060"), 14, "127.0.0.2:5061");
  arrive(elsewhere);
  EXPECT_THAT(heard(), ElementsAre("INVITE", "INVITE", "INVITE"));
}

TEST_F(SipTransactionLayer, TakesAnAckOfARefusalWithoutTellingAnybody) {
  arrive(text_of({}));
  layer.respond(played.server, {.status = 486, .to_tag = "t"}, now);
  arrive(text_of({.method = "ACK", .to_tag = "t"}));
  sent();
  pass(4s);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(layer.server_transactions(), 1u);
  pass(1s);
  EXPECT_EQ(layer.server_transactions(), 0u);
  EXPECT_THAT(heard(), ElementsAre("INVITE"));
}

TEST_F(SipTransactionLayer, TellsOfTheAckOfA2xxOnceAndSendsTheResponseNoMore) {
  arrive(text_of({}));
  layer.respond(played.server, {.status = 200, .to_tag = "t"}, now);
  pass(600ms);
  EXPECT_THAT(sent(), ElementsAre("SIP/2.0 200 OK", "SIP/2.0 200 OK"));
  const auto ack = text_of({.method = "ACK", .branch = "z9hG4bKother", .to_tag = "t", .uri = "sip:exchange"});
  arrive(ack);
  arrive(ack);
  pass(30s);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(heard(), ElementsAre("INVITE", "ack 1"));
  pass(32s);
  EXPECT_EQ(layer.server_transactions(), 0u);
  arrive(ack);
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(SipTransactionLayer, SaysThatNoAckHasCome) {
  arrive(text_of({}));
  layer.respond(played.server, {.status = 200, .to_tag = "t"}, now);
  pass(32s);
  EXPECT_THAT(heard(), ElementsAre("INVITE", "no ack 1"));
  EXPECT_EQ(layer.server_transactions(), 0u);
}

TEST_F(SipTransactionLayer, FindsTheTransactionsOfOldClientsWithoutABranch) {
  for (const auto* const branch : {"z9hG4bK", "1"}) {
    heard();
    arrive(text_of({.branch = branch}));
    EXPECT_THAT(heard(), ElementsAre("INVITE"));
    arrive(text_of({.branch = branch}));
    EXPECT_THAT(heard(), IsEmpty());
    layer.respond(played.server, {.status = 404, .to_tag = "t"}, now);
    arrive(text_of({.method = "ACK", .branch = branch, .to_tag = "t"}));
    sent();
    pass(10s);
    EXPECT_THAT(sent(), IsEmpty());
  }
}

TEST_F(SipTransactionLayer, ACancelFindsItsInviteAndElseIs481) {
  arrive(text_of({.method = "CANCEL"}));
  EXPECT_THAT(sent(), ElementsAre("SIP/2.0 481 Call/Transaction Does Not Exist"));
  arrive(text_of({}));
  arrive(text_of({.method = "CANCEL"}));
  EXPECT_THAT(heard(), ElementsAre("INVITE", "cancel 1"));
  arrive(text_of({.method = "CANCEL", .branch = "z9hG4bKb"}));
  EXPECT_THAT(sent(), ElementsAre("SIP/2.0 481 Call/Transaction Does Not Exist"));
}

TEST_F(SipTransactionLayer, AnswersWhatItCannotReadAndTellsWhy) {
  arrive(text_of({.cseq_method = "OPTIONS"}));
  EXPECT_THAT(heard(), ElementsAre(HasSubstr("fault: ")));
  EXPECT_THAT(sent(), ElementsAre(HasSubstr("SIP/2.0 400 ")));
  arrive("SIP/2.0 99999 X\r\n\r\n");
  arrive("\x16\x03\x01 no message");
  arrive(text_of({.method = "ACK", .cseq_method = "INVITE"}));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(SipTransactionLayer, SendsARequestAgainUntilAnAnswerComesAndPassesThatOnce) {
  const auto id = send({.method = "OPTIONS"});
  EXPECT_NE(id, ClientId::none);
  pass(1600ms);
  EXPECT_THAT(sent(),
              ElementsAre("OPTIONS sip:102@lab SIP/2.0", "OPTIONS sip:102@lab SIP/2.0", "OPTIONS sip:102@lab SIP/2.0"));
  arrive(response_text(200, "OPTIONS"));
  arrive(response_text(200, "OPTIONS"));
  EXPECT_THAT(heard(), ElementsAre("200"));
  pass(5s);
  EXPECT_EQ(layer.client_transactions(), 0u);
}

TEST_F(SipTransactionLayer, SaysThatNobodyAnswers) {
  send({.method = "OPTIONS"});
  pass(32s);
  EXPECT_THAT(heard(), ElementsAre("timed out"));
  EXPECT_EQ(layer.client_transactions(), 0u);
}

TEST_F(SipTransactionLayer, WhatCannotBeSentIsNoTransaction) {
  played.is_broken = true;
  EXPECT_EQ(send({}), ClientId::none);
  played.is_broken = false;
  EXPECT_NE(send({.branch = "z9hG4bKb"}), ClientId::none);
  played.is_broken = true;
  pass(500ms);
  EXPECT_THAT(heard(), ElementsAre("not transported"));
}

TEST_F(SipTransactionLayer, ABrokenConnectionEndsWhatWaitsForAnAnswerFromThere) {
  send({}, peer_by_tcp);
  send({.branch = "z9hG4bKb"}, peer);
  layer.on_transport_fault(peer_by_tcp, now);
  EXPECT_THAT(heard(), ElementsAre("not transported"));
  EXPECT_EQ(layer.client_transactions(), 1u);
}

TEST_F(SipTransactionLayer, AcknowledgesARefusalItselfAndEachCopy) {
  send({});
  arrive(response_text(486));
  EXPECT_THAT(played.last_sent,
              HasSubstr("ACK sip:102@lab SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bKa"));
  EXPECT_THAT(played.last_sent, HasSubstr("To: <sip:102@lab>;tag=t\r\n"));
  arrive(response_text(486));
  EXPECT_THAT(sent(), ElementsAre("INVITE sip:102@lab SIP/2.0", "ACK sip:102@lab SIP/2.0", "ACK sip:102@lab SIP/2.0"));
  EXPECT_THAT(heard(), ElementsAre("486"));
}

TEST_F(SipTransactionLayer, SendsTheUsersAckAgainForEachCopyOfThe2xx) {
  const auto id = send({});
  arrive(response_text(200));
  arrive(response_text(200));  // the user has not acknowledged yet
  EXPECT_THAT(heard(), ElementsAre("200", "200"));
  const auto ack = text_of({.method = "ACK", .branch = "z9hG4bKown", .to_tag = "t", .uri = "sip:102@127.0.0.2"});
  layer.acknowledge(id, as_bytes(ack), peer);
  arrive(response_text(200));
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_THAT(sent(), ElementsAre("INVITE sip:102@lab SIP/2.0", "ACK sip:102@127.0.0.2 SIP/2.0",
                                  "ACK sip:102@127.0.0.2 SIP/2.0"));
  arrive(response_text(200, "INVITE", "z9hG4bKa", "another"));  // a second phone further on has answered, too
  EXPECT_THAT(heard(), ElementsAre("200"));
  pass(32s);
  EXPECT_EQ(layer.client_transactions(), 0u);
}

TEST_F(SipTransactionLayer, CancelsOnceAProvisionalResponseHasCome) {
  const auto id = send({});
  layer.cancel(id, now);
  sent();
  arrive(response_text(180));
  EXPECT_THAT(sent(), ElementsAre("CANCEL sip:102@lab SIP/2.0"));
  EXPECT_THAT(played.last_sent, HasSubstr(";branch=z9hG4bKa"));
  EXPECT_THAT(played.last_sent, HasSubstr("CSeq: 1 CANCEL\r\n"));
  layer.cancel(id, now);
  arrive(response_text(183));
  EXPECT_THAT(sent(), IsEmpty());
  arrive(response_text(200, "CANCEL"));
  arrive(response_text(487));
  EXPECT_THAT(sent(), ElementsAre("ACK sip:102@lab SIP/2.0"));
  EXPECT_THAT(heard(), ElementsAre("180", "183", "487"));
}

TEST_F(SipTransactionLayer, GivesUpAnInviteWhoseCancelIsOfNoUse) {
  const auto id = send({});
  arrive(response_text(180));
  layer.cancel(id, now);
  arrive(response_text(200, "CANCEL"));
  pass(32s);
  EXPECT_THAT(heard(), ElementsAre("180", "cancelled in vain"));
  EXPECT_EQ(layer.client_transactions(), 0u);
}

TEST_F(SipTransactionLayer, AResponseThatBelongsToNothingIsDropped) {
  arrive(response_text(200));
  send({});
  arrive(response_text(200, "INVITE", "z9hG4bKother"));
  arrive(response_text(200, "OPTIONS"));
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(SipTransactionLayer, ForgetsWhatTheUserHasNoInterestIn) {
  layer.forget(send({}));
  arrive(response_text(200));
  pass(32s);
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(layer.client_transactions(), 0u);
}

TEST_F(SipTransactionLayer, HasLimits) {
  TransactionLayer small{played, played, {}, {.server_transactions_max = 1, .client_transactions_max = 1}};
  played.layer = &small;
  const auto take = [&](const std::string& text) { small.receive(as_bytes(text), peer, now); };
  take(text_of({}));
  EXPECT_NE(played.server, ServerId::none);
  take(text_of({.branch = "z9hG4bKb"}));
  EXPECT_EQ(played.server, ServerId::none);
  const auto one = text_of({.branch = "z9hG4bKc"}), two = text_of({.branch = "z9hG4bKd"});
  EXPECT_NE(small.send(as_bytes(one), peer, now), ClientId::none);
  EXPECT_EQ(small.send(as_bytes(two), peer, now), ClientId::none);
}

TEST_F(SipTransactionLayer, AnswersToWhereTheRequestCameFromOrWhatItsViaSays) {
  const Hop behind_a_router{.transport = Transport::udp, .address = Ipv4Address{0x7f000009}, .port = 40000};
  arrive(text_of({}), behind_a_router);
  layer.respond(played.server, {.status = 200}, now);
  EXPECT_EQ(played.last_hop, behind_a_router);
  EXPECT_THAT(played.last_sent, HasSubstr(";rport=40000;received=127.0.0.9\r\n"));
  arrive(text_of({.method = "CANCEL", .branch = "z9hG4bKx"}), behind_a_router);
  EXPECT_THAT(played.last_sent, HasSubstr(";rport=40000;received=127.0.0.9\r\n"));

  auto without_rport = text_of({.branch = "z9hG4bKb"});
  without_rport.erase(without_rport.find(";rport"), 6);
  arrive(without_rport, behind_a_router);
  layer.respond(played.server, {.status = 200}, now);
  EXPECT_EQ(played.last_hop.port, 5060);
  EXPECT_EQ(played.last_hop.address, behind_a_router.address);

  arrive(text_of({.branch = "z9hG4bKc"}), peer_by_tcp);
  layer.respond(played.server, {.status = 200}, now);
  EXPECT_EQ(played.last_hop, peer_by_tcp);
}

TEST_F(SipTransactionLayer, EverythingEndsInTime) {
  for (int i = 0; i < 50; ++i) {
    const auto branch = "z9hG4bK" + std::to_string(i);
    send({.method = i % 2 == 0 ? "INVITE" : "OPTIONS", .branch = branch});
    arrive(text_of({.branch = branch + "s", .cseq = i + 1}));
    layer.respond(played.server, {.status = i % 3 == 0 ? 200 : 404, .to_tag = "t"}, now);
    if (i % 5 == 0) arrive(response_text(200, i % 2 == 0 ? "INVITE" : "OPTIONS", branch));
    pass(100ms);
  }
  pass(70s);
  EXPECT_EQ(layer.client_transactions(), 0u);
  EXPECT_EQ(layer.server_transactions(), 0u);
  EXPECT_EQ(layer.next(), never);
}

}  // namespace
}  // namespace labnet::sip
