// Within a call: one side's request goes to the other side, and the answer comes back.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "servers/sip/call.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

using sip::HeaderName;
using sip::Method;

/// What goes through, with the media's addresses changed if it has some.
bool is_passed_on(Method method) {
  return method == Method::invite || method == Method::update || method == Method::info || method == Method::message;
}

constexpr std::uint64_t retry_after_max_s = 10;  // RFC 3261, section 14.2

}  // namespace

/// By 200, which is kept for copies of the request.
void Call::accept(const sip::Message& request, const sip::Hop& from, const Leg& leg, std::string_view description,
                  sip::TimePoint now) {
  const auto id = tools_.transactions.begin(request, from);
  if (id == sip::ServerId::none) return refuse(request, from, 503);
  respond(id, {.status = 200, .contact = leg.contact}, {.body = description}, now);
}

/// Without a transaction: a copy of the request gets the same again, and nothing is kept of what a stranger sends.
void Call::refuse(const sip::Message& request, const sip::Hop& from, int status, HeaderName header,
                  std::string_view value) {
  Buffer response;
  sip::MessageWriter writer{response};
  sip::begin_response(writer, request, from, {.status = status});
  if (!tools_.rules.software.empty()) writer.header(HeaderName::server, tools_.rules.software);
  if (header != HeaderName::other && !value.empty()) writer.header(header, value);
  if (const auto bytes = writer.finish()) tools_.transport.send(*bytes, sip::response_hop(request, from));
}

void Call::on_request(std::string_view local_tag, const sip::Message& request, const sip::Hop& from,
                      sip::TimePoint now) {
  const auto side = local_tag == caller_tag_ ? Side::caller : Side::callee;
  auto* const leg = leg_of(side);
  const bool is_of_the_call = leg != nullptr && leg->dialog.id().local_tag == local_tag &&
                              leg->dialog.id().call_id == request.call_id() &&
                              leg->dialog.id().remote_tag == request.from_tag();
  if (!is_of_the_call || phase_ == Phase::over) return refuse(request, from, 481);
  if (!leg->dialog.accept(request)) return refuse(request, from, 500);
  move(*leg, sip::response_hop(request, from));
  if (leg->dialog.refresh_target(request)) is_to_be_kept_ = phase_ != Phase::ringing;
  if (request.method() == Method::bye) return on_bye(side, request, from, now);
  const bool says_nothing = request.method() == Method::update && request.body().empty();
  if (request.method() == Method::options || says_nothing) return accept(request, from, *leg, {}, now);
  if (!is_passed_on(request.method())) return refuse(request, from, 405, HeaderName::allow, exchange_allow());
  if (phase_ == Phase::ringing) return refuse(request, from, 481);
  if (leg_of(other(side)) == nullptr) return answer_alone(request, from, now);
  pass_on(side, request, from, now);
}

void Call::on_bye(Side from, const sip::Message& request, const sip::Hop& hop, sip::TimePoint now) {
  accept(request, hop, *leg_of(from), {}, now);
  if (phase_ == Phase::ringing) {  // a caller may end an early dialog so (section 15)
    cancel_others(nullptr, now);
    respond_caller(487, {}, now);
    record_.status = 487;
  } else {
    bye(other(from), now);
  }
  end(from == Side::caller ? Ender::caller : Ender::callee, fmt::format("{} has hung up", name_of_side(from)), now);
}

template <class Id>
Call::Passage* Call::passage_of(Id id) {
  const auto found = std::ranges::find_if(passages_, [&](const Passage& passage) {
    if constexpr (std::is_same_v<Id, sip::ServerId>) return passage.server == id;
    if constexpr (std::is_same_v<Id, sip::ClientId>) return passage.client == id;
  });
  return found == passages_.end() ? nullptr : &*found;
}
template Call::Passage* Call::passage_of(sip::ServerId id);
template Call::Passage* Call::passage_of(sip::ClientId id);

void Call::pass_on(Side from, const sip::Message& request, const sip::Hop& hop, sip::TimePoint now) {
  auto& leg = *leg_of(other(from));
  Passage passage{.from = from, .method = request.method(), .has_offer = !description_of(request).empty()};
  const auto other_one = std::ranges::find_if(passages_, &Passage::is_about_media);
  if (passage.is_about_media() && other_one != passages_.end()) {
    // Both at once is 491; a second one before the answer to the first is 500 (sections 14.2 and 14.1).
    if (other_one->from != from) return refuse(request, hop, 491);
    const auto pause_s = fmt::format("{}", tools_.tokens.number() % retry_after_max_s);
    return refuse(request, hop, 500, HeaderName::retry_after, pause_s);
  }
  if (passages_.size() >= requests_under_way_max || !find_way(leg)) return refuse(request, hop, 503);
  std::string body{as_text(request.body())};
  if (passage.has_offer) {
    auto offer = negotiation_->pass_offer(from, body);
    if (!offer) return refuse(request, hop, offer.error().status, HeaderName::warning, offer.error().warning);
    body = *std::move(offer);
  }
  passage.server = tools_.transactions.begin(request, hop);
  if (passage.server == sip::ServerId::none) return refuse(request, hop, 503);
  if (passage.method == Method::invite) tools_.transactions.respond(passage.server, {.status = 100}, now);

  Buffer onward;
  sip::MessageWriter writer{onward};
  leg.dialog.begin_request(writer, request.method(), via(leg.hop), leg.contact);
  passage.cseq = leg.dialog.local_cseq();
  if (!tools_.rules.software.empty()) writer.header(HeaderName::user_agent, tools_.rules.software);
  const auto type = request.headers().first(HeaderName::content_type).value_or(std::string_view{});
  const auto bytes = body.empty() ? writer.finish() : writer.finish(type, as_bytes(std::string_view{body}));
  if (bytes) passage.client = tools_.transactions.send(*bytes, leg.hop, now);
  tools_.index.add(passage.server, *this);
  tools_.index.add(passage.client, *this);
  auto& kept = passages_.emplace_back(passage);
  if (passage.client != sip::ClientId::none) return;
  tools_.transactions.respond(passage.server, {.status = 503}, now);
  end_passage(kept);
}

void Call::on_passage_response(Passage& passage, const sip::Message& response, sip::TimePoint now) {
  if (response.status() < 200) return;
  if (passage.awaits_ack) return;  // a copy; its ACK waits for this side's
  if (response.status() >= 300) {
    tools_.transactions.respond(passage.server, {.status = response.status(), .reason = response.reason()}, now);
    const bool is_gone = response.status() == 481 || response.status() == 408;
    const auto side = other(passage.from);
    end_passage(passage);
    if (is_gone) hang_up(fmt::format("{} does not know the call any more", name_of_side(side)), now);
    return;
  }
  if (leg_of(other(passage.from))->dialog.refresh_target(response)) is_to_be_kept_ = true;
  pass_back(passage, response, now);
}

void Call::pass_back(Passage& passage, const sip::Message& response, sip::TimePoint now) {
  auto& onward = *leg_of(other(passage.from));
  auto& back = *leg_of(passage.from);
  std::string body{as_text(response.body())};
  std::string type{response.headers().first(HeaderName::content_type).value_or(std::string_view{})};
  if (passage.is_about_media() && !description_of(response).empty()) {
    auto passed = passage.has_offer ? negotiation_->pass_answer(other(passage.from), body)
                                    : negotiation_->pass_offer(other(passage.from), body);
    if (!passed) return hang_up(fmt::format("media that do not fit: {}", passed.error().reason), now);
    body = *std::move(passed);
  }
  const bool has_gone = respond(passage.server, {.status = response.status(), .contact = back.contact},
                                {.body = body, .type = type}, now);
  if (!has_gone || passage.method != Method::invite) return end_passage(passage);

  passage.awaits_ack = true;
  // Without an offer from this side, the other side's ACK waits for the answer in this side's.
  if (passage.has_offer) acknowledge(onward, passage.client, passage.cseq, {});
}

void Call::on_ack(sip::ServerId invite, const sip::Message& ack, sip::TimePoint now) {
  if (invite == caller_invite_ && std::exchange(owes_caller_bye_, false)) return bye(caller_, now);
  if (phase_ == Phase::over) return;  // it has crossed a BYE
  if (auto* const passage = passage_of(invite)) {
    const auto copy = *passage;
    if (!copy.has_offer) pass_ack(ack, copy.from, copy.client, copy.cseq, now);
    if (auto* const left = passage_of(invite)) end_passage(*left);
    return;
  }
  if (invite != caller_invite_ || phase_ != Phase::answered) return;
  phase_ = Phase::talking;
  is_shown_ = true;
  if (winner_ == nullptr) return play_announcement();
  if (caller_offers_) return;
  pass_ack(ack, Side::caller, winner_->client, invite_cseq, now);
  if (negotiation_) negotiation_->close_offer();
}

/// The answer to the other side's offer has come with the ACK, and goes on in the one that the other side waits for.
void Call::pass_ack(const sip::Message& ack, Side from, sip::ClientId client, std::uint32_t cseq, sip::TimePoint now) {
  auto& leg = *leg_of(other(from));
  const auto answer = negotiation_->pass_answer(from, description_of(ack));
  acknowledge(leg, client, cseq, answer ? std::string_view{*answer} : std::string_view{});
  if (answer) return;
  hang_up(fmt::format("{} has sent no answer to the offer: {}", name_of_side(from), answer.error().reason), now);
}

void Call::end_passage(Passage& passage) {
  tools_.index.remove(passage.server);
  tools_.index.remove(passage.client);
  if (passage.is_about_media() && negotiation_) negotiation_->close_offer();
  passages_.remove_if([&](const Passage& one) { return &one == &passage; });
}

void Call::end_all_passages(sip::TimePoint now) {
  while (!passages_.empty()) {
    auto& passage = passages_.front();
    if (!passage.awaits_ack) {
      tools_.transactions.respond(passage.server, {.status = 487}, now);
      if (passage.method == Method::invite) tools_.transactions.cancel(passage.client, now);
    }
    end_passage(passage);
  }
}

}  // namespace labnet::sip_server
