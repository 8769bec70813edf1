// The beginning of a call: the callee's phones ring, one answers, or none does.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "common/sip/status.hpp"
#include "servers/sip/call.hpp"

namespace labnet::sip_server {
namespace {

using sip::HeaderName;

/// What a caller is told of a callee's refusal: some of them are about the exchange's own request, not about the call.
int status_for_caller(int status) {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 480;  // the phone does not want to be called by the exchange
    case 481:
    case 482:
    case 483:
    case 503:
      return 500;
    default:
      return status < 400 ? 480 : status;  // 3xx: the exchange sends nobody elsewhere
  }
}

/// Which of two refusals is told (RFC 3261, section 16.7, step 6): 6xx, then what a person has decided, then the rest.
int rank_of(int status) {
  if (status >= 600) return 0;
  if (status == 486 || status == 480 || status == 603) return 1;
  if (status < 500 && status != 408) return 2;
  return 3;
}

}  // namespace

/// False, and the call is over: that cannot be.
bool Call::open_media(const std::vector<CallTarget>& targets, sip::TimePoint now) {
  const auto caller = tools_.transport.local(caller_.hop).address;
  std::optional<IpAddress> callee;
  if (!targets.empty()) callee = tools_.transport.local(targets.front().hop).address;
  if (is_link_local(caller) || (callee && is_link_local(*callee))) {
    const auto& which = is_link_local(caller) ? caller : *callee;
    refuse_media(link_local_refusal(to_string(which), tools_.rules.domain), now);
    return false;
  }
  media_ = tools_.media.open(caller, callee);
  if (!media_) {
    refuse(503, "no media port is free", now);
    return false;
  }
  constexpr std::uint64_t sdp_number_max = std::numeric_limits<std::int64_t>::max() / 2;
  negotiation_.emplace(*media_, tools_.rules.domain, tools_.tokens.number() % sdp_number_max);
  return true;
}

void Call::ring(const std::vector<CallTarget>& targets, sip::TimePoint now) {
  const auto* const invite = tools_.transactions.request_of(caller_invite_);
  if (invite == nullptr) return end(Ender::exchange, "its transaction has ended", now);
  const auto text = description_of(*invite);
  caller_offers_ = !text.empty();
  std::optional<sdp::Description> received;
  if (caller_offers_) {
    auto read = Negotiation::read_offer(text, tools_.rules.domain);
    if (!read) return refuse_media(read.error(), now);
    received = *std::move(read);
  }
  if (!open_media(targets, now)) return;
  const auto offer = received ? negotiation_->pass_offer(Side::caller, *std::move(received)) : std::string{};
  next_ = now + tools_.rules.ring_timeout;
  forks_.reserve(targets.size());  // they stay where they are: winner_ points to one
  for (const auto& target : targets) {
    auto& fork = forks_.emplace_back();
    fork.target = target;
    fork.local_tag = tools_.tokens.tag();
    fork.contact = own_contact(target.hop);
    send_invite(fork, offer, now);
  }
  const bool is_any_on_its_way = std::ranges::any_of(forks_, [](const Fork& fork) { return fork.status < 300; });
  if (!is_any_on_its_way) on_last_failure(now);
}

void Call::send_invite(Fork& fork, std::string_view offer, sip::TimePoint now) {
  Buffer invite;
  sip::MessageWriter writer{invite};
  writer.begin_request({.method = name_of(sip::Method::invite),
                        .uri = fork.target.uri,
                        .via = via(fork.target.hop),
                        .max_forwards = max_forwards_ - 1,
                        .contact = fork.contact,
                        .to = callee_to_,
                        .from = fmt::format("{};tag={}", callee_from_, fork.local_tag),
                        .call_id = tools_.tokens.call_id(),
                        .cseq = invite_cseq});
  if (!tools_.rules.software.empty()) writer.header(HeaderName::user_agent, tools_.rules.software);
  writer.header(HeaderName::allow, exchange_allow());
  const auto bytes = offer.empty() ? writer.finish() : writer.finish(description_type, as_bytes(offer));
  if (bytes) fork.client = tools_.transactions.send(*bytes, fork.target.hop, now);
  tools_.index.add(fork.client, *this);
  tools_.index.add_tag(fork.local_tag, *this);
  if (fork.client == sip::ClientId::none) fork.status = 503;
}

Call::Fork* Call::fork_of(sip::ClientId client) {
  const auto found = std::ranges::find(forks_, client, &Fork::client);
  return client == sip::ClientId::none || found == forks_.end() ? nullptr : &*found;
}

void Call::on_response(sip::ClientId client, const sip::Message& response, const sip::Hop&, sip::TimePoint now) {
  if (auto* const passage = passage_of(client)) return on_passage_response(*passage, response, now);
  auto* const fork = fork_of(client);
  if (fork == nullptr) return;
  if (response.status() < 200) return on_provisional(*fork, response, now);
  if (response.status() < 300) return on_success(*fork, response, now);
  on_failure(*fork, response.status(), now);
}

void Call::on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now) {
  const int status = reason == sip::NoResponse::not_transported ? 503 : 408;
  if (auto* const passage = passage_of(client)) {
    tools_.transactions.respond(passage->server, {.status = status}, now);
    const auto side = other(passage->from);
    end_passage(*passage);
    return hang_up(fmt::format("{} does not answer within the call", name_of_side(side)), now);
  }
  if (auto* const fork = fork_of(client)) on_failure(*fork, status, now);
}

void Call::on_provisional(Fork& fork, const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (phase_ != Phase::ringing || status == 100) return;
  std::string answer;
  if (const auto text = description_of(response); !text.empty() && caller_offers_) {
    if (auto passed = negotiation_->pass_answer(Side::callee, text)) answer = *std::move(passed);
  }
  const bool is_news = !record_.rang || !answer.empty() || fork.status != status;
  fork.status = status;
  if (!record_.rang) record_.rang = now;
  if (is_news) respond_caller(status, {.body = answer}, now);
}

void Call::on_success(Fork& fork, const sip::Message& response, sip::TimePoint now) {
  sip::Message own;
  if (!own.read(tools_.transactions.request_of(fork.client))) return;
  Leg leg{sip::Dialog::of_client(own, response), fork.target.hop, fork.contact, fork.target.phone};
  if (fork.leg && fork.leg->dialog.id() == leg.dialog.id()) return;  // a copy; its ACK waits for the caller's
  fork.status = response.status();
  // It has crossed a CANCEL, or another phone was quicker, here or further on.
  if (phase_ != Phase::ringing || fork.leg) return let_go(fork, leg, now);
  fork.leg = std::move(leg);
  answer_caller(response, fork, now);
}

void Call::answer_caller(const sip::Message& response, Fork& fork, sip::TimePoint now) {
  const auto text = description_of(response);
  auto passed =
      caller_offers_ ? negotiation_->pass_answer(Side::callee, text) : negotiation_->pass_offer(Side::callee, text);
  if (!passed) {
    cancel_others(&fork, now);
    let_go(fork, *fork.leg, now);
    const auto status = passed.error().status == 400 ? 500 : passed.error().status;
    respond_caller(status, {.warning = passed.error().warning}, now);
    record_.status = status;
    return end(Ender::exchange,
               fmt::format("{} has answered with media that do not fit: {}", record_.callee, passed.error().reason),
               now);
  }
  winner_ = &fork;
  tools_.index.add_hop(fork.leg->hop, *this);
  is_to_be_kept_ = true;
  phase_ = Phase::answered;
  record_.answered = now;
  record_.status = 200;
  watch_for_silence(now);
  if (caller_offers_) {
    negotiation_->close_offer();
    acknowledge(*fork.leg, fork.client, invite_cseq, {});
  }
  respond_caller(200, {.body = *passed}, now);
  cancel_others(&fork, now);
}

void Call::acknowledge(Leg& leg, sip::ClientId client, std::uint32_t cseq, std::string_view answer) {
  if (!find_way(leg)) return;
  Buffer ack;
  sip::MessageWriter writer{ack};
  leg.dialog.begin_ack(writer, cseq, via(leg.hop));
  const auto bytes = answer.empty() ? writer.finish() : writer.finish(description_type, as_bytes(answer));
  if (bytes) tools_.transactions.acknowledge(client, *bytes, leg.hop);
}

void Call::let_go(Fork& fork, Leg& leg, sip::TimePoint now) {
  acknowledge(leg, fork.client, invite_cseq, {});
  bye(leg, now);
}

void Call::cancel_others(const Fork* kept, sip::TimePoint now) {
  for (auto& fork : forks_) {
    if (&fork != kept && fork.status < 200) tools_.transactions.cancel(fork.client, now);
  }
}

void Call::on_failure(Fork& fork, int status, sip::TimePoint now) {
  fork.status = status;
  if (phase_ != Phase::ringing) return;
  if (status >= 600) cancel_others(&fork, now);
  const bool is_last = std::ranges::all_of(forks_, [](const Fork& one) { return one.status >= 300; });
  if (is_last || status >= 600) on_last_failure(now);
}

void Call::on_last_failure(sip::TimePoint now) {
  const auto best = std::ranges::min_element(forks_, {}, [](const Fork& fork) { return rank_of(fork.status); });
  const auto status = best == forks_.end() ? 480 : best->status;
  record_.status = status_for_caller(status);
  respond_caller(record_.status, {}, now);
  const auto* const says = status == 408 ? "has not been heard of" : status == 503 ? "cannot be reached" : nullptr;
  end(Ender::callee,
      says != nullptr ? fmt::format("{} {}", record_.callee, says)
                      : fmt::format("{} refuses: {} {}", record_.callee, status, sip::reason_phrase(status)),
      now);
}

}  // namespace labnet::sip_server
