#include "servers/sip/call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "servers/sip/way_back.hpp"

namespace labnet::sip_server {

using sip::HeaderName;

namespace {

/// What the exchange itself speaks.
const std::vector<sdp::Codec>& own_codecs() {
  static const std::vector<sdp::Codec> all{{.payload_type = 8, .name = "PCMA"},
                                           {.payload_type = 0, .name = "PCMU"},
                                           {.payload_type = 101, .name = "telephone-event", .parameters = "0-16"}};
  return all;
}

}  // namespace

std::string_view name_of(Ender ender) {
  switch (ender) {
    case Ender::caller:
      return "caller";
    case Ender::callee:
      return "callee";
    case Ender::exchange:
      return "exchange";
  }
  return "";
}

Call::Call(CallTools tools, CallBegin begin, const sip::Message& invite, const sip::Hop& from, sip::TimePoint now)
    : tools_{tools},
      is_shown_{begin.is_shown},
      caller_invite_{begin.invite},
      caller_tag_{tools.tokens.tag()},
      caller_{
          sip::Dialog::of_server(invite, caller_tag_), sip::response_hop(invite, from), {}, std::move(begin.phone)} {
  caller_.contact = own_contact(caller_.hop);
  record_.number = begin.number;
  record_.call_id = invite.call_id();
  record_.caller = invite.from().uri.user_name();
  record_.callee = invite.request_uri().user_name();
  record_.began = now;
  max_forwards_ = invite.max_forwards().value_or(sip::max_forwards_default);
  callee_from_ = sip::name_address_text(invite.from().name(), invite.from().uri_text);
  callee_to_ = fmt::format("<{}>", invite.to().uri_text);
  tools_.index.add(caller_invite_, *this);
  tools_.index.add_tag(caller_tag_, *this);
  tools_.index.add_hop(caller_.hop, *this);
  tools_.transactions.respond(caller_invite_, {.status = 100}, now);
}

Call::~Call() {
  while (!passages_.empty()) end_passage(passages_.front());
  tools_.index.remove(caller_invite_);
  tools_.index.remove_tag(caller_tag_);
  tools_.index.remove_hop(caller_.hop, *this);
  if (const auto* const callee = leg_of(Side::callee)) tools_.index.remove_hop(callee->hop, *this);
  for (const auto& fork : forks_) {
    tools_.index.remove(fork.client);
    tools_.index.remove_tag(fork.local_tag);
  }
}

bool Call::is_done() const {
  return is_over() && !owes_caller_bye_ &&
         std::ranges::all_of(forks_, [](const Fork& fork) { return fork.status >= 200; });
}

std::string Call::own_contact(const sip::Hop& hop) const {
  const auto local = tools_.transport.local(hop);
  const auto transport =
      hop.transport == sip::Transport::udp ? std::string{} : fmt::format(";transport={}", sip::uri_name(hop.transport));
  return fmt::format("<sip:{}{}>", host_port_text(local.address, local.port), transport);
}

std::string Call::via(const sip::Hop& hop) const {
  return sip::via_text(tools_.transport.local(hop), tools_.tokens.branch());
}

Call::Leg* Call::leg_of(Side side) {
  if (side == Side::caller) return &caller_;
  return winner_ != nullptr && winner_->leg ? &*winner_->leg : nullptr;
}

std::string Call::name_of_side(Side side) const {
  return side == Side::caller ? record_.caller : record_.callee;
}

// What the exchange itself says to the caller

void Call::refuse(int status, std::string cause, sip::TimePoint now) {
  respond_caller(status, {}, now);
  record_.status = status;
  end(Ender::exchange, std::move(cause), now);
}

void Call::refuse_media(const DescriptionRefusal& refusal, sip::TimePoint now) {
  respond_caller(refusal.status, {.warning = refusal.warning}, now);
  record_.status = refusal.status;
  end(Ender::exchange, refusal.reason, now);
}

void Call::treat(const Treatment& treatment, sip::TimePoint now) {
  const auto* const invite = tools_.transactions.request_of(caller_invite_);
  if (treatment.status >= 300 || invite == nullptr) {
    return refuse(treatment.status, fmt::format("extension {} refuses", record_.callee), now);
  }
  const auto offer = Negotiation::read_offer(as_text(invite->body()), tools_.rules.domain);
  if (!offer) return refuse_media(offer.error(), now);
  if (!open_media({}, now)) return;
  const auto answer = negotiation_->answer(*offer, own_codecs());
  if (!answer) return refuse_media(answer.error(), now);
  announcement_ = treatment.announcement;
  record_.rang = now;
  next_ = now + tools_.rules.ring_timeout;
  if (treatment.status == 183) {
    play_announcement();
    return respond_caller(183, {.body = *answer}, now);
  }
  if (treatment.status != 200) return respond_caller(treatment.status, {}, now);
  phase_ = Phase::answered;
  record_.answered = now;
  record_.status = 200;
  is_to_be_kept_ = true;
  watch_for_silence(now);
  respond_caller(200, {.body = *answer}, now);
}

/// Not before there is an ACK, but for early media: the address of a description may be anybody's.
void Call::play_announcement() {
  negotiation_->connect(Side::caller);
  media_->play(Side::caller, announcement_);
}

/// False: the transaction has ended, or has had its final response.
bool Call::respond(sip::ServerId id, const sip::ResponseParts& parts, const Content& content, sip::TimePoint now) {
  Buffer response;
  sip::MessageWriter writer{response};
  if (!tools_.transactions.begin_response(id, writer, parts)) return false;
  if (!tools_.rules.software.empty()) writer.header(HeaderName::server, tools_.rules.software);
  if (!content.warning.empty()) writer.header(HeaderName::warning, content.warning);
  const auto bytes = content.body.empty() ? writer.finish() : writer.finish(content.type, as_bytes(content.body));
  return bytes && tools_.transactions.respond(id, parts.status, *bytes, now);
}

void Call::respond_caller(int status, const Content& content, sip::TimePoint now) {
  const bool makes_dialog = status > 100 && status < 300;
  if (!is_shown_ && status >= 200) {
    tools_.transactions.limit_copies(caller_invite_, makes_dialog ? WayBack::answer_copies_max : 0);
  }
  respond(caller_invite_,
          {.status = status,
           .to_tag = caller_tag_,
           .contact = makes_dialog ? std::string_view{caller_.contact} : std::string_view{}},
          content, now);
}

/// A request within the call when the other side is the exchange itself.
void Call::answer_alone(const sip::Message& request, const sip::Hop& hop, sip::TimePoint now) {
  if (request.method() == sip::Method::info) return accept(request, hop, caller_, {}, now);
  if (request.method() == sip::Method::message) {
    return refuse(request, hop, 405, HeaderName::allow, exchange_allow());
  }
  const auto answer = negotiation_->answer(description_of(request), own_codecs());
  if (answer) {
    negotiation_->connect(Side::caller);
    return accept(request, hop, caller_, *answer, now);
  }
  refuse(request, hop, answer.error().status, HeaderName::warning, answer.error().warning);
}

// How it ends

void Call::on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) {
  tools_.transactions.answer(cancel, from, {.status = 200, .to_tag = caller_tag_});
  // Of a change within the call the other side's 487 comes back as its answer.
  if (auto* const passage = passage_of(invite)) return tools_.transactions.cancel(passage->client, now);
  if (invite != caller_invite_ || phase_ != Phase::ringing) return;  // too late: it has been answered
  cancel_others(nullptr, now);
  respond_caller(487, {}, now);
  record_.status = 487;
  end(Ender::caller, fmt::format("{} has hung up before an answer", record_.caller), now);
}

void Call::on_connection_end(const sip::Hop& hop, sip::TimePoint now) {
  if (auto* const callee = leg_of(Side::callee); callee != nullptr && callee->hop == hop) callee->is_cut = true;
  if (caller_.hop != hop) return;
  caller_.is_cut = true;
  if (phase_ != Phase::ringing) return;
  cancel_others(nullptr, now);
  respond_caller(487, {}, now);
  record_.status = 487;
  end(Ender::caller, fmt::format("the connection of {} has ended before an answer", record_.caller), now);
}

void Call::on_no_ack(sip::ServerId invite, sip::TimePoint now) {
  const bool is_first = invite == caller_invite_;
  if (is_first && std::exchange(owes_caller_bye_, false)) return bye(caller_, now);
  const auto* const passage = passage_of(invite);
  if (phase_ == Phase::over || !(is_first || passage != nullptr)) return;
  if (is_first) phase_ = Phase::talking;  // no ACK is waited for any more
  const auto side = is_first ? Side::caller : passage->from;
  const auto& leg = *leg_of(side);
  hang_up(fmt::format("no ACK from {} for 64*T1: the 200 went to {}, with {} as where the ACK is to go",
                      name_of_side(side), sip::to_string(leg.hop), leg.contact),
          now);
}

void Call::hang_up(std::string cause, sip::TimePoint now) {
  if (phase_ == Phase::over) return;
  if (phase_ == Phase::ringing) {
    cancel_others(nullptr, now);
    respond_caller(480, {}, now);
    record_.status = 480;
  } else {
    bye(Side::caller, now);
    bye(Side::callee, now);
  }
  end(Ender::exchange, std::move(cause), now);
}

void Call::bye(Side to, sip::TimePoint now) {
  if (to == Side::caller) {
    // Before the ACK the caller may not know of the dialog yet (RFC 3261, section 15).
    owes_caller_bye_ = phase_ == Phase::answered;
    if (!owes_caller_bye_) bye(caller_, now);
    return;
  }
  auto* const leg = leg_of(Side::callee);
  if (leg == nullptr) return;
  const bool waits_for_ack = !caller_offers_ && phase_ == Phase::answered;
  if (waits_for_ack) acknowledge(*leg, winner_->client, invite_cseq, {});
  bye(*leg, now);
}

void Call::bye(Leg& leg, sip::TimePoint now) {
  if (!find_way(leg)) return tools_.farewells.say(kept(leg), now);
  const auto request = bye_text(leg.dialog, via(leg.hop), tools_.rules.software);
  // To somebody who may not be there it goes once.
  if (&leg == &caller_ && !is_shown_) {
    tools_.transport.send(request, leg.hop);
  } else {
    tools_.transactions.send(request, leg.hop, now);
  }
}

KeptSide Call::kept(const Leg& leg) const {
  return {leg.dialog.record(), leg.hop, leg.phone};
}

KeptCall Call::keep(WallTime began) {
  is_to_be_kept_ = false;
  KeptCall call{.number = record_.number,
                .began = began,
                .call_id = record_.call_id,
                .caller = record_.caller,
                .callee = record_.callee};
  call.sides.push_back(kept(caller_));
  if (const auto* const callee = leg_of(Side::callee)) call.sides.push_back(kept(*callee));
  return call;
}

void Call::move(Leg& leg, const sip::Hop& hop) {
  leg.is_cut = false;
  if (leg.hop == hop) return;
  tools_.index.remove_hop(leg.hop, *this);
  leg.hop = hop;
  leg.contact = own_contact(hop);
  tools_.index.add_hop(hop, *this);
  is_to_be_kept_ = is_to_be_kept_ || phase_ != Phase::ringing;
}

/// False: its connection has ended, and it has not registered on another one yet.
bool Call::find_way(Leg& leg) {
  if (!leg.is_cut) return true;
  const auto way = tools_.phones.find(leg.phone, leg.hop, leg.dialog.remote_target());
  if (way) move(leg, *way);
  return way.has_value();
}

void Call::end(Ender ender, std::string cause, sip::TimePoint now) {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  next_ = sip::never;
  record_.ender = ender;
  record_.cause = std::move(cause);
  record_.ended = now;
  if (negotiation_) record_.codec = negotiation_->codec();
  if (media_) record_.media = {media_->counts(Side::caller), media_->counts(Side::callee)};
  end_all_passages(now);
  negotiation_.reset();
  media_.reset();
}

void Call::on_timer(sip::TimePoint now) {
  if (now < next_) return;
  next_ = sip::never;
  if (phase_ == Phase::ringing) {
    return hang_up(fmt::format("{} has not answered within {} s", record_.callee, tools_.rules.ring_timeout.count()),
                   now);
  }
  if (phase_ == Phase::over) return;
  const auto packets = media_->counts(Side::caller).packets + media_->counts(Side::callee).packets;
  const bool is_heard = std::exchange(packets_seen_, packets) != packets;
  if (is_heard) silent_since_ = now;
  // Nobody holds an extension for long.
  const bool is_held = negotiation_->is_on_hold() && winner_ != nullptr;
  const auto limit = is_held ? tools_.rules.hold_timeout : tools_.rules.silence_timeout;
  if (now - silent_since_ >= limit) {
    return hang_up(fmt::format("no packet from either side for {} s", limit.count()), now);
  }
  next_ = now + tools_.rules.silence_timeout;
}

void Call::watch_for_silence(sip::TimePoint now) {
  silent_since_ = now;
  next_ = now + tools_.rules.silence_timeout;
}

}  // namespace labnet::sip_server
