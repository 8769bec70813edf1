// A call's life: how it begins, whose messages are its own, how it ends.
#include "clients/sip/phone_call.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/base/address.hpp"
#include "common/sip/status.hpp"
#include "common/sip/uri.hpp"

namespace labnet::sip_client {

namespace {

sdp::LocalSession session_of(const PhoneTools& tools) {
  const auto number = tools.names.number() >> 33;
  if (tools.config.like == Like::zoiper) return {"Z", "0", number, "Z"};
  return {"-", std::to_string(number)};
}

}  // namespace

sdp::LocalAudio PhoneCall::like_phone(sdp::LocalAudio audio, const PhoneTools& tools) {
  audio.names_static_types = tools.config.like != Like::zoiper;
  return audio;
}

PhoneCall::PhoneCall(PhoneTools tools, bool is_outgoing, sdp::LocalAudio audio)
    : tools_{tools},
      is_outgoing_{is_outgoing},
      state_{is_outgoing ? State::calling : State::ringing},
      login_{tools.config},
      local_tag_{tools.names.tag()},
      audio_{like_phone(std::move(audio), tools)},
      session_{session_of(tools)},
      hop_{tools.config.server} {}

PhoneCall::~PhoneCall() = default;

std::unique_ptr<PhoneCall> PhoneCall::outgoing(PhoneTools tools, std::string_view to, sdp::LocalAudio audio,
                                               sip::TimePoint now) {
  std::unique_ptr<PhoneCall> call{new PhoneCall{tools, true, std::move(audio)}};
  call->remote_uri_ = tools.config.address_of(to);
  call->call_id_ = tools.names.call_id();
  call->contact_ = tools.contact(call->hop_);
  call->deadline_ = now + tools.config.ring_timeout;
  return call;
}

std::unique_ptr<PhoneCall> PhoneCall::incoming(PhoneTools tools, const sip::Message& invite, const sip::Hop& from) {
  std::unique_ptr<PhoneCall> call{new PhoneCall{tools, false, {}}};
  call->remote_uri_ = invite.from().uri_text;
  call->call_id_ = invite.call_id();
  call->hop_ = sip::response_hop(invite, from);
  call->contact_ = tools.contact(call->hop_);
  call->dialog_ = sip::Dialog::of_server(invite, call->local_tag_);
  call->server_ = tools.transactions.begin(invite, from);
  return call;
}

void PhoneCall::begin(sip::TimePoint now) {
  if (!is_outgoing_) return take_plan(now);
  offer_ = sdp::make_offer(audio_, session_);
  send_invite(now);
}

bool PhoneCall::owns(sip::ClientId client) const {
  if (client == sip::ClientId::none) return false;
  return client == invite_ || client == bye_ || (change_ && change_->client == client);
}

bool PhoneCall::owns(sip::ServerId server) const {
  return server != sip::ServerId::none && (server == server_ || server == reinvite_);
}

bool PhoneCall::owns(const sip::Message& request) const {
  if (!dialog_ || state_ == State::over) return false;
  const auto& id = dialog_->id();
  return id.call_id == request.call_id() && id.local_tag == request.to_tag() && id.remote_tag == request.from_tag();
}

void PhoneCall::on_response(sip::ClientId client, const sip::Message& response, sip::TimePoint now) {
  if (client == bye_) return on_bye_response(response, now);
  if (client == invite_) return on_invite_response(response, now);
  on_change_response(response, now);
}

void PhoneCall::on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now) {
  if (client == bye_) {
    bye_ = sip::ClientId::none;
  } else if (client == invite_) {
    invite_ = sip::ClientId::none;
    if (state_ == State::cancelling) return end(Ender::local, 0, cancel_reason_);
    end(Ender::fault, reason == sip::NoResponse::not_transported ? 503 : 408, std::string{describe(reason)});
  } else if (state_ != State::over) {
    // A re-INVITE that nobody answers ends the call (section 14.1).
    change_.reset();
    give_up(describe(reason), now);
  }
}

void PhoneCall::on_timer(sip::TimePoint now) {
  if (now >= change_at_) {
    change_at_ = sip::never;
    proceed(now);
  }
  if (now < deadline_) return;
  deadline_ = sip::never;
  if (!is_outgoing_) return answer(now);
  hang_up(now);
  cancel_reason_ = fmt::format("no answer within {} s", tools_.config.ring_timeout.count());
}

void PhoneCall::hang_up(sip::TimePoint now, int status) {
  switch (state_) {
    case State::calling:
      state_ = State::cancelling;
      deadline_ = sip::never;
      cancel_reason_ = "cancelled";
      return tools_.transactions.cancel(invite_, now);
    case State::ringing:
      if (!is_outgoing_) return refuse(status, {}, now);
      state_ = State::calling;
      return hang_up(now, status);
    case State::answered:
      is_to_hang_up_ = true;
      return;
    case State::talking:
      send_bye(*dialog_, now);
      return end(Ender::local, 200, "hung up");
    case State::cancelling:
    case State::over:
      return;
  }
}

void PhoneCall::send_bye(sip::Dialog& dialog, sip::TimePoint now) {
  Buffer request;
  sip::MessageWriter writer{request};
  const auto method = sip::Method::bye;
  dialog.begin_request(writer, method, tools_.via(hop_of(dialog)));
  tools_.add_user_agent(writer);
  login_.write(writer, sip::name_of(method), dialog.remote_target(), tools_.names);
  if (const auto bytes = writer.finish()) bye_ = tools_.transactions.send(*bytes, hop_of(dialog), now);
}

void PhoneCall::on_bye_response(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (status < 200) return;
  bye_ = sip::ClientId::none;
  const bool is_challenge = status == 401 || status == 407;
  if (is_challenge && dialog_ && login_.learn(response) == Login::Verdict::try_again) send_bye(*dialog_, now);
}

void PhoneCall::on_bye(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  tools_.answer(request, from, {.status = 200}, now);
  if (state_ == State::ringing) {  // a caller may end an early dialog so (section 15)
    respond(server_, 487, {}, {}, now);
    return end(Ender::remote, 487, "cancelled by the caller");
  }
  end(Ender::remote, 200, "hung up by the other side");
}

void PhoneCall::on_connection_lost() {
  const bool was_sending_bye = bye_ != sip::ClientId::none;
  const bool is_answered = state_ == State::answered || state_ == State::talking;
  const bool is_called = state_ == State::ringing && !is_outgoing_;
  owes_bye_ = owes_bye_ || was_sending_bye || is_answered;
  // An INVITE of this side ends with its transaction.
  if (is_answered || is_called) end(Ender::fault, is_answered ? 200 : 0, "the connection to the server is gone");
}

void PhoneCall::on_connection(sip::TimePoint now) {
  hop_ = tools_.config.server;
  if (std::exchange(owes_bye_, false)) send_bye(*dialog_, now);
}

/// Of a call that was answered, and cannot go on.
void PhoneCall::give_up(std::string_view why, sip::TimePoint now) {
  send_bye(*dialog_, now);
  end(Ender::fault, 200, std::string{why});
}

void PhoneCall::end(Ender ender, int status, std::string reason) {
  if (state_ == State::over) return;
  state_ = State::over;
  deadline_ = change_at_ = sip::never;
  if (change_) tools_.transactions.forget(change_->client);
  change_.reset();
  tools_.observer.on_end(*this, {ender, was_answered_, status, std::move(reason)});
}

void PhoneCall::acknowledge(sip::ClientId invite, const sip::Dialog& dialog, std::uint32_t cseq) {
  Buffer ack;
  sip::MessageWriter writer{ack};
  dialog.begin_ack(writer, cseq, tools_.via(hop_of(dialog)));
  tools_.add_user_agent(writer);
  // With the credentials of its INVITE (section 22.1): nobody may ask for them here.
  sip::Message sent;
  if (sent.read(tools_.transactions.request_of(invite))) {
    writer.copy(sent, sip::HeaderName::authorization);
    writer.copy(sent, sip::HeaderName::proxy_authorization);
  }
  if (const auto bytes = writer.finish()) tools_.transactions.acknowledge(invite, *bytes, hop_of(dialog));
}

/// Where the dialog's requests go: to the address that the other end, or the last proxy of the route, has told; over
/// the connection that there is, if it is one.
sip::Hop PhoneCall::hop_of(const sip::Dialog& dialog) const {
  const auto uri = sip::parse_uri(dialog.next_hop());
  if (!uri || sip::is_stream(hop_.transport) || uri->transport() != hop_.transport) return hop_;
  const auto address = parse_ip(uri->host.text);
  if (!address) return hop_;
  return {.transport = hop_.transport, .address = *address, .port = uri->port_or_default()};
}

void PhoneCall::agree(const sdp::Agreement& agreement) {
  if (agreement == agreement_) return;
  agreement_ = agreement;
  tools_.observer.on_media(*this, agreement);
}

Result<sdp::Agreement> PhoneCall::read_answer(const sdp::Description& offer, std::string_view text) const {
  if (text.empty()) return Error{"the other side has described no media"};
  const auto answer = sdp::parse_description(text);
  if (!answer) return Error{"the other side's description: ", sdp::describe(answer.error())};
  const auto agreement = sdp::apply_answer(offer, *answer);
  if (!agreement) return Error{sdp::describe(agreement.error())};
  return *agreement;
}

}  // namespace labnet::sip_client
