// Calls over a network that loses, doubles or delays any one of their messages: each call must come to its end on both
// sides, and nothing may be left.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "common/sip/dialog.hpp"
#include "tests/servers/sip/played_network.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using sip::ClientId;
using sip::Hop;
using sip::Message;
using sip::Method;
using sip::ServerId;
using sip::TimePoint;

enum class Trouble { none, loss, copy, delay };
constexpr auto usual_way = 5ms;
constexpr auto delayed_way = 900ms;  // behind the first copy of what is sent again after T1

/// Carries what anybody sends, in the order of its arrival; one message, by its number, meets with trouble.
class Wire {
 public:
  Wire(Trouble trouble, std::size_t unlucky) : trouble_{trouble}, unlucky_{unlucky} {}

  void send(const Hop& from, const Hop& to, Bytes message, TimePoint now) {
    const std::string text{as_text(message)};
    const bool is_unlucky = count_++ == unlucky_;
    if (is_unlucky && trouble_ == Trouble::loss) return;
    const auto way = is_unlucky && trouble_ == Trouble::delay ? sip::Duration{delayed_way} : sip::Duration{usual_way};
    under_way_.insert({now + way, count_, from, to, text});
    if (is_unlucky && trouble_ == Trouble::copy) under_way_.insert({now + way + 1ms, count_, from, to, text});
  }
  struct Letter {
    TimePoint at;
    std::size_t number;
    Hop from, to;
    std::string text;
    bool operator<(const Letter& other) const { return std::tie(at, number) < std::tie(other.at, other.number); }
  };
  TimePoint next() const { return under_way_.empty() ? sip::never : under_way_.begin()->at; }
  Letter take() { return under_way_.extract(under_way_.begin()).value(); }
  std::size_t count() const { return count_; }

 private:
  Trouble trouble_;
  std::size_t unlucky_;
  std::size_t count_ = 0;
  std::multiset<Letter> under_way_;
};

/// What the two phones do.
struct Plot {
  std::string name;
  int callee_status = 200;
  std::optional<sip::Duration> caller_cancels_after{};
  std::optional<sip::Duration> caller_hangs_up_after{};  // after the answer
  std::optional<sip::Duration> callee_hangs_up_after{};
  std::optional<sip::Duration> caller_changes_after{};  // a re-INVITE
};

/// A phone that does as RFC 3261 says: the same transaction layer, and a user of it for one call.
class Phone final : public sip::MessageTransport, public sip::TransactionUser {
 public:
  Phone(Wire& wire, int number, TimePoint& now, const Plot& plot)
      : wire_{wire}, number_{number}, now_{now}, plot_{plot} {}

  bool send(Bytes message, const Hop& to) override {
    wire_.send(phone_hop(number_), to, message, now_);
    return true;
  }
  Hop local(const Hop&) override { return phone_hop(number_); }

  void call(const std::string& callee) {
    const auto text = text_of({.method = "INVITE",
                               .uri = "sip:" + callee + "@labnet",
                               .phone = number_,
                               .from = "<sip:101@labnet>;tag=a",
                               .to = "<sip:" + callee + "@labnet>",
                               .call_id = "lossy",
                               .more = {contact()},
                               .body = description(number_)});
    invite_ = std::make_unique<sip::StoredMessage>(as_bytes(text));
    invite_id_ = layer.send(as_bytes(text), exchange_hop, now_);
    if (plot_.caller_cancels_after) at(*plot_.caller_cancels_after, [this] { layer.cancel(invite_id_, now_); });
  }

  void on_request(const Message& request, const Hop& from, TimePoint) override {
    const auto id = layer.begin(request, from);
    if (request.method() == Method::invite && request.to_tag().empty()) return be_called(request, id);
    const bool is_known = dialog_ && request.to_tag() == dialog_->id().local_tag;
    if (request.method() == Method::bye && is_known) is_over = true;
    respond(id, request, is_known ? 200 : 481, request.method() == Method::invite);
  }
  void on_ack(ServerId, const Message&, const Hop&, TimePoint) override {
    if (!std::exchange(is_acknowledged, true) && wants_to_hang_up_) hang_up();
  }
  void on_cancel(ServerId invite, const Message& cancel, const Hop& from, TimePoint) override {
    layer.answer(cancel, from, {.status = 200, .to_tag = "b"});
    if (dialog_ && is_answered) return;
    layer.respond(invite, {.status = 487, .to_tag = "b"}, now_);
    is_over = true;
  }
  void on_no_ack(ServerId, TimePoint) override { hang_up(); }
  void on_response(ClientId client, const Message& response, const Hop&, TimePoint) override {
    if (client == bye_id_) return;
    if (response.status() < 200) return;
    if (response.status() >= 300) {
      if (client == invite_id_) is_over = true;
      return;
    }
    if (response.method() == Method::invite) answered(client, response);
  }
  void on_no_response(ClientId client, sip::NoResponse, TimePoint) override {
    if (client == invite_id_) is_over = true;
  }
  void on_fault(const sip::Fault& fault, const Message&, const Hop&, TimePoint) override {
    ADD_FAILURE() << sip::describe(fault);
  }

  TimePoint next() const { return std::min(layer.next(), plans_.empty() ? sip::never : plans_.begin()->first); }
  void on_timer() {
    layer.on_timer(now_);
    while (!plans_.empty() && plans_.begin()->first <= now_) plans_.extract(plans_.begin()).mapped()();
  }

  bool is_answered = false;
  bool is_acknowledged = false;
  bool is_over = false;  // for this phone

 private:
  std::string contact() const { return fmt::format("Contact: <sip:{}@127.0.0.{}:5060>", 99 + number_, number_); }
  void at(sip::Duration after, std::function<void()> what) { plans_.emplace(now_ + after, std::move(what)); }

  void be_called(const Message& request, ServerId id) {
    dialog_ = sip::Dialog::of_server(request, "b");
    respond(id, request, 180, false);
    at(300ms, [this, id] {
      if (is_over) return;
      const auto* const invite = layer.request_of(id);
      if (invite == nullptr) return;
      is_answered = plot_.callee_status == 200;
      is_over = !is_answered;
      respond(id, *invite, plot_.callee_status, is_answered);
      if (plot_.callee_hangs_up_after) at(*plot_.callee_hangs_up_after, [this] { hang_up_once_acknowledged(); });
    });
  }
  void respond(ServerId id, const Message& request, int status, bool has_description) {
    Buffer bytes;
    sip::MessageWriter writer{bytes};
    const auto contact_value = contact().substr(9);
    writer.begin_response(request, {.status = status, .to_tag = "b", .contact = contact_value});
    const auto text = description(number_);
    const auto whole = has_description ? writer.finish("application/sdp", as_bytes(text)) : writer.finish();
    layer.respond(id, status, *whole, now_);
  }
  void answered(ClientId client, const Message& response) {
    const bool is_first = client == invite_id_;
    if (is_first && !dialog_) dialog_ = sip::Dialog::of_client(**invite_, response);
    Buffer bytes;
    sip::MessageWriter writer{bytes};
    dialog_->begin_ack(writer, response.cseq().number, via());
    layer.acknowledge(client, *writer.finish(), exchange_hop);
    if (!is_first || std::exchange(is_answered, true)) return;
    if (plot_.caller_cancels_after) return hang_up();  // it has crossed the CANCEL
    if (plot_.caller_changes_after) at(*plot_.caller_changes_after, [this] { change(); });
    if (plot_.caller_hangs_up_after) at(*plot_.caller_hangs_up_after, [this] { hang_up(); });
  }
  void change() {
    if (is_over) return;
    Buffer bytes;
    sip::MessageWriter writer{bytes};
    const auto contact_value = contact().substr(9);
    dialog_->begin_request(writer, Method::invite, via(), contact_value);
    const auto text = description(number_, "sendonly", "8 0", 2);
    layer.send(*writer.finish("application/sdp", as_bytes(text)), exchange_hop, now_);
  }
  /// Section 15: not before the ACK, without which the other end may not know of the dialog.
  void hang_up_once_acknowledged() {
    wants_to_hang_up_ = true;
    if (is_acknowledged) hang_up();
  }
  void hang_up() {
    if (std::exchange(is_over, true)) return;
    Buffer bytes;
    sip::MessageWriter writer{bytes};
    dialog_->begin_request(writer, Method::bye, via());
    bye_id_ = layer.send(*writer.finish(), exchange_hop, now_);
  }
  std::string via() {
    return sip::via_text(sip::Transport::udp, fmt::format("127.0.0.{}:5060", number_),
                         fmt::format("z9hG4bKp{}n{}", number_, ++branches_));
  }

  Wire& wire_;
  int number_;
  TimePoint& now_;
  const Plot& plot_;
  std::optional<sip::Dialog> dialog_;
  std::unique_ptr<sip::StoredMessage> invite_;
  ClientId invite_id_ = ClientId::none, bye_id_ = ClientId::none;
  std::multimap<TimePoint, std::function<void()>> plans_;
  int branches_ = 0;
  bool wants_to_hang_up_ = false;

 public:
  sip::TransactionLayer layer{*this, *this};
};

struct Ending {
  bool both_over = false;
  std::size_t messages = 0;
  std::string left{};  // what is left in the end; empty: nothing
};

Ending play(const Plot& plot, Trouble trouble, std::size_t unlucky) {
  ExchangeConfig config;
  config.users = {{"101", "secret"}, {"102", "geheim"}};
  config.qualify_interval = 0s;
  config.calls.ring_timeout = 60s;
  PlayedNetwork network{config};
  register_phone(network, "101", "secret", 2);
  register_phone(network, "102", "geheim", 3);
  network.take_sent();

  Wire wire{trouble, unlucky};
  Phone caller{wire, 2, network.now, plot}, callee{wire, 3, network.now, plot};
  caller.call("102");
  const auto end = network.now + 200s;
  for (;;) {
    for (const auto& sent : network.take_sent()) {
      wire.send(exchange_hop, sent.to, as_bytes(sent.text), network.now);
    }
    const auto next = std::min({wire.next(), network.exchange.next(), caller.next(), callee.next()});
    if (next > end) break;
    network.now = std::max(network.now, next);
    if (wire.next() <= network.now) {
      const auto letter = wire.take();
      const auto bytes = as_bytes(letter.text);
      if (letter.to == exchange_hop) {
        network.exchange.receive(bytes, letter.from, network.now);
      } else {
        (letter.to == phone_hop(2) ? caller : callee).layer.receive(bytes, letter.from, network.now);
      }
    }
    network.exchange.on_timer(network.now);
    caller.on_timer();
    callee.on_timer();
  }
  Ending ending{.both_over = caller.is_over && callee.is_over, .messages = wire.count()};
  if (network.exchange.calls() > 0) ending.left += "a call at the exchange; ";
  if (network.exchange.transactions() > 0) ending.left += "transactions of the exchange; ";
  if (network.media.open_bridges > 0) ending.left += "ports; ";
  if (network.records.size() != 1) ending.left += fmt::format("{} records; ", network.records.size());
  for (const auto* const phone : {&caller, &callee}) {
    if (phone->layer.client_transactions() + phone->layer.server_transactions() > 0) ending.left += "a phone's; ";
  }
  return ending;
}

class SipLossyCall : public testing::TestWithParam<Plot> {};

TEST_P(SipLossyCall, EndsOnBothSidesWhateverHappensToAnyOneOfItsMessages) {
  const auto& plot = GetParam();
  const auto usual = play(plot, Trouble::none, 0);
  EXPECT_TRUE(usual.both_over);
  EXPECT_EQ(usual.left, "");
  for (const auto trouble : {Trouble::loss, Trouble::copy, Trouble::delay}) {
    for (std::size_t i = 0; i < usual.messages; ++i) {
      const auto ending = play(plot, trouble, i);
      EXPECT_TRUE(ending.both_over) << "trouble " << static_cast<int>(trouble) << " with message " << i;
      EXPECT_EQ(ending.left, "") << "trouble " << static_cast<int>(trouble) << " with message " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Plots, SipLossyCall,
    testing::Values(Plot{.name = "CallerHangsUp", .caller_hangs_up_after = 2s},
                    Plot{.name = "CalleeHangsUp", .callee_hangs_up_after = 2s},
                    Plot{.name = "BothHangUp", .caller_hangs_up_after = 2s, .callee_hangs_up_after = 2s},
                    Plot{.name = "CalleeHangsUpAtOnce", .callee_hangs_up_after = 0ms},
                    Plot{.name = "CallerHangsUpAtOnce", .caller_hangs_up_after = 0ms},
                    Plot{.name = "Busy", .callee_status = 486}, Plot{.name = "Decline", .callee_status = 603},
                    Plot{.name = "CancelledAtOnce", .caller_cancels_after = 0ms},
                    Plot{.name = "CancelledWhileRinging", .caller_cancels_after = 150ms},
                    Plot{.name = "CancelledAsItIsAnswered", .caller_cancels_after = 312ms},
                    Plot{.name = "Held", .caller_hangs_up_after = 4s, .caller_changes_after = 1s},
                    Plot{.name = "HeldAsItEnds", .callee_hangs_up_after = 1s, .caller_changes_after = 990ms}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace labnet::sip_server
